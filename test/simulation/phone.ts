import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { parseMessage } from '../../engine/sip/message.ts'
import type { Challenge } from '../wire/digest.ts'
import { answerChallenge, readChallenge } from '../wire/digest.ts'
import type { Chance } from './chance.ts'
import type { ClientRequest, RequestParts } from './client-request.ts'
import type { StationSettings } from './company.ts'
import { serverAddress } from './company.ts'
import { Connection } from './connection.ts'
import { IncomingCall } from './incoming-call.ts'
import type { IncomingInvite } from './incoming-invite.ts'
import type { Leg } from './leg.ts'
import type { People } from './people.ts'
import { Registration } from './registration.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { Watch } from './watch.ts'
import type { Watching } from './watching.ts'
import type { Station, Wire } from './wire.ts'

export interface World {
  readonly clock: VirtualClock
  readonly wire: Wire
  readonly watch: Watch
  /**
   * Phones have habits, session timers and UPDATE, and come and go. Without it they are those of the first seeds that
   * broke something, which so still lead to the same calls.
   */
  readonly wide: boolean
  /** They do things with calls; `null`: they only talk. */
  readonly people: People | null
}

/** How a phone treats every message, whatever it is about. */
type Habit = 'polite' | 'slow' | 'retransmitting'

const habits: Readonly<Record<Habit, number>> = { polite: 70, slow: 15, retransmitting: 15 }
/** A slow phone thinks at most so long about a message (ms); others may overtake it on the way, not at the phone. */
const slowest = 700
/** A copy that nobody asked for is sent at most so much later (ms): within T4, with what the network adds. */
const latestCopy = 2500
const methods = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK'

/** A user agent of the simulation, phone or carrier: what it must keep apart from single calls. */
export class Phone implements Station {
  readonly world: World
  readonly settings: StationSettings
  readonly chance: Chance
  readonly address: string
  /** By branch and method. Nothing is forgotten: an episode is short, and every late copy is recognised. */
  readonly clients = new Map<string, ClientRequest>()
  /** By branch. */
  readonly invites = new Map<string, IncomingInvite>()
  readonly incomingCalls: IncomingCall[] = []
  /** Call-ID and own tag of all calls it ever made. */
  readonly outgoingCalls = new Set<string>()
  /** By Call-ID and own tag. */
  readonly legs = new Map<string, Leg>()
  /** Answers to requests but INVITE, by branch and method. */
  readonly #answers = new Map<string, string>()
  /** Branches of INVITEs whose CANCEL came first. */
  readonly #overtaken = new Set<string>()
  #challenge: Challenge | null = null
  #nonceCount = 0
  readonly registration: Registration
  /** `null`: it watches nobody. */
  watching: Watching | null = null
  /** `null`: it is reached by UDP. */
  readonly connection: Connection | null
  readonly #habit: Habit
  readonly #slowness: number
  /** It takes UPDATE (RFC 3311), and has session timers (RFC 4028). */
  readonly takesUpdate: boolean
  readonly keepsTime: boolean

  /** @param byTcp it is reached by connections only */
  constructor(world: World, settings: StationSettings, chance: Chance, byTcp = false) {
    this.world = world
    this.settings = settings
    this.chance = chance
    this.address = `${settings.host}:5060`
    this.registration = new Registration(this)
    this.#habit = world.wide && !byTcp ? chance.weighted(habits) : 'polite'
    this.#slowness = this.#habit === 'slow' ? Math.ceil(chance.between(50, slowest)) : 0
    this.takesUpdate = world.wide && chance.happens(0.5)
    this.keepsTime = world.wide && chance.happens(0.4)
    this.connection = byTcp ? new Connection(this) : null
    if (this.connection === null) world.wire.attach(this.address, this)
  }

  /** It has asked for something, or is asked, and there is no answer yet. */
  get waits(): boolean {
    if (this.incomingCalls.some(({ isNew }) => isNew)) return true
    for (const client of this.clients.values()) if (client.final === 0 && !client.gaveUp) return true
    return false
  }

  get isCarrier(): boolean {
    return this.settings.user === ''
  }

