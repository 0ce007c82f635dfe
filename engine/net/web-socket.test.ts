/** SIP over WebSocket (RFC 7118): handshakes, frames, keep-alives, limits. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import type { ClientOptions } from 'ws'
import { WebSocket } from 'ws'
import { createFraming } from '../sip/framing.ts'
import type { Flow } from '../sip/transport.ts'
import { testCertificate, writeCertificate } from './certificates/test-certificate.ts'
import type { Listener } from './listener.ts'
import type { StreamLimits } from './stream-connection.ts'
import { defaultStreamLimits } from './stream-connection.ts'
import { StreamConnections } from './streams.ts'

const { messageTime, handshakeTime, pingTime } = defaultStreamLimits
const options = 'OPTIONS sip:x SIP/2.0\r\n\r\n'

async function listening(t: Test, more: Partial<Listener> = {}, limits: Partial<StreamLimits> = {}) {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const listener: Listener = {
    transport: 'WS',
    address: '127.0.0.1',
    port,
    descriptor: null,
    advertised: '',
    advertisedMedia: '',
    localNetworks: [],
    ...more,
  }
  const received: { message: string; flow: Flow }[] = []
  const closed: Flow[] = []
  const connections = new StreamConnections({
    handler: {
      receive: (message, flow) => received.push({ message, flow }),
      connectionClosed: (flow) => closed.push(flow),
    },
    framing: createFraming,
    limits: { ...defaultStreamLimits, ...limits },
    isOwnHost: (host) => host === '127.0.0.1',
    log: pino({ level: 'silent' }),
  })
  t.teardown(() => connections.close())
  await connections.listen(listener, 0)
  return { connections, listener, port, received, closed, url: `ws://127.0.0.1:${port}` }
}

async function browser(t: Test, url: string, more: ClientOptions = {}): Promise<WebSocket> {
  const webSocket = new WebSocket(url, 'sip', more)
  t.teardown(() => webSocket.terminate())
  await once(webSocket, 'open')
  webSocket.on('error', () => undefined)
  return webSocket
}

/** The status of a handshake that is refused. */
async function refusal(url: string, protocols: string[], more: ClientOptions = {}): Promise<number> {
  const webSocket = new WebSocket(url, protocols, more)
  webSocket.on('error', () => undefined)
  const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, IncomingMessage]
  webSocket.terminate()
  return response.statusCode ?? 0
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('one message a frame, text and binary, with its bytes', async (t) => {
  const { connections, listener, url, received, closed } = await listening(t)
  const peer = await browser(t, url)
  t.equal(peer.protocol, 'sip')
  peer.send(options)
  peer.send('OPTIONS sip:ü SIP/2.0\r\n\r\n')
  const bytes = Buffer.from('OPTIONS sip:\xff SIP/2.0\r\n\r\n', 'latin1')
  peer.send(bytes)
  await until(() => received.length === 3)
  const { flow, message } = received[0]!
  t.equal(message, options)
  t.match(flow, { transport: 'WS', listener: 0, address: '127.0.0.1' })
  t.same(Buffer.from(received[1]!.message, 'latin1').toString('utf8'), 'OPTIONS sip:ü SIP/2.0\r\n\r\n')
  t.same(Buffer.from(received[2]!.message, 'latin1'), bytes)
  connections.send(flow, listener, 'text', null)
  const [text, textIsBinary] = await once(peer, 'message')
  t.same([String(text), textIsBinary], ['text', false])
  connections.send(flow, listener, '\xff', null)
  const [binary, binaryIsBinary] = await once(peer, 'message')
  t.same([[...(binary as Buffer)], binaryIsBinary], [[0xff], true], 'what is no UTF-8 cannot be text')
  peer.close()
  await until(() => closed.length === 1)
  t.same(closed, [flow])
  let failed = 0
  connections.send(flow, listener, 'late', { sendFailed: () => failed++ })
  connections.send({ ...flow, connection: 0 }, listener, 'browsers take no calls', { sendFailed: () => failed++ })
  t.equal(failed, 2)
})

t.test('both paths serve; others, other subprotocols and pages from elsewhere are refused', async (t) => {
  const { connections, url } = await listening(t)
  await browser(t, `${url}/ws?token=1`)
  await browser(t, url, { origin: 'http://127.0.0.1:3000' })
  t.equal(await refusal(`${url}/elsewhere`, ['sip']), 404)
  t.equal(await refusal(url, []), 400)
  t.equal(await refusal(url, ['chat']), 400)
  t.equal(await refusal(url, ['sip'], { origin: 'https://evil.example' }), 403)
  await browser(t, url, {})
  t.equal(connections.count, 3)
  const listed = await listening(t, { origins: ['https://phone.example'] })
  await browser(t, listed.url, { origin: 'https://phone.example' })
  t.equal(await refusal(listed.url, ['sip'], { origin: 'http://127.0.0.1:3000' }), 403)
})

