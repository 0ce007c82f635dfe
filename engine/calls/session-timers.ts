import type { Clock, TimerHandle, TimerOwner } from '../sip/transport.ts'

/** How often all calls are looked at (ms). Against intervals of at least 90 s that is fine enough. */
const pause = 5000

/** A call whose sides are to be seen from time to time. */
export interface TimedCall {
  /** Does what is due at `now`. */
  timersDue(now: number): void
}

/**
 * Looks at all answered calls every few seconds for those with a refresh due. Calls have no timers of their own for
 * that: nearly all are over before anything is due, and would pay for starting and stopping one.
 */
export class SessionTimers implements TimerOwner {
  readonly #clock: Clock
  readonly #calls: Set<TimedCall>
  #timer: TimerHandle | null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#calls = new Set()
    this.#timer = null
  }

  add(call: TimedCall): void {
    this.#calls.add(call)
    this.#timer ??= this.#clock.start(pause, this, 'sweep')
  }

  remove(call: TimedCall): void {
    this.#calls.delete(call)
  }

  timerFired(): void {
    const now = this.#clock.now()
    this.#timer = this.#calls.size === 0 ? null : this.#clock.start(pause, this, 'sweep')
    for (const call of this.#calls) call.timersDue(now)
  }
}
