/**
 * For tests: a server with one trunk and one registered phone, on a clock that stands still and a network that only
 * remembers. What trunk and phone say is written out by the test.
 */
import type { Snapshot } from '../config/snapshot.ts'
import type { HeardQuality } from '../records/call-events.ts'
import type { BegunCall, EntryKind } from '../records/entries.ts'
import { countingRandom, flowBy, noNames, RecordingNetwork } from '../sip/recording-network.ts'
import type { Flow } from '../sip/transport.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { CallServer } from './call-server.ts'
import type { Media } from './sound/media.ts'
import type { Prompts } from './sound/prompts.ts'
import type { UserChanges } from './user-changes.ts'
import { noUserChanges } from './user-changes.ts'

/** The configuration document that goes with it. */
export const companyOfAnna = `
account: { name: Acme }
pbxs: [{ id: north, name: North, domain: north.test, country: GB }]
sites: [{ id: n, name: N, pbx: north, timeZone: Europe/London }]
users: [{ userName: anna, firstName: Anna, lastName: A, email: a@b.c, site: n, extension: 1001, ringSeconds: 120 }]
devices: [{ user: anna, sipUserName: anna, password: '12345678' }]
phoneNumbers: [{ number: +442079460101, user: anna }]
trunks:
  - { id: one, name: One, address: 192.0.2.21, trusted: [{ address: 192.0.2.21 }], prefixes: [+], optionsSeconds: 0 }
`

export const trunkFlow: Flow = flowBy('UDP', '192.0.2.21', 5060)
export const phoneFlow: Flow = flowBy('UDP', '192.0.2.9', 5070)

/** Value of the first header line of that name; '' where there is none. */
export function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1] ?? ''
}

/** Files that are named as what they say, with the language where that is not English. */
const spokenNames: Prompts = {
  say: (language, parts) =>
    parts.map((part) => {
      const [value] = Object.values(part)
      const word = typeof value === 'object' ? Object.values(value).join(' ') : String(value)
      return language === 'en' ? word : `${language}/${word}`
    }),
  tone: () => [],
  music: (id) => `music ${id}`,
  milliwatt: [],
}

export class CallWorld {
  clock: VirtualClock
  readonly network: RecordingNetwork
  /** The records of calls: how each ended. */
  readonly ended: string[] = []
  /** Ids of calls with the recordings that were made of them, and with how their sound was. */
  readonly recorded: [id: string, recording: string][] = []
  readonly heard: [id: string, quality: readonly HeardQuality[]][] = []
  /** After which outcomes the router was asked again, with what else they said. */
  readonly wentOn: string[] = []
  server: CallServer
  readonly #entries = new Map<string, { readonly kind: EntryKind; readonly key: string; readonly value: string }>()
  readonly #begun: BegunCall[] = []
  readonly #random = countingRandom()
  /** What was told of messages: `taken FROM TO`, and what became of each. */
  readonly messages: string[] = []
  readonly #snapshot: Snapshot
  readonly #media: Media | null
  readonly #userChanges: UserChanges
  #branch = 0

  /**
   * @param snapshot compiled from `companyOfAnna`, or one with more people
   * @param beginsAt milliseconds since the epoch
   * @param media through which sound passes; `null`: through none
   * @param userChanges writes what codes change
   */
  constructor(
    snapshot: Snapshot,
    beginsAt = 1_000_000_000,
    media: Media | null = null,
    userChanges: UserChanges = noUserChanges,
  ) {
    this.#media = media
    this.#userChanges = userChanges
    this.clock = new VirtualClock(beginsAt)
    this.network = new RecordingNetwork(this.clock)
    this.#snapshot = snapshot
    this.server = this.#newServer(snapshot)
    this.register('anna', phoneFlow)
  }

  /** A phone is there from now on. */
  register(sipUserName: string, flow: Flow): void {
    const device = this.server.snapshot.devicesBySipUserName.get(sipUserName)
    if (device === undefined) throw new Error(`The company has no ${sipUserName}`)
    this.server.bindings.update(device, { path: '', callId: 'r', cseq: 1, userAgent: '', received: flow }, [
      {
        contact: `sip:${sipUserName}@${flow.address}:${flow.port}`,
        instanceId: '',
        regId: 0,
        q: '',
        behindNat: false,
        port: 5070,
        expiresAt: this.clock.now() + 100_000_000,
      },
    ])
  }

  #newServer(snapshot: Snapshot | null): CallServer {
    const nothing = () => undefined
    return new CallServer({
      network: this.network,
      clock: this.clock,
      random: this.#random,
      journal: {
        put: (kind, key, value) => this.#entries.set(`${kind} ${key}`, { kind, key, value }),
        remove: (kind, key) => this.#entries.delete(`${kind} ${key}`),
      },
      events: {
        began: (call) => this.#begun.push(call),
        wentOn: ({ outcome, detail }) => this.wentOn.push(`${outcome} ${detail}`.trim()),
        answered: nothing,
        transferred: nothing,
        recorded: (id, _at, recording) => this.recorded.push([id, recording]),
        heard: (id, _at, quality) => this.heard.push([id, quality]),
        ended: (_id, _at, by, status) => this.ended.push(`${by} ${status}`),
      },
      messageEvents: {
        taken: ({ from, to, body }) => this.messages.push(`${from.id} to ${to.id}: ${body}`),
        settled: (_id, _at, state) => this.messages.push(state),
      },
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      snapshot,
      nonceKey: Buffer.alloc(32, 1),
      isOwnHost: () => true,
      locator: noNames,
      ...(this.#media === null ? {} : { sound: { media: this.#media, prompts: spokenNames } }),
      userChanges: this.#userChanges,
    })
  }

