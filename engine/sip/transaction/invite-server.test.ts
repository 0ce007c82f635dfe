import type { Test } from 'tap'
import t from 'tap'
import { parseMessage } from '../message.ts'
import { countingRandom, flowBy, RecordingNetwork } from '../recording-network.ts'
import type { Transport } from '../transport.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { InviteServerTransaction } from './invite-server.ts'
import { TransactionLayer } from './layer.ts'

/** One INVITE received from `transport`, and what its user and the users of its ACK are told. */
function received(transport: Transport) {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const told: string[] = []
  const flow = flowBy(transport)
  const made: InviteServerTransaction[] = []
  const layer = new TransactionLayer(network, clock, countingRandom(), {
    inviteReceived(request, flow) {
      const transaction = layer.acceptInvite(request, flow)
      transaction.user = {
        cancelled: () => told.push('cancelled'),
        answerAcknowledged: () => undefined,
        answerLost: () => told.push('answer lost'),
      }
      made.push(transaction)
    },
    requestReceived: (request) => told.push(request.method),
    ackReceived: () => told.push('ACK'),
    strayResponseReceived: (response) => told.push(`stray ${response.status}`),
  })
  const message = (method: string) =>
    [
      `${method} sip:b@192.0.2.1 SIP/2.0`,
      `Via: SIP/2.0/${transport} 192.0.2.9:5070;branch=z9hG4bK1`,
      'From: <sip:a@b>;tag=1',
      'To: <sip:b@b>',
      'Call-ID: x',
      `CSeq: 1 ${method}`,
      '\r\n',
    ].join('\r\n')
  const receive = (method: string) => layer.receive(message(method), flow)
  receive('INVITE')
  const transaction = made[0]
  if (transaction === undefined) throw new Error('no transaction')
  return { clock, network, told, layer, made, transaction, receive }
}

/** Nothing is under way; what is kept for copies goes within two generations, and the last timer with it. */
function endsEmpty(t: Test, layer: TransactionLayer, clock: VirtualClock): void {
  t.equal(layer.size, 0)
  t.ok(clock.running <= 1, 'no timer but that of the generations')
  clock.advance(64_000)
  t.equal(layer.size, 0)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
}

t.test('RFC 3261 §17.2.1: 100 after 200 ms of silence, or as soon as the INVITE comes again', async (t) => {
  const silent = received('UDP')
  silent.transaction.try()
  silent.clock.advance(199)
  t.same(silent.network.takeStartLines(), [])
  silent.clock.advance(1)
  t.same(silent.network.takeStartLines(), ['SIP/2.0 100 Trying'])
  const impatient = received('UDP')
  impatient.transaction.try()
  impatient.receive('INVITE')
  t.same(impatient.network.takeStartLines(), ['SIP/2.0 100 Trying'])
  impatient.clock.advance(1000)
  t.same(impatient.network.takeStartLines(), [], 'once')
  for (const status of [180, 200, 486]) {
    const prompt = received('UDP')
    prompt.transaction.try()
    prompt.transaction.respond(status, 'Said', '', '', '')
    prompt.network.takeStartLines()
    prompt.clock.advance(300)
    t.same(prompt.network.takeStartLines(), [], `not after ${status}`)
  }
})

t.test('RFC 3261 §17.2.1, proceeding: a retransmission gets the newest provisional response', async (t) => {
  const { network, receive, transaction, made, told } = received('UDP')
  receive('INVITE')
  t.same(network.takeStartLines(), [], 'nothing before there is a response')
  transaction.respond(100, 'Trying', '', '', '')
  receive('INVITE')
  transaction.respond(180, 'Ringing', 'tag', '', '')
  receive('INVITE')
  t.same(network.takeStartLines(), [
    'SIP/2.0 100 Trying',
    'SIP/2.0 100 Trying',
    'SIP/2.0 180 Ringing',
    'SIP/2.0 180 Ringing',
  ])
  receive('ACK')
  t.same(told, ['ACK'], 'an ACK too early is for no refusal, and whose dialog it names has no answer to acknowledge')
  t.equal(made.length, 1)
  t.ok(transaction.open)
})

