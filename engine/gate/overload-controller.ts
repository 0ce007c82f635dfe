/**
 * Decides, from what can be measured, how long a new request may wait for its turn and how much new work a turn of the
 * event loop may take on. It reads no clock and asks no socket: all signals are handed in (docs/decisions/0016).
 *
 * The rule is controlled delay: a queue from which somebody is taken soon now and then is a burst, as after a pause of
 * the machine, and may stand for `burstPatience`; one in which nobody was taken within `soon` for `interval` is overload,
 * and then whoever has not been served within `overloadPatience` is turned away, so that those who are taken are served
 * at once (K. Nichols, V. Jacobson, "Controlling Queue Delay", 2012; B. Maurer, "Fail at Scale", 2015).
 */

export interface OverloadLimits {
  /** How long a new request may wait in a burst (ms). */
  readonly burstPatience: number
  /** And in overload (ms). */
  readonly overloadPatience: number
  /** Who waits no longer than this is served at once (ms). */
  readonly soon: number
  /** When nobody has been served at once for so long, it is overload (ms). */
  readonly interval: number
  /** How long a turn of the loop may go on with new work (ms): then what is in progress is looked at again. */
  readonly turn: number
  /** How long lost datagrams, or a socket three quarters full, are taken for overload (ms). */
  readonly memory: number
}

/**
 * A pause of 60 ms, as other programs and the collection of garbage make them, is worked off in ten times as long where
 * nine tenths of a processor are in use, and new calls wait behind all that is in progress: up to twice the pause. That is no
 * overload, and nobody may be turned away for it. Nobody waits as long as the 500 ms after which a phone repeats its INVITE.
 */
export const usualLimits: OverloadLimits = {
  burstPatience: 400,
  overloadPatience: 80,
  soon: 40,
  interval: 500,
  turn: 3,
  memory: 100,
}

/** Why new requests are turned away at this moment. */
export type OverloadReason = 'none' | 'queue' | 'socket'

export class OverloadController {
  readonly #limits: OverloadLimits
  /** When somebody was served at once for the last time, or nobody waited. */
  #promptAt: number
  /** Until when the socket counts as full, and until when datagrams count as lost just now. */
  #socketFullUntil = 0
  #lossUntil = 0
  #drops = -1
  /** Whether more waited in the sockets than the last turn took. */
  #full = false

  constructor(limits: OverloadLimits, now: number) {
    this.#limits = limits
    this.#promptAt = now
  }

  /** A new request begins to wait, where none did. */
  waitingBegins(now: number): void {
    if (!this.#full) this.#promptAt = now
  }

  /** A new request is taken that has waited for so long (ms). */
  taken(now: number, waited: number): void {
    if (!this.#full && waited <= this.#limits.soon) this.#promptAt = now
  }

  /**
   * A turn of the loop with new work in it is over.
   * @param moreWaits whether the sockets have more than was read
   * @param waiting new requests that still wait
   */
  turnEnded(now: number, moreWaits: boolean, waiting: number): void {
    this.#full = moreWaits
    if (waiting === 0 && !moreWaits) this.#promptAt = now
  }

  /**
   * The receive buffer of a socket was looked at.
   * @param share of it that is taken: 0 to 1
   * @param drops datagrams it has lost, ever
   */
  socketMeasured(now: number, share: number, drops: number): void {
    const lost = this.#drops >= 0 && drops > this.#drops
    this.#drops = drops
    if (lost) this.#lossUntil = now + this.#limits.memory
    if (share > 0.75) this.#socketFullUntil = now + this.#limits.memory
    // It was emptied since: what is in progress is no longer in danger.
    else if (share < 0.25) this.#socketFullUntil = 0
  }

  /** How long a new request may have waited by now (ms); 0: none may be taken on at all. */
  patience(now: number): number {
    if (now < this.#socketFullUntil) return 0
    const overloaded = now < this.#lossUntil || this.#standing(now)
    return overloaded ? this.#limits.overloadPatience : this.#limits.burstPatience
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
    if (now < this.#socketFullUntil || now < this.#lossUntil) return 'socket'
    return this.#standing(now) ? 'queue' : 'none'
  }

  #standing(now: number): boolean {
    return now - this.#promptAt > this.#limits.interval
  }
}