  /**
   * The process dies, and all its timers; another takes its place.
   *
   * @param between happens whenever it has taken up a part of the phones
   */
  restart(between: () => void = () => undefined): void {
    this.clock = new VirtualClock(this.clock.now())
    this.server = this.#newServer(null)
    const recovered = { entries: [...this.#entries.values()], damage: [], begun: this.#begun }
    this.server.restore(recovered)
    for (const _ of this.server.restorePhones(recovered)) between()
    this.server.replaceSnapshot(this.#snapshot)
  }

  /** Journal entries of calls and what is owed. */
  get entries(): string[] {
    return [...this.#entries.values()]
      .filter(({ kind }) => kind === 'call' || kind === 'obligation' || kind === 'sound')
      .map(({ value }) => value)
  }

  /** Everything sent since the last look that begins so, oldest first. */
  taken(start: string, to: Flow): string[] {
    const found = this.network.sent.filter(({ flow, text }) => flow.address === to.address && text.startsWith(start))
    this.network.sent = this.network.sent.filter((message) => !found.includes(message))
    return found.map(({ text }) => text)
  }

  /** The one message that begins so. */
  one(start: string, to: Flow): string {
    const found = this.taken(start, to)
    if (found.length !== 1) throw new Error(`${found.length} messages that begin with ${start} went to ${to.address}`)
    return found[0] as string
  }

  /** The trunk's call to anna. `body` '': it makes no offer. */
  invite(headers: string, body: string, cseq = 1): void {
    this.server.receive(
      this.#request('INVITE', '<sip:+442079460101@192.0.2.1>', cseq, `Contact: <sip:192.0.2.21>\r\n${headers}`, body),
      trunkFlow,
    )
  }

  /** A request of the trunk's in the dialog with our `tag`. */
  fromTrunk(method: string, tag: string, cseq: number, headers = '', body = ''): void {
    const to = `<sip:+442079460101@192.0.2.1>;tag=${tag}`
    this.server.receive(this.#request(method, to, cseq, headers, body), trunkFlow)
  }

  #request(method: string, to: string, cseq: number, headers: string, body: string): string {
    return this.#text(
      `${method} sip:+442079460101@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKt${this.#branch++}\r\n` +
        `From: <sip:+441632960001@192.0.2.21>;tag=t\r\nTo: ${to}\r\nCall-ID: call\r\nCSeq: ${cseq} ${method}\r\n` +
        'Max-Forwards: 70\r\n',
      headers,
      body,
    )
  }

  /** A request of the phone's in the dialog that this INVITE began. */
  fromPhone(invite: string, tag: string, method: string, cseq: number, headers = '', body = ''): void {
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    this.fromPhoneWithType(invite, tag, method, cseq, headers + type, body)
  }

  /** Likewise, where the body is no session description: `headers` say what it is. */
  fromPhoneWithType(invite: string, tag: string, method: string, cseq: number, headers: string, body: string): void {
    const head =
      `${method} sip:192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKp${this.#branch++}\r\n` +
      `From: ${headerOf(invite, 'To')};tag=${tag}\r\nTo: ${headerOf(invite, 'From')}\r\n` +
      `Call-ID: ${headerOf(invite, 'Call-ID')}\r\nCSeq: ${cseq} ${method}\r\nMax-Forwards: 70\r\n`
    this.server.receive(`${head}${headers}Content-Length: ${body.length}\r\n\r\n${body}`, phoneFlow)
  }

  /** An answer to a request that went to `from`. `tag` '': the request has one. */
  respond(request: string, from: Flow, status: number, tag: string, headers = '', body = ''): void {
    const to = tag === '' ? headerOf(request, 'To') : `${headerOf(request, 'To')};tag=${tag}`
    const head =
      `SIP/2.0 ${status} Answer\r\nVia: ${headerOf(request, 'Via')}\r\nFrom: ${headerOf(request, 'From')}\r\n` +
      `To: ${to}\r\nCall-ID: ${headerOf(request, 'Call-ID')}\r\nCSeq: ${headerOf(request, 'CSeq')}\r\n` +
      `Contact: <sip:anna@192.0.2.9:5070>\r\n`
    this.server.receive(this.#text(head, headers, body), from)
  }

  #text(head: string, headers: string, body: string): string {
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    return `${head}${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`
  }
}

/** The tag in a To or From line. */
export function tagOf(text: string, name: string): string {
  return /;tag=([^;\r]+)/.exec(headerOf(text, name))?.[1] ?? ''
}