t.test(
  'RFC 3261 §17.2.1, Timer G: a failure by UDP is sent again after 0.5, 1, 2, 4, 4, ... s; Timer H: 32 s',
  async (t) => {
    const { clock, network, transaction, layer, told } = received('UDP')
    t.match(transaction.respond(486, 'Busy Here', 'tag', '', ''), /^SIP\/2\.0 486 Busy Here\r\n/)
    clock.advance(31_999)
    t.same(network.takeTimes(), [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
    t.same(told, [])
    t.equal(layer.size, 1)
    clock.advance(1)
    t.same(told, ['answer lost'])
    endsEmpty(t, layer, clock)
    t.same(network.take(), [])
    t.same(told, ['answer lost'])
  },
)

t.test('RFC 3261 §17.2.1: a failure by a reliable transport is not sent again', async (t) => {
  for (const transport of ['TCP', 'TLS', 'WS', 'WSS'] as const) {
    const { clock, network, transaction, layer, told } = received(transport)
    transaction.respond(486, 'Busy Here', 'tag', '', '')
    clock.advance(31_999)
    t.same(network.takeTimes(), [0])
    clock.advance(1)
    t.same(told, ['answer lost'])
    endsEmpty(t, layer, clock)
  }
})

t.test('RFC 3261 §17.2.1, completed to confirmed: ACK stops Timers G and H, Timer I forgets after 5 s', async (t) => {
  const { clock, network, transaction, receive, layer, told } = received('UDP')
  transaction.respond(486, 'Busy Here', 'tag', '', '')
  clock.advance(700)
  receive('INVITE')
  t.same(network.takeTimes(), [0, 500, 700], 'a retransmitted INVITE gets it at once')
  receive('ACK')
  receive('ACK')
  receive('INVITE')
  t.same(told, [], 'the ACK of a failure ends here')
  clock.advance(4999)
  t.same(network.take(), [])
  t.equal(layer.size, 1)
  clock.advance(1)
  endsEmpty(t, layer, clock)
  t.same(network.take(), [])
  t.same(told, [])
})

t.test('RFC 3261 §17.2.1, Timer I is zero for reliable transports', async (t) => {
  const { clock, transaction, receive, layer } = received('TCP')
  transaction.respond(486, 'Busy Here', 'tag', '', '')
  receive('ACK')
  endsEmpty(t, layer, clock)
})

t.test('RFC 6026 §7.1, accepted: INVITEs are absorbed for 32 s at least, ACKs passed up', async (t) => {
  // RFC 6026 §7.1 sets Timer L on reliable transports too.
  for (const transport of ['UDP', 'TCP', 'TLS', 'WS', 'WSS'] as const) {
    const { clock, network, transaction, receive, layer, told, made } = received(transport)
    t.match(transaction.respond(200, 'OK', 'tag', '', ''), /^SIP\/2\.0 200 OK\r\n/)
    t.notOk(transaction.open)
    t.equal(transaction.head, null)
    t.equal(layer.size, 0, 'nothing is under way')
    receive('INVITE')
    clock.advance(31_000)
    receive('INVITE')
    receive('ACK')
    clock.advance(999)
    receive('INVITE')
    receive('ACK')
    t.same(network.takeTimes(), [0], 'repeating a 2xx is for its user')
    t.same(told, ['ACK', 'ACK'])
    t.equal(made.length, 1)
    clock.advance(32_001)
    t.equal(layer.remembered, 0, 'forgotten after 64 s')
    t.equal(clock.running, 0)
    t.same(told, ['ACK', 'ACK'])
    receive('INVITE')
    t.equal(made.length, 2, 'then it is a new one')
  }
})

t.test('RFC 6026 §7.1: the time of Timer L begins with the answer, however long it rang', async (t) => {
  for (const rang of [1, 31_999, 32_000, 32_001, 63_999, 64_000, 100_000, 180_000]) {
    const { clock, network, transaction, receive, layer, told, made } = received('UDP')
    transaction.respond(180, 'Ringing', 'tag', '', '')
    clock.advance(rang)
    receive('INVITE')
    t.same(network.takeTimes(), [0, rang])
    t.equal(layer.size, 1)
    transaction.respond(200, 'OK', 'tag', '', '')
    network.take()
    receive('INVITE')
    clock.advance(31_999)
    receive('INVITE')
    receive('ACK')
    t.equal(made.length, 1, `${rang} ms`)
    t.same(network.take(), [])
    t.same(told, ['ACK'])
    clock.advance(1)
    endsEmpty(t, layer, clock)
  }
})

t.test('after a final response nothing more is sent', async (t) => {
  for (const status of [200, 486]) {
    const { network, transaction } = received('UDP')
    transaction.respond(status, 'Final', 'tag', '', '')
    network.take()
    t.equal(transaction.respond(180, 'Ringing', 'tag', '', ''), '')
    t.equal(transaction.respond(500, 'Late', 'tag', '', ''), '')
    t.same(network.take(), [])
  }
})

t.test('RFC 3261 §9.2: CANCEL is answered 200, and the INVITE owed a 487', async (t) => {
  const { clock, network, transaction, receive, layer, told } = received('UDP')
  transaction.respond(180, 'Ringing', transaction.toTag, '', '')
  receive('CANCEL')
  t.same(told, ['cancelled'])
  const [ringing, ok] = network.take()
  t.match(ok?.text, /^SIP\/2\.0 200 OK\r\n[\s\S]*CSeq: 1 CANCEL\r\n/)
  t.equal(parseMessage(ok?.text ?? '')?.toTag, parseMessage(ringing?.text ?? '')?.toTag)
  transaction.respond(487, 'Request Terminated', transaction.toTag, '', '')
  receive('CANCEL')
  receive('ACK')
  t.same(network.takeStartLines(), ['SIP/2.0 487 Request Terminated', 'SIP/2.0 200 OK'])
  t.same(told, ['cancelled'], 'once')
  clock.advance(5000)
  endsEmpty(t, layer, clock)
})

t.test('RFC 3261 §9.2: CANCEL after the final response changes nothing', async (t) => {
  for (const status of [200, 486]) {
    const { clock, network, transaction, receive, told } = received('UDP')
    transaction.respond(status, 'Final', 'tag', '', '')
    clock.advance(31_999)
    network.take()
    receive('CANCEL')
    receive('CANCEL')
    const [first, copy] = network.take()
    t.match(first?.text, /^SIP\/2\.0 200 OK\r\n[\s\S]*CSeq: 1 CANCEL\r\n/)
    t.equal(copy?.text, first?.text)
    t.same(told, [])
  }
})

t.test(
  'RFC 3261 §17.2.4: a failure that cannot be delivered is over; while it rings the caller may come back',
  async (t) => {
    const { clock, transaction, layer, told } = received('TCP')
    transaction.respond(180, 'Ringing', 'tag', '', '')
    transaction.sendFailed()
    t.ok(transaction.open)
    transaction.respond(486, 'Busy Here', 'tag', '', '')
    transaction.sendFailed()
    transaction.sendFailed()
    t.same(told, ['answer lost'])
    endsEmpty(t, layer, clock)
    const answered = received('TCP')
    answered.transaction.respond(200, 'OK', 'tag', '', '')
    answered.transaction.sendFailed()
    answered.receive('INVITE')
    t.equal(answered.made.length, 1, 'the user of a 2xx sends it again himself')
    t.same(answered.told, [])
    endsEmpty(t, answered.layer, answered.clock)
  },
)

t.test('timers that come too late do no harm', async (t) => {
  const { clock, network, transaction, receive, layer, told } = received('UDP')
  transaction.respond(486, 'Busy Here', 'tag', '', '')
  receive('ACK')
  network.take()
  for (const name of ['G', 'H']) transaction.timerFired(name)
  t.equal(layer.size, 1)
  clock.advance(5000)
  for (const name of ['G', 'H', 'I']) transaction.timerFired(name)
  t.same(network.take(), [])
  t.same(told, [])
  endsEmpty(t, layer, clock)
})

t.test('RFC 3261 §17.2.1: 300 is a failure like any other, and each repetition is counted', async (t) => {
  const { clock, network, layer, transaction, receive } = received('UDP')
  transaction.respond(300, 'Multiple Choices', 'tag', '', '')
  clock.advance(1500)
  t.same(network.takeTimes(), [0, 500, 1500])
  t.equal(layer.retransmitted, 2)
  receive('INVITE')
  t.same(network.takeStartLines(), ['SIP/2.0 300 Multiple Choices'])
  receive('ACK')
  t.notOk(transaction.open)
  clock.advance(5000)
  endsEmpty(t, layer, clock)
})

t.test('RFC 6026 §7.1: 299 is a 2xx, which its user repeats', async (t) => {
  const { clock, network, layer, transaction, receive } = received('UDP')
  transaction.respond(299, 'Fine', 'tag', '', '')
  network.take()
  clock.advance(4000)
  receive('INVITE')
  t.same(network.take(), [])
  t.equal(layer.retransmitted, 0)
  t.equal(layer.size, 0)
})
