import type { TimerHandle, TimerOwner } from '../../engine/sip/transport.ts'

/** One timer of the simulated world. */
export interface VirtualTimer {
  readonly time: number
  readonly number: number
  readonly owner: TimerOwner
  readonly name: string
  stopped: boolean
}

/** Where every simulation begins (ms since the epoch): any fixed moment. */
const beginning = 1_800_000_000_000

/** Time that jumps from one timer to the next. Timers of one moment fire in the order in which they were set. */
export class VirtualClock {
  #now = beginning
  #next = 0
  readonly #heap: VirtualTimer[] = []
  readonly #whole: boolean

  /** @param whole time has whole milliseconds only, as the system's has; without it, as in the first simulations */
  constructor(whole: boolean) {
    this.#whole = whole
  }

  now(): number {
    return this.#now
  }

  start(milliseconds: number, owner: TimerOwner, name: string): VirtualTimer {
    const after = Math.max(0, this.#whole ? Math.ceil(milliseconds) : milliseconds)
    const timer = { time: this.#now + after, number: this.#next++, owner, name, stopped: false }
    this.#push(timer)
    return timer
  }

  stop(handle: TimerHandle): void {
    ;(handle as VirtualTimer).stopped = true
  }

  /** Goes to the next timer and fires it. @returns false if there is none up to `until` (ms since the epoch) */
  step(until: number): boolean {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined || first.time > until) return false
      this.#pop()
      if (first.stopped) continue
      this.#now = first.time
      first.stopped = true
      first.owner.timerFired(first.name)
      return true
    }
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timer, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

function isBefore(one: VirtualTimer, other: VirtualTimer): boolean {
  return one.time < other.time || (one.time === other.time && one.number < other.number)
}
