/** Upper bounds in milliseconds: from what the server itself takes to how long people let it ring. */
export const delayBounds: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 180_000,
]

/** Counts delays by length; adding one is a few comparisons. */
export class DelayHistogram {
  /** By the first bound that a delay does not exceed; the last place is for what exceeds all. */
  readonly #counts: number[] = new Array<number>(delayBounds.length + 1).fill(0)
  #sum = 0

  /** @param milliseconds not negative */
  add(milliseconds: number): void {
    let place = 0
    while (place < delayBounds.length && milliseconds > delayBounds[place]!) place++
    this.#counts[place]!++
    this.#sum += milliseconds
  }

  /** As Prometheus has it: each count includes those of the bounds below. */
  reading(): { bounds: readonly number[]; counts: number[]; count: number; sum: number } {
    const counts: number[] = []
    let count = 0
    for (let place = 0; place < delayBounds.length; place++) {
      count += this.#counts[place]!
      counts.push(count)
    }
    count += this.#counts[delayBounds.length]!
    return { bounds: delayBounds, counts, count, sum: this.#sum }
  }
}
