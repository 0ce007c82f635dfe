import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { MessageRing } from './ladder/message-ring.ts'
import { mostText, segmentBytes } from './ladder/ring-layout.ts'
import type { CallBeginning, KeptMessage } from './ladder/ring-reader.ts'
import { RingReader, ringStart } from './ladder/ring-reader.ts'
import { freeUdpPort } from './net/free-udp-port.ts'
import { udpListener, udpSocketKind } from './net/udp.ts'
import type { Flow } from './sip/transport.ts'
import { VirtualClock } from './sip/virtual-clock.ts'

const socket = udpSocketKind('auto')
const skip = socket.kind === 'dgram' ? `no batching socket: ${socket.why}` : false

function kept(ring: MessageRing): (KeptMessage | CallBeginning)[] {
  return [...new RingReader(ring.memory).entries(ringStart)]
}

/** A socket of listener 5 with a ring, and a peer; `lets` says which messages are let in. */
async function open(address: string, lets: (text: string) => boolean, ringBytes = 0) {
  const clock = new VirtualClock(1_700_000_000_123.5)
  const ring = new MessageRing(ringBytes, clock)
  const port = await freeUdpPort(address)
  let flow: Flow | null = null
  let count = 0
  const listener = udpListener(
    socket,
    { transport: 'UDP', address, port, descriptor: null, advertised: '', advertisedMedia: '', localNetworks: [] },
    5,
    {
      receive(message, from) {
        flow = from
        count++
        if (lets(message)) ring.received(message, from)
      },
      received: () => listener.flush(),
    },
    { warn: () => undefined },
    ring,
  )
  await listener.open()
  const peer = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  peer.bind(0, address)
  await once(peer, 'listening')
  const arrived = async (wanted: number) => {
    while (count < wanted) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const close = async () => {
    await listener.close()
    await new Promise<void>((resolve) => peer.close(() => resolve()))
  }
  return { ring, listener, peer, port, arrived, close, flow: () => flow }
}

for (const address of ['127.0.0.1', '::1']) {
  t.test(`what a socket carries is laid in as the ring itself does it: ${address}`, { skip }, async (t) => {
    const world = await open(address, (text) => !text.startsWith('turned away'))
    t.teardown(() => world.close())
    const { ring, listener, peer } = world
    t.equal(listener.keeps, true)
    const peerPort = peer.address().port
    const texts = ['INVITE sip:\xe9\xff SIP/2.0', 'turned away: nobody', 'x'.repeat(mostText + 5)]
    for (const text of texts) peer.send(Buffer.from(text, 'latin1'), world.port, address)
    await world.arrived(3)
    const seen = world.flow()
    if (seen === null) throw new Error('nothing arrived')
    listener.send('SIP/2.0 100 Trying', seen.address, seen.port, true)
    listener.send('not kept', seen.address, seen.port)
    listener.flush()
    const direct = new MessageRing(0, new VirtualClock(1_700_000_000_123.5))
    const flow = { ...seen, listener: 5, port: peerPort }
    direct.received('INVITE sip:\xe9\xff SIP/2.0', flow)
    direct.received('x'.repeat(mostText + 5), flow)
    direct.sent('SIP/2.0 100 Trying', flow)
    t.same(kept(ring), kept(direct))
    t.equal(kept(ring).length, 3)
  })
}

t.test('both ways of laying in share the memory, and the oldest goes first', { skip }, async (t) => {
  const world = await open('127.0.0.1', () => true, 2 * (segmentBytes + 8) + 8)
  t.teardown(() => world.close())
  const { ring, listener, peer } = world
  const text = (number: number) => `${number} ${'y'.repeat(900)}`
  const { port } = peer.address()
  const flow: Flow = { transport: 'UDP', listener: 5, address: '127.0.0.1', port, connection: 0 }
  for (let number = 0; number < 900; number++) {
    if (number % 3 === 0) ring.sent(text(number), flow)
    else {
      listener.send(text(number), '127.0.0.1', port, true)
      listener.flush()
    }
  }
  const numbers = kept(ring).map((entry) => (entry.kind === 'began' ? -1 : Number.parseInt(entry.text, 10)))
  t.equal(numbers.at(-1), 899)
  t.equal(numbers.length < 900 && numbers.length > 250, true, `${numbers.length} are left`)
  t.same(
    numbers,
    numbers.map((_, index) => 900 - numbers.length + index),
  )
})
