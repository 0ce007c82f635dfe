/**
 * Slows and bans sources that fail to sign in (docs/trust.md, Bans). Told only of failures that are failures: a current
 * nonce answered with a wrong response. As nonces are bound to their source (engine/sip/digest-nonces.ts), nobody can
 * have another banned by forging his address.
 */

import { ownCopy } from '../sip/own-copy.ts'

/** What the guard asks of the registrar: who is signed in from where at this moment. */
export interface LiveRegistrations {
  /** Does any device hold a live registration made from this address? */
  registeredFrom(source: string): boolean
  /** Does the device with this SIP user name hold one made from this address? */
  userRegisteredFrom(source: string, sipUserName: string): boolean
}

export interface SignInGuardOptions {
  /** Failures of one source within `window` that get it banned. */
  readonly failures: number
  /** Milliseconds. */
  readonly window: number
  /** Length of a first ban in milliseconds; each further one doubles it... */
  readonly firstBan: number
  /** ...up to this. */
  readonly longestBan: number
  /** Failures of one user name from one source that are not slowed: a mistyped password. */
  readonly freeTries: number
  /** Milliseconds until the next try after the first that is slowed; doubles with each failure... */
  readonly firstDelay: number
  /** ...up to this. */
  readonly longestDelay: number
  /** Failures of one user name from one source after which it may not try for an emergency call either. */
  readonly emergencyTries: number
  /** Sources remembered at most, and user names for each. */
  readonly sources: number
  readonly userNames: number
  /** Is this source never slowed or banned: loopback, and networks named as test networks? */
  exempt(source: string): boolean
}

/** 10 failures in 5 minutes: banned for 10 minutes, doubling to a day. */
export const defaultSignInLimits: Omit<SignInGuardOptions, 'exempt'> = {
  failures: 10,
  window: 300_000,
  firstBan: 600_000,
  longestBan: 86_400_000,
  freeTries: 3,
  firstDelay: 1000,
  longestDelay: 30_000,
  emergencyTries: 20,
  sources: 20_000,
  userNames: 64,
}

/** `slow`: not now, drop it or answer 503 without a look at the credentials; `banned`: drop it silently. */
export type SignInAnswer = 'yes' | 'slow' | 'banned'

/** What becomes of a source by a failure: for the log. */
export type SignInFailure = 'counted' | 'banned' | 'exempt'

export interface Ban {
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

interface Tries {
  failures: number
  nextTry: number
}

interface Source {
  windowStart: number
  /** Since `windowStart`. */
  failures: number
  bannedUntil: number
  /** Of the last ban; 0 before the first. */
  banLength: number
  lastFailure: number
  /** By SIP user name, last failure last. */
  readonly userNames: Map<string, Tries>
  /** For user names that found no room of their own, and for all of a source that is spared a ban. */
  readonly others: Tries
}

export class SignInGuard {
  readonly #options: SignInGuardOptions
  readonly #live: LiveRegistrations
  /** Only sources that failed; last failure last. */
  readonly #sources = new Map<string, Source>()

  constructor(options: SignInGuardOptions, live: LiveRegistrations) {
    this.#options = options
    this.#live = live
  }

