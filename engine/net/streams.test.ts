/** TCP and TLS: what connections may cost, and certificates that change under way. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { connect as connectTls } from 'node:tls'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { createFraming } from '../sip/framing.ts'
import type { Flow } from '../sip/transport.ts'
import type { TestCertificate } from './certificates/test-certificate.ts'
import { testCertificate, writeCertificate } from './certificates/test-certificate.ts'
import type { Listener } from './listener.ts'
import type { StreamLimits } from './stream-connection.ts'
import { defaultStreamLimits } from './stream-connection.ts'
import { StreamConnections } from './streams.ts'

const { idleTime, messageTime, handshakeTime } = defaultStreamLimits
const options = 'OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n'

interface Bench {
  readonly connections: StreamConnections
  readonly listener: Listener
  readonly port: number
  readonly received: { message: string; flow: Flow }[]
  readonly closed: Flow[]
  /** Is called for each message. */
  onMessage: (message: string, flow: Flow) => void
}

async function listening(t: Test, more: Partial<Listener> = {}, limits: Partial<StreamLimits> = {}): Promise<Bench> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const listener: Listener = {
    transport: 'TCP',
    address: '127.0.0.1',
    port,
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
    ...more,
  }
  const received: Bench['received'] = []
  const closed: Flow[] = []
  const connections = new StreamConnections({
    handler: {
      receive(message, flow) {
        received.push({ message, flow })
        bench.onMessage(message, flow)
      },
      connectionClosed: (flow) => closed.push(flow),
    },
    framing: createFraming,
    limits: { ...defaultStreamLimits, ...limits },
    isOwnHost: () => false,
    log: pino({ level: 'silent' }),
  })
  const bench: Bench = { connections, listener, port, received, closed, onMessage: () => undefined }
  t.teardown(() => connections.close())
  await connections.listen(listener, 0)
  return bench
}

async function tcpPeer(t: Test, port: number): Promise<Socket> {
  const peer = connect(port, '127.0.0.1')
  peer.on('error', () => undefined)
  t.teardown(() => peer.destroy())
  await once(peer, 'connect')
  return peer
}

function tlsListener(t: Test, made: TestCertificate, clientAuthority = ''): Partial<Listener> & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const files = writeCertificate(folder, made)
  const clientAuthorities = clientAuthority === '' ? '' : join(folder, 'clients.pem')
  if (clientAuthorities !== '') writeFileSync(clientAuthorities, clientAuthority)
  return { transport: 'TLS', certificateFiles: { ...files, clientAuthorities }, folder }
}

async function tlsPeer(t: Test, port: number, made: TestCertificate, client?: TestCertificate): Promise<TLSSocket> {
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.key }
  const peer = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: made.certificate, ...identity })
  peer.on('error', () => undefined)
  t.teardown(() => peer.destroy())
  await once(peer, 'secureConnect')
  return peer
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('a peer that never sends a message is dropped', async (t) => {
  const { connections, port } = await listening(t)
  await tcpPeer(t, port)
  await until(() => connections.count === 1)
  connections.sweep(Date.now() + messageTime - 1000)
  t.equal(connections.count, 1)
  connections.sweep(Date.now() + messageTime + 1)
  t.equal(connections.count, 0)
})

t.test('half a message is dropped, keep-alives keep a connection, idle ones end', async (t) => {
  const { connections, port, received } = await listening(t)
  const peer = await tcpPeer(t, port)
  peer.write(options)
  await until(() => received.length === 1)
  peer.write('\r\n\r\n')
  await once(peer, 'data')
  connections.sweep(Date.now() + messageTime + 1)
  t.equal(connections.count, 1, 'between messages there is time')
  connections.sweep(Date.now() + idleTime + 1000)
  t.equal(connections.count, 0)

  const other = await listening(t)
  const slow = await tcpPeer(t, other.port)
  slow.write(`${options}OPTIONS`)
  await until(() => other.received.length === 1)
  other.connections.sweep(Date.now() + messageTime + 1)
  t.equal(other.connections.count, 0)
})

t.test('what was answered before the stream made no sense leaves before it is closed', async (t) => {
  const bench = await listening(t)
  // As engine/net/network.ts does: messages leave when the turn ends.
  bench.onMessage = (_message, flow) => {
    setImmediate(() => bench.connections.send(flow, bench.listener, 'SIP/2.0 400 Bad Request\r\n\r\n', null))
  }
  const peer = await tcpPeer(t, bench.port)
  let text = ''
  peer.on('data', (data) => {
    text += data.toString()
  })
  peer.write('INVITE sip:x SIP/2.0\r\n\r\nv=0\r\nand more that is no start of a message\r\n\r\n')
  await once(peer, 'end')
  t.match(text, /^SIP\/2\.0 400/)
  await until(() => bench.connections.count === 0)
  let failed = 0
  bench.connections.send(bench.received[0]!.flow, bench.listener, 'late', { sendFailed: () => failed++ })
  t.equal(failed, 1)
})

t.test('a peer that does not close after our last word is closed', async (t) => {
  const { connections, port } = await listening(t)
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  peer.on('error', () => undefined)
  t.teardown(() => peer.destroy())
  peer.write('no SIP at all\r\n\r\n')
  peer.resume()
  await once(peer, 'end')
  t.equal(connections.count, 1)
  connections.sweep(Date.now() + 2500)
  t.equal(connections.count, 0)
})

