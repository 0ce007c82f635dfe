import type { TimerOwner } from '../sip/transport.ts'

/**
 * Timers in one list for each duration, which are due in the order in which they were started: starting is an append,
 * stopping takes the timer out of its list, and one timer of Node's serves the whole list.
 *
 * SIP has few durations and many timers, nearly all of which are stopped before they are due. Measured against one
 * `setTimeout` each: a third of the time and half of the memory (docs/decisions/0003-timers.md).
 */
export class TimerLists {
  readonly #lists = new Map<number, TimerList>()

  /** Calls `owner.timerFired(name)` at least `milliseconds` from now. */
  start(milliseconds: number, owner: TimerOwner, name: string): ListedTimer {
    let list = this.#lists.get(milliseconds)
    if (list === undefined) {
      // Durations from outside, such as the rest of a registration, come in any number: a list that is empty is
      // forgotten when it is found so.
      list = new TimerList(milliseconds, () => this.#lists.delete(milliseconds))
      this.#lists.set(milliseconds, list)
    }
    return list.append(owner, name)
  }

  stop(timer: ListedTimer): void {
    timer.list?.remove(timer)
  }
}

/** A timer that was started; `list` is `null` once it fired or was stopped. */
export class ListedTimer {
  readonly owner: TimerOwner
  readonly name: string
  /** By the monotonic clock (ms). */
  readonly due: number
  list: TimerList | null
  previous: ListedTimer | null
  next: ListedTimer | null

  constructor(owner: TimerOwner, name: string, due: number, list: TimerList) {
    this.owner = owner
    this.name = name
    this.due = due
    this.list = list
    this.previous = null
    this.next = null
  }
}

/** Longer timers (ms) only say when to give up or to forget, and may do so a hundredth later; retransmissions are shorter. */
const exactBelow = 5000

/** So much later than it should be (ms), the process had no processor, or was busy with something else for long. */
const stall = 50

/** Timers of one duration, the oldest first. */
export class TimerList {
  readonly #milliseconds: number
  /** How much later than due its timers may fire (ms). */
  readonly #lateness: number
  readonly #emptied: () => void
  readonly #fireDue: () => void
  #first: ListedTimer | null
  #last: ListedTimer | null
  /** Node's timer is running: for the first timer, or for one that was stopped since. */
  #armed: boolean
  /** After a stall: the sockets were read, and now the timers that are due still are. */
  #looked: boolean

  constructor(milliseconds: number, emptied: () => void) {
    this.#milliseconds = milliseconds
    this.#lateness = milliseconds / (milliseconds < exactBelow ? 1000 : 100)
    this.#emptied = emptied
    this.#fireDue = () => this.#fire()
    this.#first = null
    this.#last = null
    this.#armed = false
    this.#looked = false
  }

  append(owner: TimerOwner, name: string): ListedTimer {
    const timer = new ListedTimer(owner, name, performance.now() + this.#milliseconds, this)
    timer.previous = this.#last
    if (this.#last === null) this.#first = timer
    else this.#last.next = timer
    this.#last = timer
    if (!this.#armed) this.#arm(this.#milliseconds)
    return timer
  }

  remove(timer: ListedTimer): void {
    if (timer.previous === null) this.#first = timer.next
    else timer.previous.next = timer.next
    if (timer.next === null) this.#last = timer.previous
    else timer.next.previous = timer.previous
    timer.list = null
    timer.previous = null
    timer.next = null
  }

  /**
   * Rounded up: Node truncates, and a timer that comes too early would have to be set again at once. And late by a part
   * of the duration, so that a list with thousands of timers wakes the process tens of times a second and not hundreds.
   */
  #arm(milliseconds: number): void {
    this.#armed = true
    setTimeout(this.#fireDue, Math.ceil(milliseconds + this.#lateness) + 1)
  }

  #fire(): void {
    // Still counts as armed: timers that are started by those that fire here are seen to below.
    const now = performance.now()
    if (!this.#looked && this.#first !== null && now - this.#first.due > this.#lateness + stall) {
      // Node fires timers before it reads sockets. What has come in time, while nobody could read it, counts first: an
      // answer that waits in the socket stops the timer that would give it up.
      this.#looked = true
      setImmediate(this.#fireDue)
      return
    }
    this.#looked = false
    for (;;) {
      const timer = this.#first
      if (timer === null) {
        this.#armed = false
        this.#emptied()
        return
      }
      if (timer.due > now) {
        this.#arm(timer.due - now)
        return
      }
      this.remove(timer)
      timer.owner.timerFired(timer.name)
    }
  }
}
