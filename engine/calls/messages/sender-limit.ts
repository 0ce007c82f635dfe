/** Messages that a user may send one after the other, and the time after which he may send another (ms). */
const most = 20
const regained = 1000
/** Senders remembered; when there are more, all are forgotten. */
const mostSenders = 10_000

/** How fast one user may send messages, over all his phones: enough for people, too little for a flood. */
export class SenderLimit {
  /** By user id: when his allowance would be whole again. */
  readonly #wholeAt = new Map<string, number>()

  /**
   * Takes one of the sender's.
   * @param now milliseconds since the epoch
   * @returns 0, or after how many seconds he may send again
   */
  take(userId: string, now: number): number {
    const wholeAt = Math.max(now, this.#wholeAt.get(userId) ?? 0) + regained
    if (wholeAt - now > most * regained) return Math.ceil((wholeAt - now - most * regained) / 1000)
    if (this.#wholeAt.size >= mostSenders) this.#wholeAt.clear()
    this.#wholeAt.set(userId, wholeAt)
    return 0
  }
}
