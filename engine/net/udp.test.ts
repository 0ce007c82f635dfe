import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import type { Test } from 'tap'
import t from 'tap'
import type { Flow } from '../sip/transport.ts'
import { loadNativeSockets } from './batching-socket/native-socket.ts'
import type { UdpListener } from './datagram.ts'
import { largestDatagram } from './datagram.ts'
import { freeUdpPort } from './free-udp-port.ts'
import { udpListener, udpSocketKind } from './udp.ts'

const native = loadNativeSockets()
const noBatching = native.kind === 'missing' ? `no batching socket: ${native.why}` : false
const kinds = [
  { kind: 'dgram', skip: false },
  { kind: 'batching', skip: noBatching },
] as const

interface Opened {
  listener: UdpListener
  port: number
  messages: string[]
  flows: Flow[]
  /** How many messages there were when each batch ended. */
  batches: number[]
  warnings: unknown[]
  arrived(count: number): Promise<void>
}

async function open(t: Test, kind: 'batching' | 'dgram', address = '127.0.0.1'): Promise<Opened> {
  const port = await freeUdpPort(address)
  const messages: string[] = []
  const flows: Flow[] = []
  const batches: number[] = []
  const warnings: unknown[] = []
  let notify: () => void = () => undefined
  const listener = udpListener(
    udpSocketKind(kind),
    { transport: 'UDP', address, port, descriptor: null, advertised: '', advertisedMedia: '', localNetworks: [] },
    3,
    {
      receive(message, flow) {
        messages.push(message)
        flows.push(flow)
      },
      received() {
        batches.push(messages.length)
        notify()
      },
    },
    { warn: (...words: unknown[]) => warnings.push(words) },
  )
  await listener.open()
  // A test may have closed it itself.
  t.teardown(() => listener.close().catch(() => undefined))
  const arrived = async (count: number) => {
    while (messages.length < count) {
      await new Promise<void>((resolve) => {
        notify = resolve
      })
    }
  }
  return { listener, port, messages, flows, batches, warnings, arrived }
}

