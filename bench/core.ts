/**
 * What the core costs a call, without sockets: a whole call (INVITE, 100, 180, 200, ACK, BYE, 200) from a trunk to a
 * registered phone through `CallServer`, with a network that only looks at what is sent. Prints microseconds a call for
 * each part of the work, beside the design's budget for it.
 */

import { CallServer } from '../engine/calls/call-server.ts'
import { compile } from '../engine/config/compile/compile-document.ts'
import type { Document } from '../engine/config/document.ts'
import { SystemClock } from '../engine/net/clock.ts'
import { SystemRandom } from '../engine/net/random.ts'
import { answeredText, beganText, endedText, transferredText } from '../engine/records/call-event-text.ts'
import { parseMessage } from '../engine/sip/message.ts'
import { noNames } from '../engine/sip/recording-network.ts'
import type { OutgoingRequest } from '../engine/sip/request.ts'
import { requestText } from '../engine/sip/request.ts'
import { responseHead, responseText } from '../engine/sip/response.ts'
import type { Flow, Network } from '../engine/sip/transport.ts'
import { benchUsers } from './population.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'

const trunkPort = 5090
const phonePort = 5080
const users = benchUsers(1000)
const trunkFlow: Flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: trunkPort, connection: 0 }
const phoneFlow: Flow = { transport: 'UDP', listener: 0, address: '127.0.0.1', port: phonePort, connection: 0 }
const sdp =
  'v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  'm=audio 6000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-11,16\r\n'

const sent: { flow: Flow; text: string }[] = []
const network: Network = {
  send(flow, text) {
    sent.push({ flow, text })
  },
  listenerFor: () => 0,
  advertised: () => '127.0.0.1:5060',
}
let recorded = 0
const server = new CallServer({
  network,
  clock: new SystemClock(),
  random: new SystemRandom(),
  journal: {
    put: (_kind, _key, value) => {
      recorded += value.length
    },
    remove: () => {
      recorded++
    },
  },
  events: {
    began: (event) => {
      recorded += beganText(event).length
    },
    wentOn: () => {},
    transferred: (id, at, by, into) => {
      recorded += transferredText(id, at, by, into).length
    },
    answered: (id, at, callee) => {
      recorded += answeredText(id, at, callee).length
    },
    recorded: () => {},
    heard: () => {},
    ended: (id, at, by, status, phrase) => {
      recorded += endedText(id, at, by, status, phrase).length
    },
  },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  snapshot: compile(ringdownDocument(users, trunkPort) as Document, 1),
  nonceKey: Buffer.alloc(32, 7),
  isOwnHost: (host) => host === '127.0.0.1',
  locator: noNames,
})
for (const user of users) {
  const device = server.snapshot.devicesBySipUserName.get(user.sipUserName)
  if (device === undefined) throw new Error(`No device ${user.sipUserName}`)
  server.bindings.update(
    device,
    { path: '', callId: `r-${user.index}`, cseq: 1, userAgent: 'bench', received: phoneFlow },
    [
      {
        contact: `sip:${user.sipUserName}@127.0.0.1:${phonePort}`,
        instanceId: '',
        regId: 0,
        q: '',
        behindNat: false,
        port: phonePort,
        expiresAt: Date.now() + 3_000_000,
      },
    ],
  )
}

function invite(index: number): string {
  const user = users[(index * 7919) % users.length] ?? users[0]
  return (
    `INVITE sip:${user?.phoneNumber}@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${trunkPort};branch=z9hG4bK-1-${index}-0\r\n` +
    `From: sipp <sip:+4915112345678@127.0.0.1:${trunkPort}>;tag=c${index}\r\nTo: sut <sip:${user?.phoneNumber}@127.0.0.1:5060>\r\n` +
    `Call-ID: ${index}-1@127.0.0.1\r\nCSeq: 1 INVITE\r\nContact: sip:sipp@127.0.0.1:${trunkPort}\r\nMax-Forwards: 70\r\n` +
    `Subject: Performance Test\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`
  )
}

function header(text: string, name: string): string {
  const start = text.indexOf(`\r\n${name}: `) + name.length + 4
  return text.slice(start, text.indexOf('\r\n', start))
}

function answer(request: string, status: string, extra: string, body: string): string {
  const to = header(request, 'To')
  return (
    `SIP/2.0 ${status}\r\nVia: ${header(request, 'Via')}\r\nFrom: ${header(request, 'From')}\r\n` +
    `To: ${to.includes(';tag=') ? to : `${to};tag=phone`}\r\nCall-ID: ${header(request, 'Call-ID')}\r\nCSeq: ${header(request, 'CSeq')}\r\n` +
    `${extra}Content-Length: ${body.length}\r\n\r\n${body}`
  )
}

/** Time spent inside the server by the message handed in, added up by step. */
const steps = ['INVITE', '180', '200', 'ACK', 'BYE', '200 to BYE'] as const
const spent = new Float64Array(steps.length)

function hand(step: number, message: string, flow: Flow): void {
  const begin = process.hrtime.bigint()
  server.receive(message, flow)
  spent[step] = (spent[step] ?? 0) + Number(process.hrtime.bigint() - begin)
}

