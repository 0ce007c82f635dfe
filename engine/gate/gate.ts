/**
 * The gate before the parser: what comes in, in which order, and what is turned away (docs/overload.md).
 *
 * What belongs to calls in progress passes at once. So does new work, as long as the turn of the event loop has not gone
 * on too long; after that it waits until the socket has been emptied, known phones' registrations in the order in which
 * they came, everything else one source after the other. Who has waited too long is turned away by 503 with Retry-After,
 * without a transaction. Scanners and floods of strangers are dropped.
 */
import type { Flow, Random } from '../sip/transport.ts'
import type { Registered } from './emergency-pass.ts'
import { EmergencyPass } from './emergency-pass.ts'
import { FirstLook, messageKind } from './first-look.ts'
import { GateCounters } from './gate-counters.ts'
import { GivenUp } from './given-up.ts'
import type { OverloadLimits, OverloadReason } from './overload-controller.ts'
import { OverloadController } from './overload-controller.ts'
import { Scanners } from './scanners.ts'
import { TokenBucket, TokenBuckets } from './token-bucket.ts'
import type { Waiting } from './waiting-room.ts'
import { FairLines, OneLine } from './waiting-room.ts'

/** Where messages go that may come in. */
export interface GateTarget {
  receive(text: string, flow: Flow): void
  /**
   * Turns a request away by 503 without keeping anything; a copy of one that is known is handled as ever.
   * @param retryAfter seconds
   */
  turnAway(text: string, flow: Flow, retryAfter: number): void
  /** Answers an INVITE by 487 in the same way: it was cancelled before its turn came. */
  givenUp(text: string, flow: Flow): void
}

/** What is known of senders and numbers. */
export interface GateKnowledge extends Registered {
  /** Whether there is a configuration: before, nobody can be told from anybody else. */
  readonly ready: boolean
  isTrunk(flow: Flow): boolean
  /** Whether this is the tag of a dialog of ours. */
  ownsDialog(tag: string): boolean
  /** Loopback and test networks: never limited. */
  isExempt(source: string): boolean
  /** Whether a dialled string is an emergency number, alone or after an outside prefix, anywhere in this installation. */
  isEmergency(dialled: string): boolean
}

export interface GateOptions {
  /** New calls a second, at most; 0: as many as there is time for. */
  readonly callRate: number
  /** Requests a second of one address that is no trunk, for phones that are not registered there; 0: no limit. */
  readonly sourceRate: number
  /** Parts of the User-Agent of those who get no answer. */
  readonly scanners: readonly string[]
  readonly limits: OverloadLimits
}

/** Milliseconds that pass; only differences count. With fractions. */
export type Stopwatch = () => number

/** New requests that wait at most, and of one source: at the patience for bursts more would be turned away anyway. */
const mostNew = 8000
const mostNewOfOne = 4000
/** Registrations: those of a large site after a power cut. */
const mostRegistrations = 20_000
const mostRegistrationsOfOne = 10_000
/** How long they may wait (ms), of known phones and of others: nobody waits for them, and then a copy has come. */
const returningPatience = 4000
const registrationPatience = 2000
/** Sources whose rates are kept. */
const mostSources = 20_000
/** Retry-After is spread between these (s), so that those turned away do not come back together. */
const shortestRetry = 2
const longestRetry = 6

export class Gate {
  readonly counters = new GateCounters()
  /** The longest turn with new work in it (ms), and most messages of one; whoever reads them may set them to 0. */
  longestTurn = 0
  mostDatagrams = 0
  readonly #target: GateTarget
  readonly #knowledge: GateKnowledge
  readonly #random: Random
  readonly #now: Stopwatch
  readonly #soon: () => void
  readonly #controller: OverloadController
  readonly #scanners: Scanners
  readonly #callRate: TokenBucket | null
  readonly #sources: TokenBuckets | null
  readonly #emergency: EmergencyPass
  readonly #look = new FirstLook()
  readonly #new = new FairLines(mostNew, mostNewOfOne)
  readonly #returning = new OneLine(mostRegistrations)
  readonly #registrations = new FairLines(mostRegistrations, mostRegistrationsOfOne)
  readonly #givenUp = new GivenUp()
  /** When the turn began that is going on; -1 between turns. */
  #turnStart = -1
  #turnDatagrams = 0

