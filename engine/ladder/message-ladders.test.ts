import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { flowBy } from '../sip/recording-network.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { MessageLadders } from './message-ladders.ts'
import { MessageRing } from './message-ring.ts'

const listeners = [{ address: '192.0.2.1', port: 5060 }]
const caller = flowBy('UDP', '192.0.2.8', 5070)
const phone = flowBy('TCP', '192.0.2.9', 5080)
const id = 'mwz8a1b2c3d4e5f6'

function request(method: string, callId: string, more = ''): string {
  return `${method} sip:a SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\n${more}\r\n`
}

t.test('the messages of a call are those of both its sides, masked', async (t) => {
  const ring = new MessageRing(0, new VirtualClock(5000))
  const ladders = new MessageLadders({ memory: ring.memory, listeners, collector: null })
  t.teardown(() => ladders.close())
  ring.received(request('INVITE', 'one@caller', 'Authorization: Digest response="secret"\r\n'), caller)
  ring.began(id, 'one@caller')
  ring.began('another-call-0000', 'two@caller')
  ring.received(request('INVITE', 'two@caller'), caller)
  ring.sent(request('INVITE', `${id}fork0001`), phone)
  ring.received(request('BYE', 'one@caller').replace('Call-ID:', 'i :'), caller)
  const { messages, more } = await ladders.messagesOf(id)
  t.equal(more, 0)
  t.same(
    messages.map(({ direction, transport, remotePort, localPort, text }) => [
      direction,
      transport,
      remotePort,
      localPort,
      text.split(' ', 1)[0],
    ]),
    [
      ['received', 'UDP', 5070, 5060, 'INVITE'],
      ['sent', 'TCP', 5080, 5060, 'INVITE'],
      ['received', 'UDP', 5070, 5060, 'BYE'],
    ],
  )
  t.match(messages[0]?.text, 'Authorization: Digest ***\r\n')
  t.same(await ladders.messagesOf('unknown'), { messages: [], more: 0, notes: [] })
})

t.test('of a call with too many messages the first are given, and how many more there are', async (t) => {
  const ring = new MessageRing(4 * 1024 * 1024, new VirtualClock(0))
  const ladders = new MessageLadders({ memory: ring.memory, listeners, collector: null })
  t.teardown(() => ladders.close())
  for (let index = 0; index < 1003; index++) ring.sent(request('OPTIONS', `${id}x`), phone)
  const { messages, more } = await ladders.messagesOf(id)
  t.equal(messages.length, 1000)
  t.equal(more, 3)
})

t.test('a collector is sent what comes, masked, with the id of the call', async (t) => {
  const collector = createSocket('udp4')
  collector.bind(0, '127.0.0.1')
  await once(collector, 'listening')
  t.teardown(() => new Promise<void>((resolve) => collector.close(() => resolve())))
  const packets: Buffer[] = []
  const three = new Promise<void>((resolve) => {
    collector.on('message', (packet: Buffer) => {
      packets.push(packet)
      if (packets.length === 3) resolve()
    })
  })
  const ring = new MessageRing(0, new VirtualClock(0))
  const { port } = collector.address() as AddressInfo
  const ladders = new MessageLadders({
    memory: ring.memory,
    listeners,
    collector: { address: '127.0.0.1', port, captureId: 7 },
  })
  t.teardown(() => ladders.close())
  // The thread follows from where the ring is when it starts.
  await ladders.messagesOf('ready')
  ring.began(id, 'one@caller')
  ring.received(request('INVITE', 'one@caller', 'Authorization: Digest response="secret"\r\n'), caller)
  ring.sent(request('INVITE', `${id}fork0001`), phone)
  ring.sent(request('OPTIONS', 'other'), flowBy('UDP', '2001:db8::1', 5060))
  await three
  const texts = packets.map((packet) => packet.toString('latin1'))
  t.ok(texts.every((text) => text.startsWith('HEP3')))
  t.equal(texts.filter((text) => text.includes(`\x11\x00\x16${id}`)).length, 2, 'both sides under the id of the call')
  t.notMatch(texts.join(''), /secret/)
})
