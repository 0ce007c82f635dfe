import t from 'tap'
import { countingRandom, flowBy, RecordingNetwork } from '../recording-network.ts'
import type { Transport } from '../transport.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { TransactionLayer } from './layer.ts'
import type { NonInviteServerTransaction } from './non-invite-server.ts'

function received(transport: Transport) {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const made: NonInviteServerTransaction[] = []
  const flow = flowBy(transport)
  const layer = new TransactionLayer(network, clock, countingRandom(), {
    inviteReceived: () => {},
    requestReceived: (request, flow) => made.push(layer.acceptRequest(request, flow)),
    ackReceived: () => {},
    strayResponseReceived: () => {},
  })
  const receive = () =>
    layer.receive(
      [
        'OPTIONS sip:b@192.0.2.1 SIP/2.0',
        `Via: SIP/2.0/${transport} 192.0.2.9:5070;branch=z9hG4bK1`,
        'From: <sip:a@b>;tag=1',
        'To: <sip:b@b>',
        'Call-ID: x',
        'CSeq: 1 OPTIONS',
        '\r\n',
      ].join('\r\n'),
      flow,
    )
  receive()
  const transaction = made[0]
  if (transaction === undefined) throw new Error('no transaction')
  return { clock, network, made, layer, receive, transaction }
}

t.test('RFC 3261 §17.2.2, trying: retransmissions are discarded', async (t) => {
  const { network, made, receive } = received('UDP')
  receive()
  t.same(network.take(), [])
  t.equal(made.length, 1)
})

t.test('RFC 3261 §17.2.2, proceeding: retransmissions get the newest provisional response', async (t) => {
  const { network, made, receive, transaction } = received('UDP')
  transaction.respond(100, 'Trying', '', '')
  receive()
  const sent = network.take()
  t.equal(sent.length, 2)
  t.equal(sent[1]?.text, sent[0]?.text)
  t.notMatch(sent[0]?.text, /To: [^\r]*tag=/, '100 has no tag')
  t.equal(made.length, 1)
})

t.test('RFC 3261 §17.2.2, completed: retransmissions get the final response for 32 s at least', async (t) => {
  const { clock, network, made, layer, receive, transaction } = received('UDP')
  transaction.respond(200, 'OK', 'X: y\r\n', 'body')
  transaction.respond(500, 'Late', '', '')
  t.equal(layer.size, 0, 'nothing is under way')
  receive()
  clock.advance(31_999)
  receive()
  const sent = network.take()
  t.equal(sent.length, 3)
  t.equal(sent[1]?.text, sent[0]?.text)
  t.equal(sent[2]?.text, sent[0]?.text)
  t.same(sent[2]?.flow, sent[0]?.flow)
  t.match(sent[0]?.text, `To: <sip:b@b>;tag=${transaction.toTag}\r\n`)
  t.equal(made.length, 1)
  clock.advance(32_001)
  t.equal(layer.remembered, 0, 'forgotten after 64 s')
  t.equal(clock.running, 0)
  receive()
  t.same(network.take(), [])
  t.equal(made.length, 2, 'then it is a new request')
})

t.test('RFC 3261 §17.2.2: the time of Timer J begins with the answer', async (t) => {
  for (const waited of [1, 20_000, 31_999, 32_000, 70_000]) {
    const { clock, network, made, layer, receive, transaction } = received('UDP')
    clock.advance(waited)
    transaction.respond(200, 'OK', '', '')
    clock.advance(31_999)
    receive()
    t.same(network.takeTimes(), [waited, waited + 31_999])
    t.equal(made.length, 1)
    clock.advance(32_001)
    t.equal(layer.remembered, 0)
    t.equal(clock.running, 0)
  }
})

t.test('RFC 3261 §17.2.2: Timer J is zero for reliable transports', async (t) => {
  for (const transport of ['TCP', 'TLS', 'WS', 'WSS'] as const) {
    const { clock, network, made, layer, receive, transaction } = received(transport)
    transaction.respond(200, 'OK', '', '')
    transaction.respond(500, 'Late', '', '')
    t.equal(layer.size, 0)
    t.same(network.takeStartLines(), ['SIP/2.0 200 OK'])
    receive()
    t.same(network.take(), [], 'the response is not kept')
    t.equal(made.length, 2, 'whoever sends it again is new')
    made[1]?.respond(200, 'OK', '', '')
    clock.advance(64_000)
    t.equal(layer.remembered, 0)
    t.equal(clock.running, 0)
  }
})

t.test('a final response whose failure is told late is repeated all the same', async (t) => {
  const { network, layer, receive, transaction } = received('UDP')
  transaction.respond(200, 'OK', '', '')
  const [first] = network.take()
  first?.listener?.sendFailed()
  t.equal(layer.size, 0)
  receive()
  t.equal(network.take()[0]?.text, first?.text)
})

t.test('RFC 3261 §17.2.4: a response that cannot be delivered ends it, and nothing more is sent', async (t) => {
  const { clock, network, layer, transaction } = received('TCP')
  transaction.respond(100, 'Trying', '', '')
  network.take()[0]?.listener?.sendFailed()
  t.equal(layer.size, 0)
  transaction.respond(200, 'OK', '', '')
  transaction.sendFailed()
  t.same(network.take(), [])
  t.ok(clock.running <= 1, 'no timer but that of the generations')
  clock.advance(64_000)
  t.equal(layer.remembered, 0)
  t.equal(clock.running, 0)
})