  get contact(): string {
    const way = this.connection === null ? '' : ';transport=tcp'
    return `Contact: <sip:${this.settings.name}@${this.address}${way}>\r\n`
  }

  newBranch(): string {
    return `z9hG4bK${this.chance.token(12)}`
  }

  /** Line that says what it can do. */
  get allow(): string {
    if (!this.world.wide) return ''
    return `Allow: ${methods}${this.takesUpdate ? ', UPDATE' : ''}\r\n`
  }

  send(text: string): void {
    const { wire, clock } = this.world
    if (this.connection !== null) {
      // What cannot be sent is sent again, or asked for again.
      if (this.connection.address !== '') wire.send(text, this.connection.address, serverAddress)
      return
    }
    wire.send(text, this.address, serverAddress)
    if (this.#habit !== 'retransmitting' || !this.chance.happens(0.2)) return
    const again = { timerFired: (): unknown => wire.send(text, this.address, serverAddress) }
    clock.start(Math.ceil(this.chance.between(5, latestCopy)), again, 'copy')
  }

  requestText(parts: RequestParts): string {
    const { method, uri, branch, from, to, callId, cseq, headers, body } = parts
    const form = method === 'MESSAGE' ? 'text/plain' : 'application/sdp'
    const type = body === '' ? '' : `Content-Type: ${form}\r\n`
    const transport = this.connection === null ? 'UDP' : 'TCP'
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/${transport} ${this.address};branch=${branch};rport\r\nMax-Forwards: 70\r\n` +
      `From: ${from}\r\nTo: ${to}\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\n` +
      `${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    )
  }

  /** `tag` '': none of ours, or the request has it already. */
  responseText(request: SipMessage, status: number, tag: string, headers: string, body: string): string {
    const to = tag === '' || request.toTag !== '' ? request.to : `${request.to};tag=${tag}`
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n'
    return (
      `SIP/2.0 ${status} Simulated\r\n${request.lines(Header.via)}From: ${request.from}\r\nTo: ${to}\r\n` +
      `Call-ID: ${request.callId}\r\nCSeq: ${request.cseq} ${request.method}\r\n` +
      `${headers}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    )
  }

  // --- signing in

  /** The Authorization line for a request; '' while nobody asked for one. */
  authorization(method: string, uri: string): string {
    if (this.#challenge === null) return ''
    const { name, password } = this.settings
    const value = answerChallenge(this.#challenge, { userName: name, password }, method, uri, ++this.#nonceCount)
    return `Authorization: ${value}\r\n`
  }

  challenged(response: SipMessage): void {
    for (const value of response.headers(Header.wwwAuthenticate)) {
      const challenge = readChallenge(value)
      if (challenge === null) continue
      this.#challenge = challenge
      this.#nonceCount = 0
      return
    }
    this.world.watch.fail(`A challenge that cannot be answered:\n${response.raw}`)
  }

  // --- what comes in

  datagramReceived(text: string, _from: string, parsed: SipMessage | null): void {
    const message = parsed ?? parseMessage(text)
    if (message === null) return
    if (this.#slowness === 0) this.#take(message)
    else this.world.clock.start(this.#slowness, { timerFired: () => this.#take(message) }, 'thought about')
  }

  #take(message: SipMessage): void {
    if (!message.isRequest) {
      const client = this.clients.get(`${message.branch} ${message.method}`)
      if (client === undefined) this.world.watch.fail(`${this.settings.name} got an answer to nothing:\n${message.raw}`)
      client.responseReceived(message)
      return
    }
    switch (message.method) {
      case 'INVITE':
        this.#inviteReceived(message)
        return
      case 'ACK':
        this.#ackReceived(message)
        return
      default:
        this.#requestReceived(message)
    }
  }

  #inviteReceived(request: SipMessage): void {
    const known = this.invites.get(request.branch)
    if (known !== undefined) {
      known.retransmitted()
      return
    }
    if (this.#overtaken.has(request.branch)) {
      // Only a restarted server, which cannot know what was heard, cancels what may still be under way; no phone could
      // tell either, as RFC 3261 §9.2 makes it forget such a CANCEL. This one is lucky.
      const refused = (): void => this.send(text)
      const text = this.responseText(request, 487, this.chance.token(8), '', '')
      const ignored = (): undefined => undefined
      this.invites.set(request.branch, {
        silent: false,
        retransmitted: refused,
        acknowledged: ignored,
        cancelled: ignored,
      })
      refused()
      return
    }
    if (request.toTag === '') {
      this.incomingCalls.push(new IncomingCall(this, request))
      return
    }
    const leg = this.#legOf(request)
    if (leg?.vanished === false) leg.inviteReceived(request)
  }

  #ackReceived(ack: SipMessage): void {
    const invite = this.invites.get(ack.branch)
    if (invite !== undefined) {
      invite.acknowledged()
      return
    }
    this.#legOf(ack)?.ackReceived(ack)
  }

  #requestReceived(request: SipMessage): void {
    const key = `${request.branch} ${request.method}`
    const known = this.#answers.get(key)
    if (known !== undefined) {
      this.send(known)
      return
    }
    let status: number
    if (request.method === 'CANCEL') {
      const invite = this.invites.get(request.branch)
      if (invite?.silent === true) return
      status = invite === undefined ? 481 : 200
      if (invite === undefined) {
        if (this.world.watch.restarts === 0) this.world.watch.fail(`${this.settings.name} got CANCEL before INVITE`)
        this.#overtaken.add(request.branch)
      }
      this.#answer(request, key, status)
      invite?.cancelled()
      return
    }
    if (request.method === 'NOTIFY' && this.watching !== null) {
      this.#answer(request, key, this.watching.notifyReceived(request))
      return
    }
    if (request.method === 'MESSAGE' && this.world.people !== null) {
      this.#answer(request, key, this.world.people.post.arrives(this, request))
      return
    }
    if (request.method === 'PRACK') {
      for (const call of this.incomingCalls) {
        status = call.prack(request)
        if (status === 0) continue
        this.#answer(request, key, status)
        return
      }
      this.world.watch.fail(`A PRACK for no call:\n${request.raw}`)
    }
    const leg = this.#legOf(request)
    if (leg === undefined || leg.vanished) return
    const answer = leg.requestReceived(request)
    this.#answer(request, key, answer.status, answer.headers, answer.body)
  }

  #answer(request: SipMessage, key: string, status: number, headers = '', body = ''): void {
    const tag = request.toTag === '' ? this.chance.token(8) : ''
    const text = this.responseText(request, status, tag, headers, body)
    this.#answers.set(key, text)
    this.send(text)
  }

  #legOf(request: SipMessage): Leg | undefined {
    const key = `${request.callId} ${request.toTag}`
    const leg = this.legs.get(key)
    // It may have overtaken the 200 that makes the dialog: then it is as if it were lost, and comes again.
    if (leg === undefined && !this.outgoingCalls.has(key)) {
      this.world.watch.fail(`${this.settings.name} got ${request.method} for a dialog it never had: ${key}`)
    }
    return leg
  }

  // --- at the end

  /** What should be over by now. */
  leftovers(): string[] {
    const left: string[] = []
    const { name } = this.settings
    for (const leg of this.legs.values()) {
      if (!leg.ended) left.push(`${leg.title} still believes it is in a call`)
      // After a crash a repeated BYE may find the call gone, as it should be.
      const known = this.world.watch.restarts === 0 || (this.world.people !== null && leg.wronglyRefused)
      if (leg.byeRefused && !leg.receivedBye && known && leg.established && leg.plan.excused === '')
        left.push(`${leg.title} got 481 for its BYE and never one itself`)
    }
    for (const call of this.incomingCalls) if (call.rings) left.push(`${name} still rings`)
    for (const client of this.clients.values()) {
      const { method, callId, cseq } = client.parts
      if (client.gaveUp && this.world.watch.maySilence) continue
      if (client.final === 0 && client.waitedFor && !(method === 'INVITE' && client.gaveUp && !client.heard)) {
        left.push(`${name} got no final answer to ${method} ${cseq} of ${callId}`)
      }
    }
    return left
  }
}
