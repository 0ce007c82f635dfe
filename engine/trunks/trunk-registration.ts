import type { TrunkRegistration } from '../config/snapshot.ts'
import type { DigestAccount } from '../sip/digest-client.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { leadingNumber, parameterOfAddress, splitList } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { reasonPhrase } from '../sip/response.ts'
import { inTryingOrder } from '../sip/server-location.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { bracketed, escapeUser, parseNameAddress, transportParameter } from '../sip/uri.ts'
import type { TrunkServices } from './trunk-services.ts'

export type RegistrationState = 'registering' | 'registered' | 'refused' | 'not answered'

export interface TrunkRegistrationOwner {
  /** Addresses of the registrar in the order in which they are tried; the flow, and the host for URIs. */
  registrarPlaces(): readonly RegistrarPlace[]
  /** Is about to send, or has been granted: what a restart needs is written. */
  saveRegistration(): void
  readonly account: DigestAccount | null
}

export interface RegistrarPlace {
  readonly flow: Flow
  readonly uriHost: string
  readonly priority: number
  readonly weight: number
}

/** How long a registrar may say nothing before another address of it is tried (ms). */
const silence = 8000
/** Pauses after failures (ms): doubled each time, and then shortened by chance so that trunks do not come in step. */
const firstPause = 4000
const longestPause = 300_000
/** After a refusal, which time alone does not mend; and how long the carrier may ask us to wait. */
const refusedPause = 60_000
const longestRefusedPause = 1_800_000
const longestRetryAfter = 3600
/** A lapsed registration of a carrier that was away is renewed so soon after it is heard of again, at most (ms). */
const promptly = 1000
/** At the start the registrar's name is still being looked up: how often, and how long each time (ms), that is waited for. */
const mostUnlocated = 10
const unlocatedPause = 500
/** What a registrar may demand, or grant, at most (s). */
const longestExpires = 86_400
/** Questions that one REGISTER answers, and intervals it agrees to, before it is given up. */
const mostTries = 4

/**
 * Our registration with a carrier (RFC 3261 §10.2): one Contact, refreshed before it ends at a moment that chance
 * chooses, on the next address of the registrar where one does not answer, and after pauses that grow.
 */
export class CarrierRegistration implements TimerOwner {
  readonly settings: TrunkRegistration
  readonly #services: TrunkServices
  readonly #owner: TrunkRegistrationOwner
  readonly #name: string
  readonly #domain: string
  state: RegistrationState
  /** In words, where it is refused or not answered; ''. */
  problem: string
  /** Until when the carrier knows us, by the clock; 0 while it does not. */
  expiresAt: number
  /** Route lines for requests outside dialogs (RFC 3608 §6.1), or ''. */
  serviceRoute: string
  #callId: string
  #sequence: number
  /** What the carrier was told; '' before. */
  #contact: string
  #asked: number
  #refreshAt: number
  #failures: number
  /** How often the registrar's name was still being looked up. */
  #unlocated: number
  #timer: TimerHandle | null
  /** Addresses not tried yet in this round. */
  #left: RegistrarPlace[]
  #try: RegisterTry | null
  #stopped: boolean

  /** @param name of the trunk, for the log */
  constructor(
    services: TrunkServices,
    owner: TrunkRegistrationOwner,
    name: string,
    settings: TrunkRegistration,
    domain: string,
  ) {
    this.settings = settings
    this.#services = services
    this.#owner = owner
    this.#name = name
    this.#domain = domain
    this.state = 'registering'
    this.problem = ''
    this.expiresAt = 0
    this.serviceRoute = ''
    this.#callId = services.random.token(24)
    this.#sequence = 0
    this.#contact = ''
    this.#asked = settings.expiresSeconds
    this.#refreshAt = 0
    this.#failures = 0
    this.#unlocated = 0
    this.#timer = null
    this.#left = []
    this.#try = null
    this.#stopped = false
  }

