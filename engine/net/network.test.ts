import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo, Server, Socket as StreamSocket } from 'node:net'
import { connect, createServer } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { createFraming } from '../sip/framing.ts'
import type { Flow } from '../sip/transport.ts'
import { Addresses } from './addresses.ts'
import { loadNativeSockets } from './batching-socket/native-socket.ts'
import type { Listener } from './listener.ts'
import { SocketNetwork } from './network.ts'
import type { StreamLimits } from './stream-connection.ts'
import { defaultStreamLimits } from './stream-connection.ts'

const log = pino({ level: 'silent' })
const options = 'OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n'

const native = loadNativeSockets()
/** Both kinds of UDP socket, and why one of them cannot be tested here. */
const udpSockets = [
  { udpSocket: 'dgram', skip: false },
  { udpSocket: 'batching', skip: native.kind === 'missing' ? `no batching socket: ${native.why}` : false },
] as const

interface Bench {
  network: SocketNetwork
  port: number
  received: { message: string; flow: Flow }[]
  closed: Flow[]
  events: string[]
  arrived(count: number): Promise<void>
}

/** A network with one UDP and one TCP listener on a free port. */
async function bench(
  t: Test,
  udpSocket: 'auto' | 'batching' | 'dgram' = 'auto',
  limits: Partial<StreamLimits> = {},
  address = '127.0.0.1',
): Promise<Bench> {
  const port = await freePort(address)
  const listener = (transport: 'UDP' | 'TCP'): Listener => ({
    transport,
    address,
    port,
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
  })
  const listeners = [listener('UDP'), listener('TCP')]
  const events: string[] = []
  const received: { message: string; flow: Flow }[] = []
  const closed: Flow[] = []
  let notify: () => void = () => undefined
  const network = new SocketNetwork({
    listeners,
    addresses: new Addresses(listeners),
    framing: createFraming,
    streamLimits: { ...defaultStreamLimits, ...limits },
    udpSocket,
    keeper: null,
    beforeSend: () => events.push('journal'),
    log,
  })
  await network.open({
    receive(message, flow) {
      received.push({ message, flow })
      notify()
    },
    connectionClosed(flow) {
      closed.push(flow)
      notify()
    },
  })
  t.teardown(() => network.close())
  const arrived = async (count: number) => {
    while (received.length + closed.length < count) {
      await new Promise<void>((resolve) => {
        notify = resolve
      })
    }
  }
  return { network, port, received, closed, events, arrived }
}

async function freePort(address: string): Promise<number> {
  const server = createServer()
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function udpPeer(t: Test, address = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  t.teardown(() => socket.close())
  return socket
}

async function tcpPeer(t: Test, port: number): Promise<StreamSocket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function tcpServer(t: Test): Promise<{ server: Server; port: number }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { server, port: (server.address() as AddressInfo).port }
}

for (const { udpSocket, skip } of udpSockets) {
  t.test(`${udpSocket}: a datagram comes in with its bytes and leaves with its bytes`, { skip }, async (t) => {
    const { network, port, received, arrived } = await bench(t, udpSocket)
    const peer = await udpPeer(t)
    const bytes = Buffer.from('OPTIONS sip:\xff\x00\x80 SIP/2.0\r\n\r\n', 'latin1')
    peer.send(bytes, port, '127.0.0.1')
    await arrived(1)
    const { message, flow } = received[0]!
    t.same(Buffer.from(message, 'latin1'), bytes)
    t.match(flow, { transport: 'UDP', listener: 0, address: '127.0.0.1', port: peer.address().port, connection: 0 })
    network.send(flow, message, null)
    const [back] = await once(peer, 'message')
    t.same(back, bytes)
    t.equal(network.advertised(flow), `127.0.0.1:${port}`)
  })

  t.test(`${udpSocket}: messages of one turn leave in order, after one call of beforeSend`, { skip }, async (t) => {
    const { network, events } = await bench(t, udpSocket)
    const peer = await udpPeer(t)
    const got: string[] = []
    peer.on('message', (data) => got.push(data.toString()))
    const flow: Flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: peer.address().port, connection: 0 }
    for (let index = 0; index < 50; index++) network.send(flow, `message ${index}`, null)
    t.same(events, [], 'nothing leaves within the turn')
    while (got.length < 50) await once(peer, 'message')
    t.same(events, ['journal'])
    t.same(
      got,
      Array.from({ length: 50 }, (_, index) => `message ${index}`),
    )
  })

  t.test(`${udpSocket}: more than a slab of datagrams in one turn arrive unharmed`, { skip }, async (t) => {
    const { network } = await bench(t, udpSocket)
    const peer = await udpPeer(t)
    peer.setRecvBufferSize(4_000_000)
    const flow: Flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: peer.address().port, connection: 0 }
    let good = 0
    peer.on('message', (data) => {
      const text = data.toString('latin1')
      if (text === text.slice(0, 1).repeat(20_000)) good++
    })
    for (let index = 0; index < 60; index++) network.send(flow, String.fromCharCode(48 + index).repeat(20_000), null)
    while (good < 60) await once(peer, 'message')
    t.equal(good, 60)
  })

  t.test(`${udpSocket}: what UDP cannot carry fails, keep-alives are not messages`, { skip }, async (t) => {
    const { network, port, received, arrived } = await bench(t, udpSocket)
    const peer = await udpPeer(t)
    const flow: Flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: peer.address().port, connection: 0 }
    let failed = 0
    network.send(flow, 'x'.repeat(65_508), { sendFailed: () => failed++ })
    network.send({ ...flow, port: 0 }, 'a datagram may come from port 0, and must not end the process', null)
    network.send({ ...flow, listener: 7 }, 'lost', { sendFailed: () => failed++ })
    network.send(flow, 'x'.repeat(1301), null)
    network.send(flow, 'x'.repeat(1300), null)
    network.flush()
    t.equal(failed, 2)
    t.equal(network.long, 1, 'what may travel in fragments is counted')
    for (const text of ['\r\n\r\n', '\0\0\0\0', '', options]) peer.send(text, port, '127.0.0.1')
    await arrived(1)
    t.same(
      received.map((one) => one.message),
      [options],
    )
  })

  t.test(`${udpSocket}: IPv6 peers are answered and see brackets`, { skip }, async (t) => {
    const { network, port, received, arrived } = await bench(t, udpSocket, {}, '::1')
    const peer = await udpPeer(t, '::1')
    peer.send(options, port, '::1')
    await arrived(1)
    const { flow } = received[0]!
    t.equal(flow.address, '::1')
    t.equal(network.advertised(flow), `[::1]:${port}`)
    network.send(flow, 'back', null)
    const [back] = await once(peer, 'message')
    t.equal(String(back), 'back')
  })
}