  /** May this source try to sign in with this user name now? `now` in ms. Sources that never failed cost one look-up. */
  mayTry(source: string, userName: string, now: number): SignInAnswer {
    if (this.#sources.size === 0) return 'yes'
    const state = this.#sources.get(source)
    if (state === undefined) return 'yes'
    const tries = state.userNames.get(userName)
    if (tries !== undefined && now < tries.nextTry) return 'slow'
    const banned = now < state.bannedUntil
    if (!banned && now >= state.others.nextTry) return 'yes'
    // One phone with an old password must not silence an office: those who are signed in from here go on unhindered.
    if (this.#live.userRegisteredFrom(source, userName)) return 'yes'
    if (banned && !this.#live.registeredFrom(source)) return 'banned'
    return now < state.others.nextTry ? 'slow' : 'yes'
  }

  /**
   * May somebody who may not try now do so all the same, for an emergency call? Until it turns out that he only guesses:
   * wrong responses count as ever.
   */
  mayTryEmergency(source: string, userName: string): boolean {
    const state = this.#sources.get(source)
    if (state === undefined) return true
    const tries = state.userNames.get(userName)
    if (tries === undefined && state.userNames.size >= this.#options.userNames) {
      return state.others.failures < this.#options.emergencyTries
    }
    return (tries?.failures ?? 0) < this.#options.emergencyTries
  }

  /** A current nonce got a wrong response. Says what came of it. */
  failed(source: string, userName: string, now: number): SignInFailure {
    if (this.#options.exempt(source)) return 'exempt'
    const options = this.#options
    const state = this.#stateOf(source, now)
    if (now - state.windowStart >= options.window) {
      state.windowStart = now
      state.failures = 0
      state.others.failures = 0
    }
    state.failures++
    state.lastFailure = now
    const tries = this.#triesOf(state, userName)
    tries.failures++
    tries.nextTry = now + this.#delay(tries.failures - options.freeTries)
    if (state.failures < options.failures) return 'counted'
    if (this.#live.registeredFrom(source)) {
      if (tries !== state.others) state.others.failures++
      state.others.nextTry = now + this.#delay(state.others.failures)
      return 'counted'
    }
    state.banLength = Math.min(state.banLength === 0 ? options.firstBan : state.banLength * 2, options.longestBan)
    state.bannedUntil = now + state.banLength
    state.windowStart = now
    state.failures = 0
    return 'banned'
  }

  /** A sign-in succeeded: what this user name failed before is forgiven; the source's other failures are not. */
  succeeded(source: string, userName: string): void {
    if (this.#sources.size === 0) return
    this.#sources.get(source)?.userNames.delete(userName)
  }

  /** Sources that are banned at `now`, and until when. */
  bans(now: number): Ban[] {
    const bans: Ban[] = []
    for (const [source, { bannedUntil }] of this.#sources) {
      if (now < bannedUntil && !this.#live.registeredFrom(source)) bans.push({ source, until: bannedUntil })
    }
    return bans
  }

  /** Ends a ban before its time and forgets what led to it; whether there was one. */
  lift(source: string, now: number): boolean {
    const banned = now < (this.#sources.get(source)?.bannedUntil ?? 0)
    if (banned) this.#sources.delete(source)
    return banned
  }

  /** How many sources are remembered. */
  get remembered(): number {
    return this.#sources.size
  }

  #stateOf(source: string, now: number): Source {
    const found = this.#sources.get(source)
    if (found !== undefined) {
      this.#sources.delete(source)
      this.#sources.set(source, found)
      return found
    }
    this.#makeRoom(now)
    const state: Source = {
      windowStart: now,
      failures: 0,
      bannedUntil: 0,
      banLength: 0,
      lastFailure: now,
      userNames: new Map(),
      others: { failures: 0, nextTry: 0 },
    }
    this.#sources.set(source, state)
    return state
  }

  /** Forgets what no longer matters from the oldest failure on; under a flood of sources the oldest goes in any case. */
  #makeRoom(now: number): void {
    for (const [source, state] of this.#sources) {
      // A ban's length is remembered for the longest ban after its end, so that doubling has an effect.
      const keep = state.banLength === 0 ? this.#options.window : this.#options.longestBan
      const over = now >= state.bannedUntil + keep && now - state.lastFailure >= keep
      if (!over && this.#sources.size < this.#options.sources) return
      this.#sources.delete(source)
    }
  }

  #triesOf(state: Source, userName: string): Tries {
    let tries = state.userNames.get(userName)
    if (tries === undefined) {
      if (state.userNames.size >= this.#options.userNames) return state.others
      tries = { failures: 0, nextTry: 0 }
      state.userNames.set(ownCopy(userName), tries)
    }
    return tries
  }

  #delay(slowed: number): number {
    if (slowed <= 0) return 0
    return Math.min(this.#options.firstDelay * 2 ** (slowed - 1), this.#options.longestDelay)
  }
}