  /** Does the carrier know us at this moment? */
  get inPlace(): boolean {
    return this.expiresAt > this.#services.clock.now()
  }

  /** The carrier does not know us though we asked: calls by it will hardly succeed. */
  get lapsed(): boolean {
    return !this.inPlace && this.state !== 'registering'
  }

  /** Begins, or goes on where the process before this one was. */
  start(): void {
    const [place] = this.#owner.registrarPlaces()
    // Where our address is another one now, the carrier's calls go to the old one.
    const known = this.inPlace && (place === undefined || this.#contactBy(place.flow) === this.#contact)
    this.#wait(known ? Math.max(0, this.#refreshAt - this.#services.clock.now()) : 0)
  }

  /** The credentials have changed: whether they are right shows now. */
  renew(): void {
    this.#refreshAt = 0
  }

  /** @param farewell the carrier is told that we are gone (RFC 3261 §10.2.2) */
  stop(farewell: boolean): void {
    this.#stopped = true
    this.#stopTimer()
    const [place] = inTryingOrder(this.#owner.registrarPlaces(), this.#services.random)
    if (!farewell || !this.inPlace || place === undefined) return
    this.#try = new RegisterTry(this, place)
    this.#send(this.#try, 0)
  }

  /** The addresses of the registrar are known now, or are others. */
  located(): void {
    if (this.#try === null && !this.inPlace && this.state !== 'refused') this.#wait(0)
  }

  /** The carrier was away and is heard of again. */
  heardAgain(): void {
    if (this.state === 'not answered') this.#wait(this.#services.random.fraction() * promptly)
  }

  /** The connection by which it calls us is gone: it is given another one. */
  connectionLost(flow: Flow): void {
    if (flow.transport === 'UDP' || this.#try !== null || this.#timer === null) return
    const ours = this.#owner.registrarPlaces().some(({ flow: place }) => isSamePeer(place, flow))
    if (ours) this.#wait(promptly * (0.5 + this.#services.random.fraction() / 2))
  }

  timerFired(name: string): void {
    this.#timer = null
    if (this.#stopped) return
    if (name === 'silence') {
      this.#try = null
      this.#next(0, 'no answer', 0)
      return
    }
    this.#left = inTryingOrder(this.#owner.registrarPlaces(), this.#services.random)
    if (this.#left.length > 0) this.#begin()
    else if (this.state === 'registering' && this.#unlocated++ < mostUnlocated) this.#wait(unlocatedPause)
    else this.#fail('not answered', 'its address is not known', 0)
  }

  /** A response to a REGISTER of ours; one that is not waited for any more changes nothing. */
  responseReceived(attempt: RegisterTry, response: SipMessage): void {
    if (attempt !== this.#try || response.status < 200) return
    const { status } = response
    if (status < 300) {
      this.#granted(response)
    } else if (
      (status === 401 || status === 407) &&
      this.#owner.account?.challenged(response, attempt.answers) === true
    ) {
      attempt.answers++
      this.#again(attempt)
    } else if (status === 423 && this.#lengthen(response) && ++attempt.answers < mostTries) {
      this.#again(attempt)
    } else if (status === 408 || (status >= 500 && status < 600)) {
      this.#next(status, response.reasonPhrase, retryAfterOf(response))
    } else if (this.#stopped) {
      this.#try = null
    } else {
      const wrong = status === 401 || status === 407 ? ' (user name or password is wrong)' : ''
      this.#fail(
        'refused',
        `${status} ${response.reasonPhrase || reasonPhrase(status)}${wrong}`,
        retryAfterOf(response),
      )
    }
  }

  notAnswered(attempt: RegisterTry): void {
    if (attempt === this.#try) this.#next(0, 'no answer', 0)
  }

  // --- journal

  /** In one line. */
  save(): string {
    return `${this.#callId} ${this.#sequence} ${this.expiresAt} ${this.#refreshAt} ${this.#asked} ${this.#contact}\n${this.serviceRoute.replaceAll('\r\n', '\r')}`
  }

  /** Takes up what `save` wrote, before `start`. */
  restore(line: string, route: string): void {
    const [callId = '', sequence, expiresAt, refreshAt, asked, contact = ''] = line.split(' ')
    const numbers = [sequence, expiresAt, refreshAt, asked].map(Number)
    if (callId === '' || numbers.some((number) => !Number.isFinite(number))) return
    const [lastSequence = 0, until = 0, refresh = 0, seconds = 0] = numbers
    this.#callId = callId
    this.#sequence = lastSequence
    this.expiresAt = until
    this.#refreshAt = refresh
    this.#asked = Math.max(seconds, this.#asked)
    this.#contact = contact
    this.serviceRoute = route.replaceAll('\r', '\r\n')
    if (this.inPlace) this.state = 'registered'
  }

  // --- steps

  #begin(): void {
    const place = this.#left.shift()
    if (place === undefined) return
    this.#try = new RegisterTry(this, place)
    this.#again(this.#try)
  }

  #again(attempt: RegisterTry): void {
    this.#send(attempt, this.#stopped ? 0 : this.#asked)
    if (!this.#stopped) this.#start('silence', silence)
  }

  /** @param expires what is asked for; 0 takes the registration back */
  #send(attempt: RegisterTry, expires: number): void {
    const { transactions, network } = this.#services
    const { flow, uriHost } = attempt.place
    const own = network.advertised(flow)
    const domain = this.#domain === '' ? uriHost : this.#domain
    const user = escapeUser(this.settings.contactUser)
    this.#contact = this.#contactBy(flow)
    const requestUri = `sip:${domain}`
    const { account } = this.#owner
    const from = `<sip:${account === null ? user : escapeUser(account.userName)}@${domain}>`
    this.#sequence++
    // Numbers must rise over a crash too (§10.2.4).
    if (!this.#stopped) this.#owner.saveRegistration()
    transactions.sendRequest(
      {
        method: 'REGISTER',
        requestUri,
        transport: flow.transport,
        sentBy: own,
        branch: transactions.newBranch(),
        from: `${from};tag=${this.#services.random.token(12)}`,
        to: from,
        callId: this.#callId,
        cseq: this.#sequence,
        route: '',
        maxForwards: 70,
        headers:
          `Contact: <${this.#contact}>\r\nExpires: ${expires}\r\nSupported: path\r\n` +
          (account?.sign('REGISTER', requestUri) ?? ''),
        body: '',
      },
      flow,
      attempt,
    )
  }

  #contactBy(flow: Flow): string {
    const own = this.#services.network.advertised(flow)
    return `sip:${escapeUser(this.settings.contactUser)}@${own}${transportParameter(flow.transport)}`
  }

  #granted(response: SipMessage): void {
    this.#try = null
    if (this.#stopped) return
    const seconds = this.#grantedSeconds(response)
    if (seconds === 0) {
      this.#fail('refused', `${response.status} without our Contact`, 0)
      return
    }
    const { clock, random, log } = this.#services
    const now = clock.now()
    this.expiresAt = now + seconds * 1000
    // From half of the time to nine tenths, and never so late that a lost request would cost the registration.
    const latest = Math.max(seconds * 500, Math.min(seconds * 900, seconds * 1000 - 2 * silence))
    this.#refreshAt = now + seconds * 500 + random.fraction() * (latest - seconds * 500)
    this.serviceRoute = serviceRouteOf(response)
    this.#failures = 0
    this.problem = ''
    this.#owner.saveRegistration()
    if (this.state !== 'registered') {
      this.state = 'registered'
      log.info({ trunk: this.#name, seconds }, 'A trunk is registered with its carrier')
    }
    this.#wait(this.#refreshAt - now)
  }

  /** §10.2.4: how long ours was granted for; 0 where it is not among the carrier's. */
  #grantedSeconds(response: SipMessage): number {
    const contacts = response.headers(Header.contact).flatMap((line) => splitList(line, 64))
    const user = `sip:${escapeUser(this.settings.contactUser)}@`
    // A carrier may change what we wrote (received addresses): where there is one Contact only, it is ours.
    const ours = contacts.find((value) => {
      const uri = parseNameAddress(value)?.uri ?? ''
      return uri === this.#contact || (contacts.length === 1 && uri.startsWith(user))
    })
    if (ours === undefined && contacts.length > 0) return 0
    const named = ours === undefined ? '' : parameterOfAddress(ours, 'expires')
    const text = named === '' ? response.header(Header.expires) : named
    const seconds = text === '' ? this.#asked : leadingNumber(text)
    return Math.min(longestExpires, Math.max(0, seconds))
  }

  /** §10.2.8: the carrier wants longer times. @returns false where it does not say which, or is not to be believed */
  #lengthen(response: SipMessage): boolean {
    const least = leadingNumber(response.header(Header.minExpires))
    if (!(least > this.#asked && least <= longestExpires) || this.#stopped) return false
    this.#asked = least
    return true
  }

  #next(status: number, phrase: string, retryAfter: number): void {
    this.#try = null
    if (this.#stopped) return
    if (this.#left.length > 0) this.#begin()
    else this.#fail('not answered', status === 0 ? phrase : `${status} ${phrase || reasonPhrase(status)}`, retryAfter)
  }

  #fail(state: 'refused' | 'not answered', problem: string, retryAfter: number): void {
    this.#try = null
    const { random, log } = this.#services
    if (this.state !== state || this.problem !== problem) {
      log.warn({ trunk: this.#name, problem }, `A trunk could not be registered with its carrier: ${state}`)
    }
    this.state = state
    this.problem = problem
    const [first, longest] = state === 'refused' ? [refusedPause, longestRefusedPause] : [firstPause, longestPause]
    const pause = Math.min(longest, first * 2 ** Math.min(20, this.#failures++))
    this.#wait(Math.max(pause * (0.5 + random.fraction() / 2), Math.min(retryAfter, longestRetryAfter) * 1000))
  }

  #wait(milliseconds: number): void {
    this.#start('register', milliseconds)
  }

  #start(name: string, milliseconds: number): void {
    this.#stopTimer()
    if (!this.#stopped) this.#timer = this.#services.clock.start(milliseconds, this, name)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
  }
}

/** One REGISTER to one address, with what it became by challenges. */
class RegisterTry implements ClientTransactionUser {
  readonly place: RegistrarPlace
  /** Challenges it has answered. */
  answers: number
  readonly #registration: CarrierRegistration

  constructor(registration: CarrierRegistration, place: RegistrarPlace) {
    this.place = place
    this.answers = 0
    this.#registration = registration
  }

  responseReceived(response: SipMessage): void {
    this.#registration.responseReceived(this, response)
  }

  timedOut(): void {
    this.#registration.notAnswered(this)
  }

  transportFailed(): void {
    this.#registration.notAnswered(this)
  }
}

/** RFC 3608 §6.1: Route lines for our requests. */
function serviceRouteOf(response: SipMessage): string {
  let lines = ''
  for (const value of response.headers(Header.serviceRoute)) lines += `Route: ${ownCopy(value)}\r\n`
  return lines
}

/** Seconds of Retry-After (RFC 3261 §20.33), or 0. */
export function retryAfterOf(response: SipMessage): number {
  const [text = ''] = response.header(Header.retryAfter).split(';', 1)
  const seconds = leadingNumber(text)
  return seconds > 0 ? seconds : 0
}

function isSamePeer(one: Flow, other: Flow): boolean {
  return one.transport === other.transport && one.address === other.address && one.port === other.port
}

/** For people and URIs: `UDP 192.0.2.1:5060`. */
export function placeText({ transport, address, port }: Flow): string {
  return `${transport} ${bracketed(address)}:${port}`
}