t.test('TCP: messages in pieces, keep-alives, answers on the same connection', async (t) => {
  const { network, port, received, closed, arrived } = await bench(t)
  const peer = await tcpPeer(t, port)
  peer.write('\r\n\r\n')
  const [pong] = await once(peer, 'data')
  t.equal(String(pong), '\r\n')
  peer.write(options.slice(0, 10))
  await new Promise((resolve) => setTimeout(resolve, 20))
  peer.write(options.slice(10) + options)
  await arrived(2)
  const { flow } = received[0]!
  t.match(flow, { transport: 'TCP', listener: 1, address: '127.0.0.1', port: peer.localPort })
  t.not(flow.connection, 0)
  network.send(flow, 'answer', null)
  t.equal(String((await once(peer, 'data'))[0]), 'answer')
  // Whoever was at this port before a restart need not be who connects from it now (RFC 5923 §5).
  let heard = ''
  peer.on('data', (data) => {
    heard += data.toString()
  })
  await new Promise<void>((resolve) => network.send({ ...flow, connection: 0 }, 'request', { sendFailed: resolve }))
  t.equal(heard, '', 'what is for somebody who was at this port does not go by a connection that came from it')
  peer.end()
  await arrived(4)
  t.same(closed.at(-1), flow)
  const failed = await new Promise<boolean>((resolve) => {
    network.send(flow, 'too late', { sendFailed: () => resolve(true) })
  })
  t.ok(failed, 'a connection that is gone fails')
})

t.test('TCP: opens a connection of its own, reuses it, and tells of refusal', async (t) => {
  const { network, received, arrived } = await bench(t)
  const { server, port } = await tcpServer(t)
  const flow: Flow = { transport: 'TCP', listener: 1, address: '127.0.0.1', port, connection: 0 }
  network.send(flow, 'one', null)
  network.send(flow, 'two', null)
  const [socket] = (await once(server, 'connection')) as [StreamSocket]
  let text = ''
  socket.on('data', (data) => {
    text += data.toString()
  })
  while (text !== 'onetwo') await once(socket, 'data')
  socket.write(options)
  await arrived(1)
  t.match(received[0]!.flow, { address: '127.0.0.1', port, listener: 1 })
  socket.destroy()
  const refused = await freePort('127.0.0.1')
  await new Promise<void>((resolve) => network.send({ ...flow, port: refused }, 'x', { sendFailed: resolve }))
  t.pass('refusal is told')
})

t.test('TCP: garbage, slow readers and too many connections are dropped', async (t) => {
  const { network, port, received, closed, arrived } = await bench(t, 'auto', {
    messageBytes: 1000,
    waitingBytes: 100_000,
    connectionsPerSource: 2,
  })
  const garbage = await tcpPeer(t, port)
  garbage.write('x'.repeat(2000))
  await once(garbage, 'close')
  const first = await tcpPeer(t, port)
  const second = await tcpPeer(t, port)
  const third = await tcpPeer(t, port)
  await once(third, 'close')
  t.equal(network.connections, 2, 'the third connection is refused')
  second.destroy()
  first.write(options)
  await arrived(3)
  first.pause()
  let failed = false
  const { flow } = received[0]!
  for (let index = 0; index < 2000 && !failed; index++) {
    network.send(flow, 'y'.repeat(50_000), { sendFailed: () => (failed = true) })
    network.flush()
  }
  t.ok(failed, 'a peer that does not read is dropped')
  t.equal(closed.length, 3)
  t.equal(network.connections, 0)
})
