/** What can be kept in a ring: it has room for its links and place there. */
export interface Expiring<T> {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  previous: T | null
  next: T | null
  /** -1 while it is in no ring. */
  slot: number
}

/**
 * What expires, bindings for one, in the order of its time: a ring of slots of one second, each a doubly linked list
 * through the things themselves. Adding, moving and removing cost the same however many there are, and no memory of their
 * own; one sweep a second takes out what is due. Times further ahead than the ring is long wait in its last slot and are
 * sorted in again.
 */
export class ExpiryRing<T extends Expiring<T>> {
  readonly #slots: (T | null)[]
  #sweptSecond: number

  constructor(seconds: number, now: number) {
    this.#slots = new Array<T | null>(seconds + 2).fill(null)
    this.#sweptSecond = Math.floor(now / 1000)
  }

  add(thing: T): void {
    const second = Math.ceil(thing.expiresAt / 1000)
    const earliest = this.#sweptSecond + 1
    const latest = this.#sweptSecond + this.#slots.length - 1
    const slot = Math.min(Math.max(second, earliest), latest) % this.#slots.length
    const head = this.#slots[slot] ?? null
    thing.slot = slot
    thing.previous = null
    thing.next = head
    if (head !== null) head.previous = thing
    this.#slots[slot] = thing
  }

  remove(thing: T): void {
    if (thing.slot < 0) return
    if (thing.previous === null) this.#slots[thing.slot] = thing.next
    else thing.previous.next = thing.next
    if (thing.next !== null) thing.next.previous = thing.previous
    thing.previous = null
    thing.next = null
    thing.slot = -1
  }

  /** Takes out everything that expired by `now` (ms). */
  takeExpired(now: number): T[] {
    const expired: T[] = []
    const early: T[] = []
    const second = Math.floor(now / 1000)
    const length = this.#slots.length
    for (let at = Math.max(this.#sweptSecond + 1, second - length + 1); at <= second; at++) {
      let thing = this.#slots[at % length] ?? null
      while (thing !== null) {
        const next: T | null = thing.next
        this.remove(thing)
        if (thing.expiresAt <= now) expired.push(thing)
        else early.push(thing)
        thing = next
      }
    }
    this.#sweptSecond = Math.max(this.#sweptSecond, second)
    for (const thing of early) this.add(thing)
    return expired
  }
}
