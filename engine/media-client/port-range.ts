/** Ports that cannot be had again so soon (ms): packets that are still on their way reach nobody else (docs/media.md). */
export const quarantine = 30_000

/**
 * The ports of one media process: even ones, RTCP at the next (RFC 3550 §11). Each is used again as late as possible: all
 * others come first.
 */
export class PortRange {
  readonly #last: number
  readonly #now: () => number
  /** The first that was never used. */
  #next: number
  readonly #inUse: Set<number>
  /** Given back, the oldest first: port, and when it may be used again. */
  #returned: { readonly port: number; readonly at: number }[]
  /** Where the oldest is: moving all for each would cost as much as there are. */
  #oldest: number

  /**
   * @param now milliseconds, of a clock that never goes back
   * @param inUse ports that are in use; kept from now on, and others may be added to it
   */
  constructor(first: number, last: number, now: () => number, inUse: Set<number>) {
    this.#next = first + (first % 2)
    this.#last = last
    this.#now = now
    this.#inUse = inUse
    this.#returned = []
    this.#oldest = 0
  }

  /** @returns 0 where none is free */
  take(): number {
    while (this.#next <= this.#last) {
      const port = this.#next
      this.#next += 2
      if (this.#inUse.has(port)) continue
      this.#inUse.add(port)
      return port
    }
    for (;;) {
      const oldest = this.#returned[this.#oldest]
      if (oldest === undefined || oldest.at > this.#now()) return 0
      this.#oldest++
      if (this.#oldest > 1000 && this.#oldest * 2 > this.#returned.length) {
        this.#returned = this.#returned.slice(this.#oldest)
        this.#oldest = 0
      }
      if (this.#inUse.has(oldest.port)) continue
      this.#inUse.add(oldest.port)
      return oldest.port
    }
  }

  give(port: number): void {
    if (this.#inUse.delete(port)) this.#returned.push({ port, at: this.#now() + quarantine })
  }
}