t.test('plain HTTP is told what to do, garbage is dropped', async (t) => {
  const { connections, port } = await listening(t)
  const status = await new Promise<number>((resolve) => {
    get({ port, host: '127.0.0.1', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
  })
  t.equal(status, 426)
  const garbage = connect(port, '127.0.0.1')
  garbage.on('error', () => undefined)
  garbage.write('\0\x01\x02 no HTTP\r\n\r\n')
  garbage.resume()
  await once(garbage, 'close')
  const long = connect(port, '127.0.0.1')
  long.on('error', () => undefined)
  long.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
  long.resume()
  await once(long, 'close')
  t.equal(connections.count, 0)
})

t.test('slow handshakes and peers that never send a message are dropped', async (t) => {
  const { connections, port, url } = await listening(t)
  const slow = connect(port, '127.0.0.1')
  slow.on('error', () => undefined)
  slow.write('GET / HTTP/1.1\r\nUpgr')
  await new Promise((resolve) => setTimeout(resolve, 20))
  connections.sweep(Date.now() + handshakeTime + 1)
  await once(slow, 'close')
  const silent = await browser(t, url)
  await until(() => connections.count === 1)
  connections.sweep(Date.now() + messageTime + 1)
  await once(silent, 'close')
  t.equal(connections.count, 0)
})

t.test('frames that are too large, not UTF-8 or not masked end the connection', async (t) => {
  const { connections, url, received } = await listening(t, {}, { messageBytes: 1000 })
  const large = await browser(t, url)
  large.send('x'.repeat(1001))
  t.equal((await once(large, 'close'))[0], 1009)
  const invalid = await browser(t, url)
  invalid.send(Buffer.from([0xff]), { binary: false })
  t.equal((await once(invalid, 'close'))[0], 1007)
  const unmasked = await browser(t, url)
  unmasked.send(options, { mask: false })
  t.equal((await once(unmasked, 'close'))[0], 1002)
  await until(() => connections.count === 0)
  t.equal(received.length, 0)
})

t.test('pings keep a connection, one without an answer ends it; CRLF is answered', async (t) => {
  const { connections, url, received } = await listening(t)
  const alive = await browser(t, url)
  alive.send('\r\n\r\n')
  t.equal(String((await once(alive, 'message'))[0]), '\r\n')
  const pinged = once(alive, 'ping')
  connections.sweep(Date.now() + pingTime + 1000)
  await pinged
  // The pong and this message come in order.
  alive.send(options)
  await until(() => received.length === 1)
  connections.sweep(Date.now() + pingTime - 1000)
  t.equal(connections.count, 1)

  const dead = await browser(t, url, { autoPong: false })
  dead.send(options)
  await until(() => received.length === 2)
  connections.sweep(Date.now() + pingTime + 1000)
  alive.send(options)
  await until(() => received.length === 3)
  connections.sweep(Date.now() + 2 * pingTime + 1500)
  await until(() => connections.count === 1)
  t.equal(dead.readyState >= WebSocket.CLOSING || (await once(dead, 'close')) !== null, true)
})

t.test('WSS: the same over TLS, and limits count until the connection is gone', async (t) => {
  const made = testCertificate({ names: ['localhost', '127.0.0.1'] })
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-wss-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const certificateFiles = writeCertificate(folder, made)
  const bench = await listening(t, { transport: 'WSS', certificateFiles }, { connectionsPerSource: 1 })
  const url = `wss://127.0.0.1:${bench.port}/ws`
  const peer = await browser(t, url, { ca: made.certificate })
  peer.send(options)
  await until(() => bench.received.length === 1)
  const { flow } = bench.received[0]!
  t.match(flow, { transport: 'WSS', address: '127.0.0.1' })
  bench.connections.send(flow, bench.listener, 'answer', null)
  t.equal(String((await once(peer, 'message'))[0]), 'answer')
  await t.rejects(browser(t, url, { ca: made.certificate }), 'one from each address')
  peer.terminate()
  await until(() => bench.connections.count === 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await browser(t, url, { ca: made.certificate })
  t.equal(bench.connections.count, 1)
})
