import { ownCopy } from '../own-copy.ts'
import type { Clock, Flow, Network, TimerHandle, TimerOwner } from '../transport.ts'
import { lifetime } from './timers.ts'

/** A request that had its final response: its copies get that again, or nothing where there is nothing to repeat. */
interface Answered {
  /** '' for an INVITE with a 2xx, which its user repeats (RFC 3261 §13.3.1.4). */
  readonly text: string
  readonly flow: Flow
}

/** Knows the requests that have no final response yet. */
export interface RequestsUnderWay {
  /** Has the origins of all INVITEs under way remembered anew: they may ring for longer than a generation. */
  rememberOrigins(): void
}

/**
 * What server transactions leave behind for the time in which a copy of their request may still come: Timers J and L
 * for all of them at once. At thousands of calls a second these are nearly all there is to remember, so they are kept
 * small and apart from what is under way, and forgotten by the generation: not before 64 T1, and before twice that.
 */
export class AnsweredRequests implements TimerOwner {
  readonly #clock: Clock
  readonly #underWay: RequestsUnderWay
  #answered: Map<string, Answered>
  #olderAnswered: Map<string, Answered>
  /** Keys of requests by origin. */
  #origins: Map<string, string>
  #olderOrigins: Map<string, string>
  #timer: TimerHandle | null

  constructor(clock: Clock, underWay: RequestsUnderWay) {
    this.#clock = clock
    this.#underWay = underWay
    this.#answered = new Map()
    this.#olderAnswered = new Map()
    this.#origins = new Map()
    this.#olderOrigins = new Map()
    this.#timer = null
  }

  /** How much is remembered. */
  get size(): number {
    return this.#answered.size + this.#olderAnswered.size + this.#origins.size + this.#olderOrigins.size
  }

  /** A request had its final response. `text`: what copies get, '' for nothing. */
  remember(key: string, text: string, flow: Flow): void {
    // Copied, for it would keep the request that it was put together from.
    this.#answered.set(key, { text: text === '' ? '' : ownCopy(text), flow })
    this.#timer ??= this.#clock.start(lifetime, this, 'J, L')
  }

  /** Answers a copy. @returns false if the request is not known */
  repeat(key: string, network: Network): boolean {
    const answered = this.#answered.get(key) ?? this.#olderAnswered.get(key)
    if (answered === undefined) return false
    if (answered.text !== '') network.send(answered.flow, answered.text, null)
    return true
  }

  /** Where the answer to the request with this key went; `undefined` if it is not known. */
  flowOf(key: string): Flow | undefined {
    return (this.#answered.get(key) ?? this.#olderAnswered.get(key))?.flow
  }

  /** A request outside dialogs has begun a transaction: copies of it that come another way are known by this (§8.2.2.2). */
  rememberOrigin(originKey: string, key: string): void {
    this.#origins.set(originKey, key)
    this.#timer ??= this.#clock.start(lifetime, this, 'J, L')
  }

  /** Is this a copy, come another way, of a request that has begun a transaction of its own? */
  isMerged(originKey: string, key: string): boolean {
    const first = this.#origins.get(originKey) ?? this.#olderOrigins.get(originKey)
    return first !== undefined && first !== key
  }

  timerFired(): void {
    this.#olderAnswered = this.#answered
    this.#olderOrigins = this.#origins
    this.#answered = new Map()
    this.#origins = new Map()
    this.#underWay.rememberOrigins()
    this.#timer = this.size === 0 ? null : this.#clock.start(lifetime, this, 'J, L')
  }
}