t.test('TLS: messages both ways, and the flow says so', async (t) => {
  const made = testCertificate()
  const bench = await listening(t, tlsListener(t, made))
  const peer = await tlsPeer(t, bench.port, made)
  t.ok(peer.authorized)
  peer.write(options + options.slice(0, 10))
  peer.write(options.slice(10))
  await until(() => bench.received.length === 2)
  const { flow } = bench.received[0]!
  t.match(flow, { transport: 'TLS', listener: 0, address: '127.0.0.1', port: peer.localPort })
  bench.connections.send(flow, bench.listener, 'answer', null)
  t.equal(String((await once(peer, 'data'))[0]), 'answer')
  let refused = 0
  // Only who made a connection knows whose it is (RFC 5923 §5), and none is opened by TLS.
  bench.connections.send({ ...flow, connection: 0 }, bench.listener, 'request', { sendFailed: () => refused++ })
  t.equal(refused, 1)
  peer.write('\r\n\r\n')
  t.equal(String((await once(peer, 'data'))[0]), '\r\n')
  peer.destroy()
  await until(() => bench.closed.length === 1)
  t.same(bench.closed, [flow])
  let failed = 0
  const failure = { sendFailed: () => failed++ }
  bench.connections.send(flow, bench.listener, 'late', failure)
  bench.connections.send({ ...flow, connection: 0 }, bench.listener, 'no connection is opened by TLS', failure)
  t.equal(failed, 2)
})

t.test('TLS: what was sent and taken is not told as lost when the connection ends', async (t) => {
  const made = testCertificate()
  const bench = await listening(t, tlsListener(t, made))
  const peer = await tlsPeer(t, bench.port, made)
  peer.write(options)
  await until(() => bench.received.length === 1)
  let failed = 0
  const { flow } = bench.received[0]!
  for (let index = 0; index < 20; index++) {
    bench.connections.send(flow, bench.listener, 'x', { sendFailed: () => failed++ })
  }
  let got = 0
  peer.on('data', (data) => {
    got += data.length
  })
  await until(() => got === 20)
  peer.destroy()
  await until(() => bench.closed.length === 1)
  t.equal(failed, 0)
})

t.test('TLS 1.1, plain text and slow handshakes do not come in', async (t) => {
  const made = testCertificate()
  const { connections, port } = await listening(t, tlsListener(t, made))
  const old = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
  })
  const [error] = (await once(old, 'error')) as [Error]
  t.ok(error)
  const plain = await tcpPeer(t, port)
  plain.write(options)
  await once(plain, 'close')
  const slow = await tcpPeer(t, port)
  slow.write(Buffer.from([0x16, 0x03]))
  await new Promise((resolve) => setTimeout(resolve, 20))
  connections.sweep(Date.now() + handshakeTime - 1000)
  t.notOk(slow.closed)
  connections.sweep(Date.now() + handshakeTime + 1)
  await once(slow, 'close')
  t.equal(connections.count, 0)
})

t.test('TLS: connections in handshakes count for the limit, and are given back', async (t) => {
  const made = testCertificate()
  const { connections, port } = await listening(t, tlsListener(t, made), { connectionsPerSource: 2 })
  const open = await tlsPeer(t, port, made)
  const waiting = await tcpPeer(t, port)
  const third = await tcpPeer(t, port)
  await once(third, 'close')
  t.equal(connections.refused, 1)
  open.destroy()
  waiting.destroy()
  await until(() => connections.count === 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await tlsPeer(t, port, made)
  const again = await tcpPeer(t, port)
  await until(() => connections.count === 1)
  t.equal(connections.refused, 1)
  t.notOk(again.closed)
})

t.test('TLS: a new certificate serves new connections, and the open ones stay', async (t) => {
  const first = testCertificate()
  const listener = tlsListener(t, first)
  const bench = await listening(t, listener)
  const before = await tlsPeer(t, bench.port, first)
  const second = testCertificate()
  writeCertificate(listener.folder, second)
  await bench.connections.lookAtCertificates()
  const after = await tlsPeer(t, bench.port, second)
  t.ok(after.authorized)
  before.write(options)
  after.write(options)
  await until(() => bench.received.length === 2)
  writeFileSync(join(listener.folder, 'certificate.pem'), 'broken')
  await bench.connections.lookAtCertificates()
  t.ok((await tlsPeer(t, bench.port, second)).authorized, 'a broken one changes nothing')
  t.notOk(before.closed)
})

t.test('TLS: where clients need a certificate, others do not come in', async (t) => {
  const made = testCertificate()
  const client = testCertificate({ names: ['phone'] })
  const bench = await listening(t, tlsListener(t, made, client.certificate))
  const known = await tlsPeer(t, bench.port, made, client)
  known.write(options)
  await until(() => bench.received.length === 1)
  for (const identity of [undefined, testCertificate({ names: ['phone'] })]) {
    const peer = await tlsPeer(t, bench.port, made, identity)
    peer.write(options)
    await until(() => peer.closed)
  }
  t.equal(bench.received.length, 1)
})

t.test('TLS: a listener without a usable certificate refuses handshakes until there is one', async (t) => {
  const made = testCertificate()
  const listener = tlsListener(t, made)
  rmSync(join(listener.folder, 'key.pem'))
  const bench = await listening(t, listener)
  await t.rejects(tlsPeer(t, bench.port, made))
  writeCertificate(listener.folder, made)
  await bench.connections.lookAtCertificates()
  t.ok((await tlsPeer(t, bench.port, made)).authorized)
})