async function peer(
  t: Test,
  address = '127.0.0.1',
): Promise<Socket & { heard: string[]; heardAll(count: number): Promise<void> }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  const heard: string[] = []
  socket.on('message', (data) => heard.push(data.toString('latin1')))
  socket.bind(0, address)
  await once(socket, 'listening')
  socket.setRecvBufferSize(4_000_000)
  t.teardown(() => socket.close())
  const heardAll = async (count: number) => {
    while (heard.length < count) await once(socket, 'message')
  }
  return Object.assign(socket, { heard, heardAll })
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a message with number ${index}`)
}

for (const { kind, skip } of kinds) {
  t.test(`${kind}: many datagrams keep their order, both ways`, { skip }, async (t) => {
    const { listener, port, messages, flows, arrived } = await open(t, kind)
    const phone = await peer(t)
    // More than one turn of the loop takes.
    const texts = numbered(300)
    for (const text of texts) phone.send(text, port, '127.0.0.1')
    await arrived(300)
    t.same(messages, texts)
    t.match(flows[299], {
      transport: 'UDP',
      listener: 3,
      address: '127.0.0.1',
      port: phone.address().port,
      connection: 0,
    })
    for (const text of texts) listener.send(text, '127.0.0.1', phone.address().port)
    listener.flush()
    await phone.heardAll(300)
    t.same(phone.heard, texts)
    t.equal(listener.failures, 0)
  })

  t.test(`${kind}: datagrams of the largest size`, { skip }, async (t) => {
    const { listener, port, messages, arrived } = await open(t, kind)
    const phone = await peer(t)
    const text = '\xe9'.repeat(largestDatagram)
    phone.send(Buffer.from(text, 'latin1'), port, '127.0.0.1')
    await arrived(1)
    t.ok(messages[0] === text)
    for (let count = 0; count < 3; count++) listener.send(text, '127.0.0.1', phone.address().port)
    listener.flush()
    await phone.heardAll(3)
    t.ok(phone.heard.every((heard) => heard === text))
  })

  t.test(`${kind}: what the system refuses keeps nothing back`, { skip }, async (t) => {
    const { listener, warnings } = await open(t, kind)
    const phone = await peer(t)
    const nobody = await freeUdpPort('127.0.0.1')
    for (let round = 0; round < 64; round++) {
      listener.send('nobody listens there', '127.0.0.1', nobody)
      listener.send('broadcast is not allowed', '255.255.255.255', 5060)
      listener.send('somebody listens here', '127.0.0.1', phone.address().port)
      listener.flush()
    }
    await phone.heardAll(64)
    listener.send('there is no such port', '127.0.0.1', 0)
    listener.send('no address', 'example.test', 5060)
    listener.send('an address of the other kind', '::1', 5060)
    listener.flush()
    t.ok(listener.failures > 0)
    t.ok(warnings.length >= 1 && warnings.length < 4, 'not each failure is logged')
    listener.send('and on it goes', '127.0.0.1', phone.address().port)
    listener.flush()
    await phone.heardAll(65)
    t.equal(phone.heard[64], 'and on it goes')
  })

  t.test(`${kind}: IPv6`, { skip }, async (t) => {
    const { listener, port, flows, arrived } = await open(t, kind, '::1')
    const phone = await peer(t, '::1')
    for (const text of numbered(3)) phone.send(text, port, '::1')
    await arrived(3)
    t.match(flows[2], { address: '::1', port: phone.address().port })
    for (const { address, port } of flows) listener.send('an answer', address, port)
    listener.flush()
    await phone.heardAll(3)
    t.same(phone.heard, ['an answer', 'an answer', 'an answer'])
  })

  t.test(`${kind}: what was given before closing leaves, and the port is free again`, { skip }, async (t) => {
    const opened = await open(t, kind)
    const phone = await peer(t)
    for (const text of numbered(20)) opened.listener.send(text, '127.0.0.1', phone.address().port)
    await opened.listener.close()
    await phone.heardAll(20)
    t.same(phone.heard, numbered(20))
    const again = createSocket('udp4')
    again.bind({ port: opened.port, address: '127.0.0.1', exclusive: true })
    await once(again, 'listening')
    again.close()
  })

  t.test(`${kind}: a port that is taken is an error`, { skip }, async (t) => {
    const taken = await peer(t)
    const listener = udpListener(
      udpSocketKind(kind),
      {
        transport: 'UDP',
        address: '127.0.0.1',
        port: taken.address().port,
        descriptor: null,
        advertised: '',
        advertisedMedia: '',
        localNetworks: [],
      },
      0,
      { receive: () => undefined, received: () => undefined },
      { warn: () => undefined },
    )
    await t.rejects(listener.open(), { code: 'EADDRINUSE' })
  })
}

t.test('batching: datagrams that wait together are one batch, a peer one flow', { skip: noBatching }, async (t) => {
  const { port, batches, flows, arrived } = await open(t, 'batching')
  const phone = await peer(t)
  for (const text of numbered(50)) phone.send(text, port, '127.0.0.1')
  await arrived(50)
  t.ok(batches.length < 10, `50 datagrams in ${batches.length} batches`)
  t.equal(new Set(flows).size, 1)
})

t.test('batching: peers are told apart by address and port', { skip: noBatching }, async (t) => {
  const { listener, port, flows, arrived } = await open(t, 'batching')
  const phones = [await peer(t), await peer(t, '127.0.0.2'), await peer(t, '127.255.255.254')]
  for (const [index, phone] of phones.entries()) {
    phone.send('here am I, waiting', port, '127.0.0.1')
    await arrived(index + 1)
  }
  for (const [index, phone] of phones.entries()) {
    t.match(flows[index], { address: phone.address().address, port: phone.address().port })
    listener.send(`you are ${index}`, flows[index]!.address, flows[index]!.port)
  }
  listener.flush()
  for (const [index, phone] of phones.entries()) {
    await phone.heardAll(1)
    t.same(phone.heard, [`you are ${index}`])
  }
})

t.test('batching: closed while a batch is handled', { skip: noBatching }, async (t) => {
  const port = await freeUdpPort('127.0.0.1')
  const phone = await peer(t)
  const heard: string[] = []
  let ended = 0
  const listener = udpListener(
    udpSocketKind('batching'),
    {
      transport: 'UDP',
      address: '127.0.0.1',
      port,
      descriptor: null,
      advertised: '',
      advertisedMedia: '',
      localNetworks: [],
    },
    0,
    {
      receive(message, flow) {
        heard.push(message)
        listener.send('the last answer', flow.address, flow.port)
        void listener.close()
      },
      received: () => ended++,
    },
    { warn: () => undefined },
  )
  await listener.open()
  for (const text of numbered(20)) phone.send(text, port, '127.0.0.1')
  await phone.heardAll(1)
  listener.send('too late for this one', '127.0.0.1', phone.address().port)
  listener.flush()
  await new Promise((resolve) => setImmediate(resolve))
  t.same(heard, numbered(1))
  t.same(phone.heard, ['the last answer'])
  t.equal(ended, 0)
  t.equal(listener.receiveQueue(), null)
})

t.test('batching: what waits to be read is known', { skip: noBatching }, async (t) => {
  const { listener, port, arrived } = await open(t, 'batching')
  const phone = await peer(t)
  t.match(listener.receiveQueue(), { bytes: 0, drops: 0 })
  t.ok((listener.receiveQueue()?.room ?? 0) > 0)
  t.equal(listener.moreWaits(), false)
  // Connected, it sends at once and not in a later turn, when the listener would have read already.
  phone.connect(port, '127.0.0.1')
  await once(phone, 'connect')
  for (const text of numbered(40)) phone.send(text)
  const queue = listener.receiveQueue()
  t.ok(queue !== null && queue.bytes > 0 && queue.drops === 0, JSON.stringify(queue))
  await arrived(40)
})

t.test('batching: opening and closing leaves nothing behind', { skip: noBatching }, async (t) => {
  const port = await freeUdpPort('127.0.0.1')
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let count = 0; count < 200; count++) {
    const listener = udpListener(
      udpSocketKind('batching'),
      {
        transport: 'UDP',
        address: '127.0.0.1',
        port,
        descriptor: null,
        advertised: '',
        advertisedMedia: '',
        localNetworks: [],
      },
      0,
      { receive: () => undefined, received: () => undefined },
      { warn: () => undefined },
    )
    await listener.open()
    await listener.close()
    await listener.close()
  }
  t.equal(descriptors(), before)
})

t.test('the native code checks what it is given', { skip: noBatching }, async (t) => {
  if (native.kind !== 'loaded') return
  const { sockets } = native
  const deliver = () => undefined
  t.throws(() => sockets.open(-1, 'not an address', 0, deliver), TypeError)
  t.throws(() => sockets.open(-1, '127.0.0.1', 65_536, deliver), TypeError)
  t.throws(() => sockets.open(1_000_000, '127.0.0.1', 0, deliver), { code: 'EBADF' })
  t.throws(() => sockets.open(0, '127.0.0.1', 0, deliver), Error, 'no socket')
  const { name, memory } = sockets.open(-1, '127.0.0.1', 0, deliver)
  t.teardown(() => sockets.close(name))
  t.throws(() => sockets.send(name, sockets.sendEntries + 1, 0), RangeError)
  t.throws(() => sockets.send(name, -1, 0), RangeError)
  t.throws(() => sockets.send({} as typeof name, 1, 0), TypeError)
  t.throws(() => sockets.formatAddress(name, sockets.receiveSlots), RangeError)
  const sending = new Int32Array(memory, sockets.sendingOffset, 8 * sockets.sendEntries)
  const state = new Int32Array(memory, sockets.stateOffset, 8)
  for (const length of [-1, 65_508, 0x7f_ff_ff_ff]) {
    sending[0] = length
    const before = state[0]!
    sockets.send(name, 1, 0)
    t.equal(state[0], before + 1, `a length of ${length} is a failure`)
  }
  sending.fill(65_507)
  const before = state[0]!
  sockets.send(name, sockets.sendEntries, 0)
  t.ok(state[0]! > before, 'more than the slab holds is a failure')
  t.throws(() => sockets.keepIn(name, new Uint8Array(1000), 0), TypeError, 'memory that is too small')
  t.throws(() => sockets.keepIn(name, 'x' as unknown as Uint8Array, 0), TypeError)
  t.throws(() => sockets.send(name, 0, 'now' as unknown as number), RangeError)
})

t.test('the choice', async (t) => {
  t.equal(udpSocketKind('dgram').kind, 'dgram')
  t.equal(udpSocketKind('auto').kind, native.kind === 'loaded' ? 'batching' : 'dgram')
  if (native.kind === 'missing') t.throws(() => udpSocketKind('batching'), /set udp-socket to auto or dgram/)
  else t.equal(udpSocketKind('batching').kind, 'batching')
})
