/** Lets through so much a second on average, and a burst. Times in milliseconds. */
export class TokenBucket {
  readonly #perMillisecond: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMillisecond = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
    this.#at = now
  }

  /** Takes one; false where there is none. */
  take(now: number): boolean {
    if (now > this.#at) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMillisecond)
      this.#at = now
    }
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}

/** A bucket for each key; of more keys than `most` those that began first are forgotten. */
export class TokenBuckets {
  readonly #perSecond: number
  readonly #burst: number
  readonly #most: number
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(perSecond: number, burst: number, most: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#most = most
  }

  take(key: string, now: number): boolean {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#most) {
        for (const oldest of this.#buckets.keys()) {
          this.#buckets.delete(oldest)
          break
        }
      }
      bucket = new TokenBucket(this.#perSecond, this.#burst, now)
      this.#buckets.set(key, bucket)
    }
    return bucket.take(now)
  }

  get size(): number {
    return this.#buckets.size
  }
}
