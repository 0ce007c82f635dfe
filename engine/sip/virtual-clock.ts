import type { Clock, TimerHandle, TimerOwner } from './transport.ts'

interface VirtualTimer {
  readonly at: number
  readonly owner: TimerOwner
  readonly name: string
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  readonly #timers: Set<VirtualTimer>
  #now: number

  constructor(now = 0) {
    this.#timers = new Set()
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** Timers that run. */
  get running(): number {
    return this.#timers.size
  }

  start(milliseconds: number, owner: TimerOwner, name: string): TimerHandle {
    const timer = { at: this.#now + milliseconds, owner, name }
    this.#timers.add(timer)
    return timer
  }

  stop(handle: TimerHandle): void {
    this.#timers.delete(handle as VirtualTimer)
  }

  /** Lets `milliseconds` pass; what is due fires in the order of time, and of starting where the time is the same. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = next.at
      next.owner.timerFired(next.name)
    }
    this.#now = end
  }

  #next(end: number): VirtualTimer | null {
    let next: VirtualTimer | null = null
    for (const timer of this.#timers) if (timer.at <= end && (next === null || timer.at < next.at)) next = timer
    return next
  }
}
