import type { Ring } from '../router/decision.ts'
import type { Clock, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { isEmergency, nextEnd } from './ring-targets.ts'

/** A phone or trunk that has said nothing for so long is not reachable, and the ring time begins at the latest (ms). */
const silence = 4000
/** An emergency call goes to the next trunk when one says nothing for so long, or does not ring (ms; docs/emergency.md). */
const emergencySilence = 2000
const emergencyProgress = 8000
/** How long a call rings where the router sets no limit (ms): Timer C's three minutes (RFC 3261 §16.6, step 11). */
const longestRinging = 180_000

/** The call whose steps are timed. */
export interface RingTimersOwner {
  /** Whoever has said nothing yet is not there. @returns whether somebody rings */
  nothingHeard(): void
  /** An emergency call's trunk does not ring. */
  noProgress(): void
  /** Targets that ring for `rung` seconds or less have rung long enough, others go on. */
  someHaveRung(rung: number): void
  /** All have rung long enough. */
  allHaveRung(): void
  /** Does one of the phones ring? */
  readonly anyRings: boolean
}

/** How long one step of a ringing call waits for a word, and rings. */
export class RingTimers implements TimerOwner {
  readonly #clock: Clock
  readonly #owner: RingTimersOwner
  #ring: Ring | null
  #silenceTimer: TimerHandle | null
  #ringTimer: TimerHandle | null
  /** How long this step has rung when the ring timer was started last (s): targets may ring for different times. */
  #rungSeconds: number

  constructor(clock: Clock, owner: RingTimersOwner) {
    this.#clock = clock
    this.#owner = owner
    this.#ring = null
    this.#silenceTimer = null
    this.#ringTimer = null
    this.#rungSeconds = 0
  }

  /** A step begins: nothing is timed yet. */
  begin(ring: Ring): void {
    this.#ring = ring
    this.#rungSeconds = 0
  }

  /** Whoever says nothing from now on, for too long, is not there. */
  awaitWord(): void {
    if (this.#ring === null) return
    if (this.#silenceTimer !== null) this.#clock.stop(this.#silenceTimer)
    this.#silenceTimer = this.#clock.start(isEmergency(this.#ring) ? emergencySilence : silence, this, 'silence')
  }

  /** The next address of a trunk is tried: an emergency call waits for its word as for the first one's. */
  triesNext(): void {
    if (this.#ring !== null && isEmergency(this.#ring)) this.#stopRingTimer()
    this.awaitWord()
  }

  /** A phone rings. */
  rings(): void {
    // A trunk that rings is waited for, however long it took to say so.
    if (this.#ring !== null && isEmergency(this.#ring)) this.#stopRingTimer()
    this.#startRingTimer()
  }

  stop(): void {
    if (this.#silenceTimer !== null) this.#clock.stop(this.#silenceTimer)
    this.#silenceTimer = null
    this.#stopRingTimer()
    this.#ring = null
  }

  timerFired(name: string): void {
    const ring = this.#ring
    if (ring === null) return
    if (name === 'silence') {
      this.#silenceTimer = null
      if (isEmergency(ring) && !this.#owner.anyRings) {
        this.#ringTimer ??= this.#clock.start(emergencyProgress - emergencySilence, this, 'progress')
      } else {
        this.#startRingTimer()
      }
      this.#owner.nothingHeard()
      return
    }
    this.#ringTimer = null
    if (name === 'progress') {
      this.#owner.noProgress()
      return
    }
    const now = nextEnd(ring, this.#rungSeconds)
    if (ring.ringSeconds === 0 || now >= ring.ringSeconds) {
      this.#owner.allHaveRung()
      return
    }
    // Those of a list who ring for a shorter time stop, and the others ring on.
    this.#rungSeconds = now
    this.#startRingTimer()
    this.#owner.someHaveRung(now)
  }

  #startRingTimer(): void {
    if (this.#ringTimer !== null || this.#ring === null) return
    const { ringSeconds } = this.#ring
    const time =
      ringSeconds === 0 ? longestRinging : (nextEnd(this.#ring, this.#rungSeconds) - this.#rungSeconds) * 1000
    this.#ringTimer = this.#clock.start(time, this, 'ring')
  }

  #stopRingTimer(): void {
    if (this.#ringTimer !== null) this.#clock.stop(this.#ringTimer)
    this.#ringTimer = null
  }
}