  /**
   * @param soon asks for a call of `turnEnded` when the sockets have been read, in this turn of the event loop or the next
   */
  constructor(
    target: GateTarget,
    knowledge: GateKnowledge,
    options: GateOptions,
    random: Random,
    now: Stopwatch,
    soon: () => void,
  ) {
    this.#target = target
    this.#knowledge = knowledge
    this.#random = random
    this.#now = now
    this.#soon = soon
    this.#controller = new OverloadController(options.limits, now())
    this.#scanners = new Scanners(options.scanners)
    const { callRate, sourceRate } = options
    // A quarter of a second's calls may come at once.
    this.#callRate = callRate === 0 ? null : new TokenBucket(callRate, Math.max(1, callRate / 4), now())
    this.#sources = sourceRate === 0 ? null : new TokenBuckets(sourceRate, sourceRate * 2, mostSources)
    this.#emergency = new EmergencyPass(knowledge)
  }

  /** One whole message from the network. */
  receive(text: string, flow: Flow): void {
    this.#turnDatagrams++
    const kind = messageKind(text)
    const knowledge = this.#knowledge
    if (kind === 'response' || !knowledge.ready) {
      this.#target.receive(text, flow)
      return
    }
    const trunk = knowledge.isTrunk(flow)
    if (kind === 'inside') {
      // What a stranger claims to be inside a call costs as much as anything else.
      if (trunk || !this.#limited(flow.address) || knowledge.ownsDialog(this.#look.read(text).toTag)) {
        if (this.#new.length > 0 && text.startsWith('CANCEL ')) this.#givenUp.add(text, flow)
        this.#target.receive(text, flow)
      } else this.counters.flooding++
      return
    }
    const look = this.#look.read(text)
    if (!trunk) {
      if (this.#scanners.has(look.userAgent)) {
        this.counters.scanners++
        return
      }
      const known = kind === 'REGISTER' && knowledge.userRegisteredFrom(flow.address, look.toUser)
      if (!known && this.#limited(flow.address) && !knowledge.ownsDialog(look.toTag)) {
        this.counters.flooding++
        return
      }
      if (kind === 'REGISTER') {
        this.#receiveRegistration(text, flow, known)
        return
      }
    }
    // A carrier that asks whether we are there would take us out of service for a 503.
    if (look.toTag !== '' || (trunk && kind === 'OPTIONS')) this.#target.receive(text, flow)
    else this.#receiveNew(text, flow, kind === 'OPTIONS' ? 'other' : kind, trunk)
  }

  /**
   * What was read together has been handed over: works off what waits, for as long as a turn may take.
   * @param moreWaits whether the sockets have more than was read
   */
  turnEnded(moreWaits: boolean): void {
    const begin = this.#now()
    const took = this.#turnStart < 0 ? 0 : begin - this.#turnStart
    this.#controller.turnEnded(begin, moreWaits, this.#new.length)
    if (this.#turnDatagrams > this.mostDatagrams) this.mostDatagrams = this.#turnDatagrams
    if (took > this.longestTurn) this.longestTurn = took
    this.#turnStart = -1
    if (this.waiting === 0) return
    const end = begin + this.#controller.workingTime
    // At least one of each: where the socket never gets empty, something must go on all the same.
    do {
      this.#workOff()
    } while (this.waiting > 0 && this.#now() < end)
    if (this.#new.length === 0) this.#givenUp.forget()
    this.#beginTurn(this.#now())
  }

  /** The receive buffers were looked at: `share` is how full the fullest is (0 to 1), `drops` what all have lost. */
  socketMeasured(share: number, drops: number): void {
    this.#controller.socketMeasured(this.#now(), share, drops)
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#new.length + this.#returning.length + this.#registrations.length
  }

  /** Why requests would be turned away at this moment. */
  get reason(): OverloadReason {
    return this.#controller.reason(this.#now())
  }

  /** Whether a stranger's address has sent too much. */
  #limited(source: string): boolean {
    if (this.#sources === null) return false
    if (this.#knowledge.registeredFrom(source) || this.#knowledge.isExempt(source)) return false
    return !this.#sources.take(source, this.#now())
  }

  #receiveNew(text: string, flow: Flow, kind: Waiting['kind'], trunk: boolean): void {
    const now = this.#now()
    if (kind === 'INVITE' && this.#passesAsEmergency(flow, trunk, now)) {
      this.#target.receive(text, flow)
      return
    }
    if (kind === 'INVITE' && this.#callRate !== null && !this.#callRate.take(now)) {
      this.counters.overRate++
      this.#turnAway(text, flow)
      return
    }
    if (this.#new.length === 0 && this.#mayBegin(now)) {
      this.#target.receive(text, flow)
      return
    }
    if (this.#new.length === 0) this.#controller.waitingBegins(now)
    if (this.#controller.patience(now) > 0 && this.#new.add({ text, flow, since: now, kind })) {
      if (this.#turnStart < 0) this.#beginTurn(now)
      return
    }
    this.#refuse({ text, flow, since: now, kind })
  }

  #passesAsEmergency(flow: Flow, trunk: boolean, now: number): boolean {
    if (trunk || !this.#knowledge.isEmergency(this.#look.dialled)) return false
    if (!this.#emergency.passes(flow.address, this.#look.fromUser, now)) return false
    this.counters.emergency++
    return true
  }

  #receiveRegistration(text: string, flow: Flow, known: boolean): void {
    const now = this.#now()
    const line = known ? this.#returning : this.#registrations
    if (line.length === 0 && this.#mayBegin(now)) {
      this.#target.receive(text, flow)
      return
    }
    const registration: Waiting = { text, flow, since: now, kind: 'REGISTER' }
    if (line.add(registration)) {
      if (this.#turnStart < 0) this.#beginTurn(now)
    } else if (known) this.counters.lateRegistrations++
    else this.#refuse(registration)
  }

  /** May new work begin in this turn of the loop? Begins the turn where it has not begun. */
  #mayBegin(now: number): boolean {
    if (this.#turnStart < 0) this.#beginTurn(now)
    return this.#controller.mayBegin(now - this.#turnStart)
  }

  #beginTurn(now: number): void {
    this.#turnStart = now
    this.#turnDatagrams = 0
    this.#soon()
  }

  /** The next of each line; of new requests, those that have waited too long are turned away first. */
  #workOff(): void {
    const returning = this.#returning.take()
    if (returning !== undefined) {
      if (this.#now() - returning.since > returningPatience) this.counters.lateRegistrations++
      else this.#target.receive(returning.text, returning.flow)
    }
    const registration = this.#registrations.take()
    if (registration !== undefined) {
      if (this.#now() - registration.since > registrationPatience) this.#refuse(registration)
      else this.#target.receive(registration.text, registration.flow)
    }
    const now = this.#now()
    const late = this.#new.takeOlderThan(now - this.#controller.patience(now))
    if (late !== undefined) {
      this.#refuse(late)
      return
    }
    const next = this.#new.take()
    if (next === undefined) return
    this.#controller.taken(now, now - next.since)
    if (next.kind === 'INVITE' && this.#givenUp.has(next.text, next.flow)) this.#target.givenUp(next.text, next.flow)
    else this.#target.receive(next.text, next.flow)
  }

  #refuse(request: Waiting): void {
    this.counters.refused(request.kind)
    this.#turnAway(request.text, request.flow)
  }

  #turnAway(text: string, flow: Flow): void {
    const seconds = shortestRetry + Math.floor(this.#random.fraction() * (longestRetry - shortestRetry + 1))
    this.#target.turnAway(text, flow, seconds)
  }
}
