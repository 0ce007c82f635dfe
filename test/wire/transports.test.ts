/** Calls by TLS, WS and WSS beside UDP and TCP, and what happens to their connections (docs/sip.md, docs/running.md). */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import t from 'tap'
import { WebSocket } from 'ws'
import { testCertificate, writeCertificate } from '../../engine/net/certificates/test-certificate.ts'
import type { Transport } from '../../engine/sip/transport.ts'
import { IncomingCall, OutgoingCall } from './call.ts'
import { Company } from './company.ts'
import { Endpoint, fresh } from './endpoint.ts'
import { audioSession, headerValue } from './message.ts'
import type { TestScope } from './phones.ts'
import { signedInBy } from './phones.ts'
import { freePort, loopback } from './ports.ts'
import { RingdownServer } from './server.ts'
import type { Address } from './wires.ts'

t.setTimeout(240_000)

type Person = ReturnType<Company['person']>

const company = new Company()
const [anna, ben, cleo, dan, eve, finn] = Array.from({ length: 6 }, () => company.person()) as [
  Person,
  Person,
  Person,
  Person,
  Person,
  Person,
]
const folder = mkdtempSync(join(tmpdir(), 'ringdown-certificates-'))
t.teardown(() => rmSync(folder, { recursive: true }))
let made = testCertificate({ names: [anna.domain, loopback] })
const files = writeCertificate(folder, made)
const [tlsPort, wsPort, wssPort] = [await freePort(), await freePort(), await freePort()]
const server = await RingdownServer.start({
  document: company.document(),
  environment: {
    RINGDOWN_TLS_CERT: files.certificate,
    RINGDOWN_TLS_KEY: files.key,
    RINGDOWN_TLS_PORT: String(tlsPort),
    RINGDOWN_WS_PORT: String(wsPort),
    RINGDOWN_WSS_PORT: String(wssPort),
  },
})
t.teardown(() => server.stopEmpty())

const at = (port: number): Address => ({ address: server.address.address, port })

function open(transport: Transport, domain: string): Promise<Endpoint> {
  switch (transport) {
    case 'UDP':
      return Endpoint.openUdp(server.address, domain)
    case 'TCP':
      return Endpoint.openTcp(server.address, domain)
    case 'TLS':
      return Endpoint.openTls(at(tlsPort), domain, made.certificate)
    case 'WS':
      return Endpoint.openWebSocket('WS', at(wsPort), domain)
    case 'WSS':
      return Endpoint.openWebSocket('WSS', at(wssPort), domain, made.certificate)
  }
}

async function phone(t: TestScope, transport: Transport, person: Person): Promise<Endpoint> {
  const endpoint = signedInBy(t, await open(transport, person.domain), person)
  const response = await endpoint.register()
  if (response.status !== 200) throw new Error(`${person.id} cannot register: ${response.text}`)
  return endpoint
}

/** A call from one to the other, with requests both ways. */
async function talk(caller: Endpoint, callee: Endpoint, extension: string): Promise<void> {
  const outgoing = await OutgoingCall.start(caller, extension)
  const incoming = await IncomingCall.next(callee)
  incoming.ring()
  await outgoing.status(180)
  incoming.answer()
  await outgoing.answered()
  await incoming.acknowledged()
  const offer = audioSession(caller.own.address, 30_002, 2)
  const answer = audioSession(callee.own.address, 31_002, 2)
  const [reinvite] = await Promise.all([outgoing.reinvite(offer), incoming.reinvited(answer)])
  if (reinvite.status !== 200) throw new Error(`re-INVITE: ${reinvite.text}`)
  const [bye] = await Promise.all([incoming.hangUp(), outgoing.hungUp()])
  if (bye.status !== 200) throw new Error(`BYE: ${bye.text}`)
}

/** How many contacts the device has, by what `ringdown registrations` says. */
async function contacts(person: Person): Promise<number> {
  return (await server.registrations()).filter((one) => JSON.stringify(one).includes(person.userName)).length
}

const transports: readonly Transport[] = ['UDP', 'TCP', 'TLS', 'WS', 'WSS']

for (const [index, transport] of transports.entries()) {
  const other = transports[(index + 1) % transports.length]!
  t.test(`calls from ${transport} to ${other} and back`, async (t) => {
    const first = await phone(t, transport, anna)
    const second = await phone(t, other, ben)
    await talk(first, second, ben.extension)
    await talk(second, first, anna.extension)
  })
}

