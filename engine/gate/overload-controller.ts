/**
 * Decides, from what can be measured, how long a new request may wait for its turn and how much new work a turn of the
 * event loop may take on. It reads no clock and asks no socket: all signals are handed in (docs/decisions/0016).
 *
 * The rule is controlled delay: a queue that empties now and then is a burst and may stand for `burstPatience`; one that
 * has not been empty for as long is overload, and then whoever has not been served within `overloadPatience` is turned
 * away, so that those who are taken are served at once (K. Nichols, V. Jacobson, "Controlling Queue Delay", 2012;
 * B. Maurer, "Fail at Scale", 2015).
 */

export interface OverloadLimits {
  /** How long a new request may wait while the queue empties now and then (ms). */
  readonly burstPatience: number
  /** And while it does not (ms). */
  readonly overloadPatience: number
  /** How long a turn of the loop may go on with new work (ms): then what is in progress is looked at again. */
  readonly turn: number
  /** How long lost datagrams, or a socket half full, are taken for overload (ms). */
  readonly memory: number
}

export const usualLimits: OverloadLimits = {
  burstPatience: 250,
  overloadPatience: 80,
  turn: 3,
  memory: 100,
}

/** Why new requests are turned away at this moment. */
export type OverloadReason = 'none' | 'queue' | 'socket'

export class OverloadController {
  readonly #limits: OverloadLimits
  /** When nothing waited for the last time. */
  #emptyAt: number
  /** Until when the socket counts as full. */
  #socketFullUntil = 0
  #drops = -1
  /** Whether more waited in the sockets than the last turn took. */
  #full = false

  constructor(limits: OverloadLimits, now: number) {
    this.#limits = limits
    this.#emptyAt = now
  }

  /** A new request begins to wait, where none did. */
  waitingBegins(now: number): void {
    if (!this.#full) this.#emptyAt = now
  }

  /**
   * A turn of the loop with new work in it is over.
   * @param moreWaits whether the sockets have more than was read
   * @param waiting new requests that still wait
   */
  turnEnded(now: number, moreWaits: boolean, waiting: number): void {
    this.#full = moreWaits
    if (waiting === 0 && !moreWaits) this.#emptyAt = now
  }

  /**
   * The receive buffer of a socket was looked at.
   * @param share of it that is taken: 0 to 1
   * @param drops datagrams it has lost, ever
   */
  socketMeasured(now: number, share: number, drops: number): void {
    const lost = this.#drops >= 0 && drops > this.#drops
    this.#drops = drops
    if (lost || share > 0.5) this.#socketFullUntil = now + this.#limits.memory
  }

  /** How long a new request may have waited by now (ms); 0: none may be taken on at all. */
  patience(now: number): number {
    if (now < this.#socketFullUntil) return 0
    return this.#standing(now) ? this.#limits.overloadPatience : this.#limits.burstPatience
  }

  /** May new work begin in a turn that has gone on for so long (ms)? */
  mayBegin(took: number): boolean {
    return took < this.#limits.turn
  }

  /**
   * How long waiting requests may be worked off now (ms). While the socket has more for us, what it has comes first: it
   * is what is in progress.
   */
  get workingTime(): number {
    return this.#full ? 0 : this.#limits.turn
  }

  reason(now: number): OverloadReason {
    if (now < this.#socketFullUntil) return 'socket'
    return this.#standing(now) ? 'queue' : 'none'
  }

  #standing(now: number): boolean {
    return now - this.#emptyAt > this.#limits.burstPatience
  }
}
