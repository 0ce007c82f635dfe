/** Counts failures by key (an address, or a user name that does not exist), and says who has to wait. Bounded in memory. */

/** Keys that are remembered; beyond it the one that failed longest ago is forgotten. */
const mostKeys = 10_000

interface Failures {
  count: number
  last: number
  lockedUntil: number
}

export class LockOut {
  readonly #limit: number
  readonly #lockMilliseconds: number
  readonly #failures = new Map<string, Failures>()

  /** @param limit failures after which a key has to wait */
  constructor(limit: number, lockMilliseconds: number) {
    this.#limit = limit
    this.#lockMilliseconds = lockMilliseconds
  }

  /** Milliseconds still to wait; 0 where none. */
  wait(key: string, now: number): number {
    const entry = this.#failures.get(key)
    return entry === undefined ? 0 : Math.max(0, entry.lockedUntil - now)
  }

  failed(key: string, now: number): void {
    const before = this.#failures.get(key)
    // What lies longer back than a lock lasts counts no more.
    const entry =
      before === undefined || now - before.last > this.#lockMilliseconds
        ? { count: 0, last: 0, lockedUntil: 0 }
        : before
    entry.count++
    entry.last = now
    if (entry.count >= this.#limit) entry.lockedUntil = now + this.#lockMilliseconds
    this.#failures.delete(key)
    this.#failures.set(key, entry)
    if (this.#failures.size > mostKeys) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest)
        break
      }
    }
  }

  succeeded(key: string): void {
    this.#failures.delete(key)
  }
}