function flatten(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function oneCall(index: number): void {
  sent.length = 0
  hand(0, flatten(invite(index)), trunkFlow)
  const forked = sent.find(({ text }) => text.startsWith('INVITE'))?.text
  if (forked === undefined) throw new Error(`The call was not forked: ${sent.map(({ text }) => text).join('\n')}`)
  const contact = `Contact: <sip:phone@127.0.0.1:${phonePort}>\r\n`
  hand(1, flatten(answer(forked, '180 Ringing', contact, '')), phoneFlow)
  sent.length = 0
  hand(2, flatten(answer(forked, '200 OK', `${contact}Content-Type: application/sdp\r\n`, sdp)), phoneFlow)
  const ok = sent.find(({ text, flow }) => flow.port === trunkPort && text.startsWith('SIP/2.0 200'))?.text
  if (ok === undefined) throw new Error('The caller was not told of the answer')
  const within = (method: string, cseq: number, branch: string) =>
    `${method} sip:127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${trunkPort};branch=z9hG4bK-${branch}-${index}\r\n` +
    `From: ${header(ok, 'From')}\r\nTo: ${header(ok, 'To')}\r\nCall-ID: ${header(ok, 'Call-ID')}\r\n` +
    `CSeq: ${cseq} ${method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`
  hand(3, flatten(within('ACK', 1, 'a')), trunkFlow)
  sent.length = 0
  hand(4, flatten(within('BYE', 2, 'b')), trunkFlow)
  const bye = sent.find(({ text }) => text.startsWith('BYE'))?.text
  if (bye === undefined) throw new Error('The phone was not told of the end')
  hand(5, flatten(answer(bye, '200 OK', '', '')), phoneFlow)
}

/** A call that rings and is not answered. */
function oneCallRinging(index: number): void {
  sent.length = 0
  server.receive(flatten(invite(index)), trunkFlow)
  const forked = sent.find(({ text }) => text.startsWith('INVITE'))?.text
  if (forked === undefined) throw new Error('The call was not forked')
  server.receive(
    flatten(answer(forked, '180 Ringing', `Contact: <sip:phone@127.0.0.1:${phonePort}>\r\n`, '')),
    phoneFlow,
  )
}

function timed(repeat: number, work: () => unknown): number {
  for (let i = 0; i < repeat / 4; i++) work()
  const begin = process.hrtime.bigint()
  for (let i = 0; i < repeat; i++) work()
  return Number(process.hrtime.bigint() - begin) / repeat / 1000
}

const calls = Number(process.argv[2] ?? 20_000)
for (let i = 0; i < 5000; i++) oneCall(i)
spent.fill(0)
const cpuBefore = process.cpuUsage()
for (let i = 0; i < calls; i++) oneCall(5000 + i)
const cpu = process.cpuUsage(cpuBefore)

const perCall = [...spent].map((nanoseconds) => nanoseconds / calls / 1000)
const message = flatten(invite(1))
const parsed = parseMessage(message)
if (parsed === null) throw new Error('The message cannot be read')
const parse = timed(200_000, () => parseMessage(message)?.branch)
const request: OutgoingRequest = {
  method: 'INVITE',
  requestUri: 'sip:phone@127.0.0.1:5080',
  transport: 'UDP',
  sentBy: '127.0.0.1:5060',
  branch: 'z9hG4bKabcdefghijklmnop',
  from: '<sip:+4915112345678@example.test>;tag=abcdefghijkl',
  to: '<sip:100@example.test>',
  callId: 'abcdefghijklmnopqrstuvwx',
  cseq: 1,
  route: '',
  maxForwards: 69,
  headers: 'Contact: <sip:127.0.0.1:5060>\r\nContent-Type: application/sdp\r\n',
  body: sdp,
}
const slab = Buffer.alloc(65536)
let cseq = 0
const build = timed(200_000, () => slab.write(requestText({ ...request, cseq: ++cseq }), 0, 'latin1'))
const respond = timed(200_000, () =>
  slab.write(responseText(200, 'OK', responseHead(parsed, trunkFlow), 'abcdefghijkl', '', ''), 0, 'latin1'),
)
const ringing = 9_999_999
/** A copy of a request that is being answered: found in its transaction and answered again (RFC 3261 §17.2.1). */
oneCallRinging(ringing)
const copy = flatten(invite(ringing))
const match = timed(100_000, () => {
  sent.length = 0
  server.receive(copy, trunkFlow)
})
if (sent.length !== 1) throw new Error('A copy is not answered once')

/** One figure beside the design's budget for it, and which part of the budget it takes. */
const row = (name: string, value: number, budget: number | null) => {
  const beside = budget === null ? '' : `budget ${budget}, ${(value / budget).toFixed(2)} of it`
  process.stdout.write(`${name.padEnd(46)}${value.toFixed(2).padStart(8)} µs   ${beside}\n`)
}
row('parse an INVITE', parse, 3)
row('build an INVITE', build, 2)
row('build a response, head included', respond, 2)
row('parse a copy, find its transaction, answer again', match, 3 + 2)
for (const [index, step] of steps.entries()) row(`call: ${step}`, perCall[index] ?? 0, null)
row(
  'whole call, inside the server',
  perCall.reduce((sum, value) => sum + value, 0),
  40,
)
row('processor time a call, phones and garbage included', (cpu.user + cpu.system) / calls, null)
process.stdout.write(
  `journal: ${Math.round(recorded / (calls + 5000))} characters a call; transactions open: ${server.transactions.size}\n`,
)
process.exit(0)
