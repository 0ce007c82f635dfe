/**
 * `npm run bench -- lamps`: what subscriptions take in memory, and what one change of a lamp costs with a hundred watchers,
 * in one process without sockets: phones of 100 users watch 100 lamps each, each SUBSCRIBE challenged and signed.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CallServer } from '../engine/calls/call-server.ts'
import { compile } from '../engine/config/compile/compile-document.ts'
import { readDocument } from '../engine/config/read-document.ts'
import type { LampDialog, LampSource } from '../engine/lamps/lamp-dialog.ts'
import { SystemRandom } from '../engine/net/random.ts'
import { DigestAccount } from '../engine/sip/digest-client.ts'
import { parseMessage } from '../engine/sip/message.ts'
import { noNames } from '../engine/sip/recording-network.ts'
import type { Flow, Network } from '../engine/sip/transport.ts'
import { VirtualClock } from '../engine/sip/virtual-clock.ts'
import { median } from './measure/median.ts'

const phones = 100
const lampsOfEach = 100
const changes = 500
/** A change is told at once; then its lamp has to wait until it may be told again (ms). */
const rest = 2000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const user = (index: number) => `u${index}`
const password = 'a password of 24 letters'
const reading = readDocument(
  JSON.stringify({
    account: { name: 'Lamps' },
    pbxs: [{ id: 'p', name: 'P', domain: 'lamps.test', country: 'GB' }],
    sites: [{ id: 's', name: 'S', pbx: 'p', timeZone: 'Europe/London' }],
    users: Array.from({ length: phones + lampsOfEach }, (_, index) => ({
      userName: user(index),
      firstName: 'User',
      lastName: String(index),
      email: 'a@b.c',
      site: 's',
      extension: String(1000 + index),
    })),
    devices: Array.from({ length: phones }, (_, index) => ({ user: user(index), sipUserName: user(index), password })),
  }),
  'lamps.json',
)
if (!reading.ok) throw new Error(JSON.stringify(reading.problems))

let sent: { readonly flow: Flow; readonly text: string }[] = []
let journalled = 0
const network: Network = {
  send: (flow, text) => void sent.push({ flow, text }),
  listenerFor: () => 0,
  advertised: () => '192.0.2.1:5060',
}
const nothing = (): void => undefined
const clock = new VirtualClock(1_800_000_000_000)
const server = new CallServer({
  network,
  clock,
  random: new SystemRandom(),
  journal: {
    put: (_kind, _key, value) => {
      journalled += value.length
    },
    remove: nothing,
  },
  events: {
    began: nothing,
    wentOn: nothing,
    answered: nothing,
    transferred: nothing,
    recorded: nothing,
    heard: nothing,
    ended: nothing,
  },
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  snapshot: compile(reading.document, 1),
  nonceKey: Buffer.alloc(32, 7),
  isOwnHost: () => true,
  locator: noNames,
})

function flowOf(phone: number): Flow {
  return { transport: 'UDP', listener: 0, address: `10.0.0.${phone + 1}`, port: 5060, connection: 0 }
}

/** Answers every NOTIFY that was sent. @returns how many there were */
function answerAll(): number {
  const messages = sent
  sent = []
  let count = 0
  for (const { flow, text } of messages) {
    if (!text.startsWith('NOTIFY')) continue
    count++
    const line = (name: string) => new RegExp(`^${name}: .*\r\n`, 'm').exec(text)?.[0] ?? ''
    const head = line('Via') + line('From') + line('To') + line('Call-ID') + line('CSeq')
    server.receive(`SIP/2.0 200 OK\r\n${head}Content-Length: 0\r\n\r\n`, flow)
  }
  return count
}