t.test('a ringing call is cancelled, and our Contact names the transport', async (t) => {
  const caller = await phone(t, 'TLS', cleo)
  const callee = await phone(t, 'WSS', dan)
  const outgoing = await OutgoingCall.start(caller, dan.extension)
  const incoming = await IncomingCall.next(callee)
  t.match(headerValue(incoming.invite, 'Contact'), new RegExp(`^<sip:${loopback}:${wssPort};transport=ws>$`))
  t.match(headerValue(incoming.invite, 'Via'), /^SIP\/2\.0\/WSS /)
  t.match(incoming.invite.requestUri, /\.invalid;transport=ws$/, 'the contact as the browser gave it')
  incoming.ring()
  const ringing = await outgoing.status(180)
  t.match(headerValue(ringing, 'Contact'), new RegExp(`^<sip:${loopback}:${tlsPort};transport=tls>$`))
  const [cancelled] = await Promise.all([outgoing.cancel(), callee.receive((one) => one.method === 'CANCEL', 'CANCEL')])
  t.equal(cancelled.status, 200)
  callee.respond(incoming.invite, 487, 'Request Terminated', incoming.tag)
  t.equal((await outgoing.final()).status, 487)
})

for (const transport of ['TLS', 'WSS'] as const) {
  t.test(`${transport}: whose connection is lost is not reachable until he registers again`, async (t) => {
    const caller = await phone(t, 'UDP', eve)
    const instance = `<sip:${finn.userName}@phone.invalid>;+sip.instance="<urn:uuid:${fresh('i')}>";reg-id=1`
    const lost = signedInBy(t, await open(transport, finn.domain), finn)
    t.equal((await lost.register(300, { contact: instance })).status, 200)
    await lost.close()
    const unreachable = await OutgoingCall.start(caller, finn.extension)
    t.equal((await unreachable.final()).status, 480)
    const back = signedInBy(t, await open(transport, finn.domain), finn)
    t.equal((await back.register(300, { contact: instance })).status, 200)
    t.equal(await contacts(finn), 1, 'the new flow took the place of the old one')
    await talk(caller, back, finn.extension)
    t.equal((await back.register(0, { contact: instance })).status, 200)
  })
}

t.test('a web page from elsewhere, a wrong path and plain HTTP do not come in', async (t) => {
  const statusOf = async (url: string, origin?: string) => {
    const given = { localAddress: loopback, ...(origin === undefined ? {} : { origin }) }
    const webSocket = new WebSocket(url, 'sip', given)
    webSocket.on('error', () => undefined)
    const result = await new Promise<number>((resolve) => {
      webSocket.once('open', () => resolve(101))
      webSocket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    })
    webSocket.terminate()
    return result
  }
  const url = `ws://${loopback}:${wsPort}`
  t.equal(await statusOf(`${url}/ws`, 'https://evil.example'), 403)
  t.equal(await statusOf(`${url}/admin`), 404)
  t.equal(await statusOf(url, `http://${loopback}:8080`), 101)
})

t.test('garbage, plain text and what is too large end a connection and nothing else', async (t) => {
  const caller = await phone(t, 'WSS', anna)
  const callee = await phone(t, 'TLS', ben)
  const plain = net.connect({ host: loopback, port: tlsPort, localAddress: loopback })
  plain.on('error', () => undefined)
  plain.end('OPTIONS sip:x SIP/2.0\r\n\r\n')
  plain.resume()
  await once(plain, 'close')
  const connect = async () => {
    const given = { host: loopback, port: tlsPort, localAddress: loopback, rejectUnauthorized: false }
    const socket = tls.connect(given)
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    socket.resume()
    return socket
  }
  const garbage = await connect()
  garbage.write('\0\xff garbage\r\n\r\n')
  await once(garbage, 'close')
  const large = await connect()
  large.write(`OPTIONS sip:x SIP/2.0\r\nX: ${'x'.repeat(300_000)}`)
  await once(large, 'close')
  const webSocket = new WebSocket(`ws://${loopback}:${wsPort}/ws`, 'sip', { localAddress: loopback })
  webSocket.on('error', () => undefined)
  await once(webSocket, 'open')
  webSocket.send('x'.repeat(300_000))
  t.equal((await once(webSocket, 'close'))[0], 1009)
  await talk(caller, callee, ben.extension)
})

