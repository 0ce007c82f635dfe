/** Counts failures by key (an address, or a user name that does not exist), and says who has to wait. Bounded in memory. */

/** Keys that are remembered; beyond it the one that failed longest ago is forgotten. */
const mostKeys = 10_000

/**
 * Milliseconds that a lock still holds, 0 where it does not. One that would hold longer than any does was set before the
 * clock was put back: it ends, or nobody could sign in until the clock is there again.
 */
export function leftOfLock(lockedUntil: number, now: number, lockMilliseconds: number): number {
  const left = lockedUntil - now
  return left > lockMilliseconds ? 0 : Math.max(0, left)
}

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
    return entry === undefined ? 0 : leftOfLock(entry.lockedUntil, now, this.#lockMilliseconds)
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