function subscribeAll(): number {
  let microseconds = 0
  for (let phone = 0; phone < phones; phone++) {
    const account = new DigestAccount(user(phone), password, new SystemRandom())
    const flow = flowOf(phone)
    let sequence = 0
    for (let lamp = 0; lamp < lampsOfEach; lamp++) {
      const uri = `sip:${1000 + phones + lamp}@lamps.test`
      for (let tries = 0; tries < 2; tries++) {
        sequence++
        const text =
          `SUBSCRIBE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${flow.address}:5060;rport;branch=z9hG4bK-${phone}-${sequence}\r\n` +
          `Max-Forwards: 70\r\nFrom: <sip:${user(phone)}@lamps.test>;tag=3c26700c1adb4e8a${lamp}\r\nTo: <${uri}>\r\n` +
          `Call-ID: 313537393635343332-${phone}-${lamp}-k1q2w3e4r5t6\r\nCSeq: ${sequence} SUBSCRIBE\r\n` +
          `Contact: <sip:${user(phone)}@${flow.address}:5060;line=x9sd7y2k>;reg-id=1\r\nEvent: dialog\r\n` +
          `Accept: application/dialog-info+xml\r\nExpires: 3600\r\n${account.sign('SUBSCRIBE', uri)}Content-Length: 0\r\n\r\n`
        const begin = process.hrtime.bigint()
        server.receive(text, flow)
        microseconds += Number(process.hrtime.bigint() - begin) / 1000
        const answer = sent.find((message) => message.text.startsWith('SIP/2.0'))?.text ?? ''
        const message = parseMessage(answer)
        if (message === null) throw new Error('no answer')
        if (message.status === 200) break
        if (message.status !== 401 || !account.challenged(message, tries)) throw new Error(answer)
        sent = []
      }
      answerAll()
    }
  }
  return microseconds / phones / lampsOfEach
}

/** A call whose lamp goes on and off. */
class Blinking implements LampSource {
  readonly #key: string
  on = false

  constructor(key: string) {
    this.#key = key
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (!this.on || key !== this.#key) return
    dialogs.push({
      id: 'mywpj9bsxmt28mhf-callee',
      state: 'early',
      direction: 'recipient',
      callId: '2tt1d1osuch0gnfinc0bkem9',
      localTag: 'f1oyzgfe',
      remoteTag: 'up3orbvtmc3k',
      remote: '"A Caller" <sip:+442079469999@lamps.test>',
      held: false,
    })
  }
}

function heap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** All NOTIFYs of one change, from the call that tells of it to the last message, and their answers: microseconds. */
function change(key: string, source: Blinking): { readonly told: number; readonly answered: number } {
  source.on = !source.on
  const begin = process.hrtime.bigint()
  server.subscriptions.board.touched(key, source)
  clock.advance(10)
  const told = process.hrtime.bigint()
  const count = answerAll()
  const end = process.hrtime.bigint()
  if (count !== phones) throw new Error(`${count} NOTIFYs of ${phones}`)
  clock.advance(rest)
  return { told: Number(told - begin) / 1000, answered: Number(end - told) / 1000 }
}

function touchUnwatched(): number {
  const source = new Blinking('nobody')
  const rounds = 2_000_000
  const begin = process.hrtime.bigint()
  for (let round = 0; round < rounds; round++) server.subscriptions.board.touched('u1', source)
  return Number(process.hrtime.bigint() - begin) / rounds
}

const before = heap()
const subscribing = subscribeAll()
// Nothing is kept for copies of requests any more.
clock.advance(70_000)
answerAll()
const bytes = (heap() - before) / server.subscriptions.size
const key = user(phones)
const source = new Blinking(key)
for (let warm = 0; warm < 200; warm++) change(key, source)
const measured = Array.from({ length: changes }, () => change(key, source))
const told = median(measured.map((one) => one.told))
const answered = median(measured.map((one) => one.answered))
process.stdout.write(
  `${server.subscriptions.size} subscriptions, ${bytes.toFixed(0)} bytes of heap each; ${(journalled / server.subscriptions.size).toFixed(0)} ` +
    `bytes of journal each\n${subscribing.toFixed(0)} us for a SUBSCRIBE with its challenge and its NOTIFY\n` +
    `${told.toFixed(0)} us for a change with ${phones} watchers, ${(told / phones).toFixed(1)} us a NOTIFY; ` +
    `${answered.toFixed(0)} us for their answers\n${touchUnwatched().toFixed(1)} ns for a change of a lamp that nobody watches\n`,
)
