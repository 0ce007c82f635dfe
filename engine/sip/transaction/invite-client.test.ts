import t from 'tap'
import { countingRandom, flowBy, RecordingNetwork } from '../recording-network.ts'
import type { OutgoingRequest } from '../request.ts'
import type { Transport } from '../transport.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { TransactionLayer } from './layer.ts'

function inviteBy(transport: Transport): OutgoingRequest {
  return {
    method: 'INVITE',
    requestUri: 'sip:b@192.0.2.9',
    transport,
    sentBy: '192.0.2.1:5060',
    branch: 'z9hG4bKone',
    from: '<sip:a@b>;tag=1',
    to: '<sip:b@b>',
    callId: 'x',
    cseq: 5,
    route: 'Route: <sip:p;lr>\r\n',
    maxForwards: 69,
    headers: 'Content-Type: application/sdp\r\n',
    body: 'v=0\r\n',
  }
}

/** An INVITE that is about to be sent, or that was sent by a process before this one. */
function sending(transport: Transport, resumed = false) {
  const clock = new VirtualClock()
  const network = new RecordingNetwork(clock)
  const told: string[] = []
  const flow = flowBy(transport)
  const layer = new TransactionLayer(network, clock, countingRandom(), {
    inviteReceived: () => {},
    requestReceived: () => {},
    ackReceived: () => {},
    strayResponseReceived: (response) => told.push(`stray ${response.status}`),
  })
  const user = {
    responseReceived: (response: { status: number; toTag: string }) =>
      told.push(`${response.status} ${response.toTag}`.trim()),
    timedOut: () => told.push('timed out'),
    transportFailed: () => told.push('transport failed'),
  }
  const invite = inviteBy(transport)
  const transaction = resumed ? layer.resumeInvite(invite, flow, user) : layer.sendInvite(invite, flow, user)
  const receive = (status: number, toTag = '', method = 'INVITE') => {
    const to = toTag === '' ? 'To: <sip:b@b>' : `To: <sip:b@b>;tag=${toTag}`
    const via = `Via: SIP/2.0/${transport} 192.0.2.1:5060;branch=z9hG4bKone;rport=5060`
    const lines = [`SIP/2.0 ${status} Phrase`, via, 'From: <sip:a@b>;tag=1', to, 'Call-ID: x', `CSeq: 5 ${method}`]
    layer.receive(`${lines.join('\r\n')}\r\n\r\n`, flow)
  }
  return { clock, network, told, layer, transaction, receive }
}