t.test('a message without Content-Length on a stream gets its 400 before the connection is closed', async () => {
  const socket = net.connect({ ...server.address, host: loopback, localAddress: loopback })
  socket.on('error', () => undefined)
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
  })
  const head = [
    `INVITE sip:1001@${anna.domain} SIP/2.0`,
    `Via: SIP/2.0/TCP ${loopback}:5999;branch=${fresh('z9hG4bK')}`,
    `From: <sip:x@${anna.domain}>;tag=${fresh('f')}`,
    `To: <sip:1001@${anna.domain}>`,
    `Call-ID: ${fresh('c')}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:x@127.0.0.1>',
    'Content-Type: application/sdp',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n\r\n`)
  await once(socket, 'close')
  if (!/^SIP\/2\.0 4\d\d /.test(text)) throw new Error(`An answer was to come before the end: ${text}`)
})

t.test('a renewed certificate serves new connections, a broken one changes nothing, and doctor tells', async (t) => {
  const before = await phone(t, 'TLS', anna)
  const caller = await phone(t, 'UDP', ben)
  const ok = await server.command('doctor')
  t.match(ok.output, /ok +certificate +.*certificate\.pem: good until .*DNS:north\.test/)
  made = testCertificate({ names: [anna.domain, loopback], validTo: Date.now() + 3 * 86_400_000 })
  writeCertificate(folder, made)
  server.signal('SIGHUP')
  await server.printed(/The certificate ends on/)
  const after = await phone(t, 'TLS', cleo)
  await talk(caller, before, anna.extension)
  await talk(caller, after, cleo.extension)
  writeFileSync(files.key, 'broken')
  server.signal('SIGHUP')
  await server.printed(/The new certificate cannot be used, the old one stays: .*key\.pem holds no private key/)
  const bad = await server.command('doctor')
  t.match(bad.output, /bad +certificate +.*key\.pem holds no private key/)
  t.equal(bad.code, 1)
  const later = await phone(t, 'WSS', dan)
  await talk(caller, later, dan.extension)
  writeCertificate(folder, made)
})

t.test('after a crash phones connect again, and are called', async (t) => {
  const caller = await phone(t, 'TLS', anna)
  const callee = await phone(t, 'WSS', ben)
  await talk(caller, callee, ben.extension)
  process.kill(await server.enginePid(), 'SIGKILL')
  await server.printed(/Engine serves calls[\s\S]*Engine serves calls/)
  const callerAgain = await phone(t, 'TLS', anna)
  const calleeAgain = await phone(t, 'WSS', ben)
  await talk(callerAgain, calleeAgain, ben.extension)
})

t.test('IPv6: TLS, WS and WSS', async (t) => {
  const company6 = new Company()
  const [one, two] = [company6.person(), company6.person()]
  const own = testCertificate({ names: [one.domain] })
  const folder6 = mkdtempSync(join(tmpdir(), 'ringdown-certificates-'))
  t.teardown(() => rmSync(folder6, { recursive: true }))
  const { certificate, key } = writeCertificate(folder6, own)
  const ports = [await freePort(), await freePort()]
  const server6 = await RingdownServer.start({
    document: company6.document(),
    environment: {
      RINGDOWN_BIND: '::1',
      RINGDOWN_TLS_CERT: certificate,
      RINGDOWN_TLS_KEY: key,
      RINGDOWN_TLS_PORT: String(ports[0]),
      RINGDOWN_WS_PORT: String(ports[1]),
    },
  })
  t.teardown(() => server6.remove())
  const place = (port: number | undefined): Address => ({ address: '::1', port: port ?? 0 })
  const overTls = signedInBy(t, await Endpoint.openTls(place(ports[0]), one.domain, own.certificate), one)
  const overWs = signedInBy(t, await Endpoint.openWebSocket('WS', place(ports[1]), two.domain), two)
  t.equal((await overTls.register()).status, 200)
  t.equal((await overWs.register()).status, 200)
  await talk(overTls, overWs, two.extension)
  await talk(overWs, overTls, one.extension)
})

t.test('a key that does not belong to the certificate ends the start with one line', async (t) => {
  const { key } = testCertificate()
  const stray = join(folder, 'stray-key.pem')
  writeFileSync(stray, key)
  const port = await freePort()
  const failed = RingdownServer.start({
    document: new Company().document(),
    environment: {
      RINGDOWN_TLS_CERT: files.certificate,
      RINGDOWN_TLS_KEY: stray,
      RINGDOWN_TLS_PORT: String(port),
    },
  })
  await t.rejects(failed, /stray-key\.pem is not the key of .*certificate\.pem/)
})
