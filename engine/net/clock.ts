import type { Clock, TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { ListedTimer } from './timer-lists.ts'
import { TimerLists } from './timer-lists.ts'

/** Longest delay Node's timers take; longer ones would fire at once. */
const longestDelay = 2 ** 31 - 2

/**
 * The machine's clock and timers.
 *
 * When the wall clock is set back, `now` goes on at half speed from where it was until the wall clock has caught up:
 * it neither runs backwards nor stands still.
 */
export class SystemClock implements Clock {
  readonly #timers = new TimerLists()
  #last = 0
  /** While the wall clock is behind: where we were when it was set back, and the monotonic clock at that moment. */
  #base = 0
  #monotonicBase = 0
  #behind = false

  now(): number {
    return this.reading(Date.now())
  }

  /** As `now`, for a wall clock that reads `wall`. */
  reading(wall: number): number {
    if (wall >= this.#last) {
      this.#last = wall
      this.#behind = false
      return wall
    }
    if (!this.#behind) {
      this.#behind = true
      this.#base = this.#last
      this.#monotonicBase = performance.now()
    }
    this.#last = this.#base + Math.floor((performance.now() - this.#monotonicBase) / 2)
    return this.#last
  }

  /** @throws RangeError for a delay of more than 24 days, which no SIP timer has */
  start(milliseconds: number, owner: TimerOwner, name: string): TimerHandle {
    if (!(milliseconds <= longestDelay)) throw new RangeError(`Timer ${name} of ${milliseconds} ms is too long`)
    return this.#timers.start(milliseconds, owner, name)
  }

  stop(handle: TimerHandle): void {
    this.#timers.stop(handle as ListedTimer)
  }
}