t.test('RFC 3261 §17.1.1.2, Timer A: by UDP again after 0.5, 1, 2, 4, 8, 16 s; Timer B: 32 s', async (t) => {
  const { clock, network, layer, told } = sending('UDP')
  clock.advance(31_999)
  t.same(network.takeTimes(), [0, 500, 1500, 3500, 7500, 15500, 31500])
  t.same(told, [])
  clock.advance(1)
  t.same(told, ['timed out'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
  clock.advance(100_000)
  t.same(network.take(), [])
})

t.test('RFC 3261 §17.1.1.2: not sent again by a reliable transport; Timer B all the same', async (t) => {
  for (const transport of ['TCP', 'TLS', 'WS', 'WSS'] as const) {
    const { clock, network, layer, told } = sending(transport)
    clock.advance(32_000)
    t.same(network.takeTimes(), [0])
    t.same(told, ['timed out'])
    t.equal(layer.size, 0)
  }
})

t.test('RFC 3261 §17.1.1.2, calling to proceeding: a provisional response stops Timers A and B', async (t) => {
  const { clock, network, layer, told, receive, transaction } = sending('UDP')
  clock.advance(100)
  receive(100)
  receive(180, 'b')
  receive(180, 'b')
  receive(183, 'c')
  clock.advance(600_000)
  t.same(network.takeTimes(), [0])
  t.same(told, ['100', '180 b', '180 b', '183 c'])
  t.ok(transaction.open)
  t.equal(layer.size, 1)
  t.equal(clock.running, 0)
})

t.test(
  'RFC 3261 §17.1.1.2, §17.1.1.3, completed: ACK to each copy of a failure, told once; Timer D: 32 s',
  async (t) => {
    for (const before of [0, 180]) {
      const { clock, network, layer, told, receive, transaction } = sending('UDP')
      if (before > 0) receive(before, 'b')
      network.take()
      receive(486, 'b')
      t.notOk(transaction.open)
      receive(486, 'b')
      receive(180, 'b')
      receive(200, 'b')
      const acks = network.take()
      t.equal(acks.length, 2)
      t.equal(
        acks[0]?.text,
        [
          'ACK sip:b@192.0.2.9 SIP/2.0',
          'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKone',
          'Max-Forwards: 70',
          'Route: <sip:p;lr>',
          'From: <sip:a@b>;tag=1',
          'To: <sip:b@b>;tag=b',
          'Call-ID: x',
          'CSeq: 5 ACK',
          'Content-Length: 0',
          '\r\n',
        ].join('\r\n'),
      )
      t.equal(acks[1]?.text, acks[0]?.text)
      t.same(told.slice(before > 0 ? 1 : 0), ['486 b'])
      clock.advance(31_999)
      t.equal(layer.size, 1)
      clock.advance(1)
      t.equal(layer.size, 0)
      t.equal(clock.running, 0)
      t.same(network.take(), [])
    }
  },
)

t.test('RFC 3261 §17.1.1.2: Timer D is zero for reliable transports', async (t) => {
  const { clock, network, layer, told, receive } = sending('TLS')
  network.take()
  receive(603, 'b')
  t.equal(network.take().length, 1)
  t.same(told, ['603 b'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test(
  'RFC 6026 §7.2, accepted: each 2xx goes up, also of other forks, for the 32 s of Timer M at least',
  async (t) => {
    for (const transport of ['UDP', 'TCP'] as const) {
      const { clock, network, layer, told, receive } = sending(transport)
      receive(180, 'b')
      network.take()
      receive(200, 'b')
      receive(200, 'b')
      receive(200, 'c')
      receive(180, 'd')
      receive(486, 'e')
      t.same(told, ['180 b', '200 b', '200 b', '200 c'])
      t.same(network.take(), [], 'the ACK is for the user to send')
      clock.advance(31_999)
      receive(200, 'f')
      t.equal(layer.size, 0, 'no transaction is under way')
      t.equal(layer.remembered, 1)
      clock.advance(32_001)
      t.equal(layer.remembered, 0, 'and after twice as long nothing is kept')
      t.equal(clock.running, 0)
      receive(200, 'b')
      t.same(told.slice(4), ['200 f', 'stray 200'])
    }
  },
)

t.test('RFC 3261 §9.1: CANCEL waits for a provisional response', async (t) => {
  const { clock, network, layer, told, receive, transaction } = sending('UDP')
  layer.cancel(transaction, 'Reason: SIP;cause=200\r\n')
  layer.cancel(transaction, 'Reason: SIP;cause=200\r\n')
  clock.advance(600)
  t.same(network.takeStartLines(), ['INVITE sip:b@192.0.2.9 SIP/2.0', 'INVITE sip:b@192.0.2.9 SIP/2.0'])
  receive(180, 'b')
  layer.cancel(transaction, '')
  const sent = network.take()
  t.same(
    sent.map(({ text }) => text),
    [
      [
        'CANCEL sip:b@192.0.2.9 SIP/2.0',
        'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKone',
        'Max-Forwards: 70',
        'Route: <sip:p;lr>',
        'From: <sip:a@b>;tag=1',
        'To: <sip:b@b>',
        'Call-ID: x',
        'CSeq: 5 CANCEL',
        'Reason: SIP;cause=200',
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n'),
    ],
    'one, whoever asks for it how often',
  )
  receive(200, 'b', 'CANCEL')
  t.same(told, ['180 b'], "the answer to CANCEL is nobody's business")
  receive(487, 'b')
  t.same(told, ['180 b', '487 b'])
  clock.advance(32_000)
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §9.1: no CANCEL leaves where a final response comes first, or none at all', async (t) => {
  for (const status of [200, 486, 0]) {
    const { clock, network, layer, receive, transaction } = sending('UDP')
    layer.cancel(transaction, '')
    if (status > 0) receive(status, 'b')
    layer.cancel(transaction, '')
    clock.advance(64_000)
    t.notOk(
      network.takeStartLines().some((line) => line.startsWith('CANCEL')),
      `${status}`,
    )
    t.equal(layer.size, 0)
  }
})

t.test('RFC 3261 §9.1: an INVITE that CANCEL does not end is over after 32 s', async (t) => {
  const { clock, layer, told, receive, transaction } = sending('UDP')
  receive(180, 'b')
  clock.advance(10_000)
  layer.cancel(transaction, '')
  receive(200, 'b', 'CANCEL')
  receive(180, 'b')
  clock.advance(31_999)
  t.same(told, ['180 b', '180 b'])
  clock.advance(1)
  t.same(told, ['180 b', '180 b', 'timed out'])
  clock.advance(5000)
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §13.2.2.4: the 200 that crosses a CANCEL goes up', async (t) => {
  const { clock, layer, told, receive, transaction } = sending('UDP')
  receive(180, 'b')
  layer.cancel(transaction, '')
  receive(200, 'b')
  receive(481, 'b', 'CANCEL')
  t.same(told, ['180 b', '200 b'])
  clock.advance(64_000)
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('an INVITE of a process before this one is waited for and can be cancelled', async (t) => {
  const { clock, network, layer, told, receive, transaction } = sending('UDP', true)
  t.same(network.take(), [])
  layer.cancel(transaction, '')
  t.same(network.takeStartLines(), ['CANCEL sip:b@192.0.2.9 SIP/2.0'])
  receive(200, '', 'CANCEL')
  receive(487, 'b')
  t.same(told, ['487 b'])
  t.same(network.takeStartLines(), ['ACK sip:b@192.0.2.9 SIP/2.0'])
  clock.advance(32_000)
  t.equal(layer.size, 0)
})

t.test('RFC 3261 §17.1.4: what the network refuses is over at once', async (t) => {
  const { clock, network, layer, told, transaction } = sending('TCP')
  network.take()[0]?.listener?.sendFailed()
  transaction.sendFailed()
  t.same(told, ['transport failed'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
  const answered = sending('TCP')
  answered.receive(200, 'b')
  answered.transaction.sendFailed()
  t.same(answered.told, ['200 b'])
})

t.test('RFC 3261 §8.2.6.2: what repeats another From tag, Call-ID or number is no answer', async (t) => {
  const { layer, told } = sending('UDP')
  const receive = (from: string, callId: string, cseq: number) => {
    const via = 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKone'
    const lines = ['SIP/2.0 200 OK', via, `From: ${from}`, 'To: <sip:b@b>;tag=2', `Call-ID: ${callId}`]
    layer.receive(`${lines.join('\r\n')}\r\nCSeq: ${cseq} INVITE\r\n\r\n`, flowBy('UDP'))
  }
  receive('<sip:a@b>;tag=other', 'x', 5)
  receive('<sip:a@b>', 'x', 5)
  receive('<sip:a@b>;tag=1', 'y', 5)
  receive('<sip:a@b>;tag=1', 'x', 6)
  t.same(told, [])
  receive('"A" <sip:a@b>;tag=1', 'x', 5)
  t.same(told, ['200 2'])
})

t.test('timers that come too late do no harm', async (t) => {
  const { clock, network, layer, told, receive, transaction } = sending('UDP')
  receive(200, 'b')
  network.take()
  for (const name of ['A', 'B', 'cancelled']) transaction.timerFired(name)
  t.equal(layer.size, 0)
  t.equal(clock.running, 1, 'the generation of those that were answered')
  clock.advance(64_000)
  for (const name of ['A', 'B', 'cancelled', 'D', 'M']) transaction.timerFired(name)
  t.same(network.take(), [])
  t.same(told, ['200 b'])
  t.equal(layer.size, 0)
})

t.test('RFC 3261 §17.1.1.2: 300 and 699 are failures, 299 is a 2xx; repetitions are counted', async (t) => {
  for (const status of [300, 699]) {
    const { clock, network, told, layer, receive } = sending('UDP')
    clock.advance(1500)
    t.equal(layer.retransmitted, 2)
    network.take()
    receive(status)
    receive(status)
    t.same(told, [`${status}`], 'told once')
    t.same(network.takeStartLines(), ['ACK sip:b@192.0.2.9 SIP/2.0', 'ACK sip:b@192.0.2.9 SIP/2.0'])
    receive(200, 'late')
    t.same(told, [`${status}`], 'a 2xx after it is no answer any more')
    t.same(network.take(), [])
    clock.advance(32_000)
    t.equal(layer.size, 0)
    t.equal(layer.retransmitted, 2)
  }
  const { network, told, receive } = sending('UDP')
  network.take()
  receive(299, 'one')
  receive(300, 'two')
  t.same(told, ['299 one'], 'a failure after a 2xx is none')
  t.same(network.take(), [])
})
