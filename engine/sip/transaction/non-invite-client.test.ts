import t from 'tap'
import { countingRandom, flowBy, RecordingNetwork } from '../recording-network.ts'
import type { OutgoingRequest } from '../request.ts'
import type { Transport } from '../transport.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { TransactionLayer } from './layer.ts'

function sending(transport: Transport, watched = true) {
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
    responseReceived: (response: { status: number }) => told.push(`${response.status}`),
    timedOut: () => told.push('timed out'),
    transportFailed: () => told.push('transport failed'),
  }
  const request: OutgoingRequest = {
    method: 'BYE',
    requestUri: 'sip:b@192.0.2.9',
    transport,
    sentBy: '192.0.2.1:5060',
    branch: 'z9hG4bKone',
    from: '<sip:a@b>;tag=1',
    to: '<sip:b@b>;tag=2',
    callId: 'x',
    cseq: 5,
    route: '',
    maxForwards: 70,
    headers: '',
    body: '',
  }
  layer.sendRequest(request, flow, watched ? user : null)
  const receive = (status: number, method = 'BYE', branch = 'z9hG4bKone') => {
    const via = `Via: SIP/2.0/${transport} 192.0.2.1:5060;branch=${branch}`
    const lines = [
      `SIP/2.0 ${status}`,
      via,
      'From: <sip:a@b>;tag=1',
      'To: <sip:b@b>;tag=2',
      'Call-ID: x',
      `CSeq: 5 ${method}`,
    ]
    layer.receive(`${lines.join('\r\n')}\r\n\r\n`, flow)
  }
  return { clock, network, told, layer, receive }
}

t.test('RFC 3261 §17.1.2.2, trying: Timer E doubles up to 4 s, Timer F ends it after 32 s', async (t) => {
  const { clock, network, layer, told } = sending('UDP')
  clock.advance(31_999)
  t.same(network.takeTimes(), [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])
  t.same(told, [])
  clock.advance(1)
  t.same(told, ['timed out'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.1.2.2, proceeding: Timer E every 4 s, Timer F goes on', async (t) => {
  const { clock, network, layer, told, receive } = sending('UDP')
  clock.advance(100)
  receive(100)
  receive(100)
  clock.advance(31_899)
  t.same(network.takeTimes(), [0, 500, 4500, 8500, 12500, 16500, 20500, 24500, 28500])
  clock.advance(1)
  t.same(told, ['100', '100', 'timed out'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.1.2.2: a reliable transport is trusted to deliver', async (t) => {
  for (const transport of ['TCP', 'TLS', 'WS', 'WSS'] as const) {
    const { clock, network, told, layer } = sending(transport)
    clock.advance(32_000)
    t.same(network.takeTimes(), [0])
    t.same(told, ['timed out'])
    t.equal(layer.size, 0)
  }
})

t.test('RFC 3261 §17.1.2.2, completed: the final response is told once, and copies are swallowed', async (t) => {
  for (const before of [0, 100]) {
    const { clock, network, layer, told, receive } = sending('UDP')
    if (before > 0) receive(before)
    network.take()
    receive(481)
    receive(481)
    receive(200)
    receive(100)
    t.equal(layer.size, 0)
    t.equal(clock.running, 0, 'for as long as one comes: no Timer K is needed')
    clock.advance(5001)
    receive(481)
    t.same(told.slice(before > 0 ? 1 : 0), ['481'])
    t.same(network.take(), [])
  }
})

t.test('RFC 3261 §17.1.2.2: Timer K is zero for reliable transports', async (t) => {
  const { clock, layer, told, receive } = sending('WSS')
  receive(200)
  t.same(told, ['200'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})

t.test('RFC 3261 §17.1.3: another branch or another method is no answer', async (t) => {
  const { layer, told, receive } = sending('UDP')
  receive(200, 'BYE', 'z9hG4bKother')
  receive(200, 'INVITE')
  receive(200, 'CANCEL')
  t.same(told, [])
  t.equal(layer.discarded, 1)
  receive(200)
  t.same(told.at(-1), '200')
})

t.test('RFC 3261 §17.1.4: what the network refuses is over at once', async (t) => {
  const { clock, network, layer, told } = sending('TCP')
  const listener = network.take()[0]?.listener
  listener?.sendFailed()
  listener?.sendFailed()
  t.same(told, ['transport failed'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
  const answered = sending('UDP')
  const refused = answered.network.take()[0]?.listener
  answered.receive(200)
  refused?.sendFailed()
  t.same(answered.told, ['200'])
})

t.test('nobody need wait for the answer', async (t) => {
  for (const status of [0, 200]) {
    const { clock, layer, receive } = sending('UDP', false)
    if (status > 0) receive(status)
    clock.advance(32_000)
    t.equal(layer.size, 0)
    t.equal(clock.running, 0)
  }
})

t.test('timers that come too late do no harm', async (t) => {
  const { clock, network, layer, told, receive } = sending('UDP')
  const transaction = network.take()[0]?.listener as unknown as { timerFired(name: string): void }
  receive(200)
  for (const name of ['E', 'F']) transaction.timerFired(name)
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
  t.same(network.take(), [])
  t.same(told, ['200'])
  t.equal(layer.size, 0)
})

t.test('each repetition is counted, and none comes after the answer', async (t) => {
  const { clock, layer, receive, told } = sending('UDP')
  clock.advance(1500)
  t.equal(layer.retransmitted, 2)
  receive(300)
  clock.advance(40_000)
  t.equal(layer.retransmitted, 2)
  t.same(told, ['300'])
  t.equal(layer.size, 0)
  t.equal(clock.running, 0)
})
