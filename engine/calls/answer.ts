import { lifetime, T1, T2 } from '../sip/transaction/timers.ts'
import type { Clock, Flow, Network, TimerHandle, TimerOwner } from '../sip/transport.ts'

/** Told when nobody acknowledged an answer. */
export interface AnswerOwner {
  /** 64 T1 are over: the session is to be ended by BYE (RFC 3261 §13.3.1.4). */
  answerNotAcknowledged(): void
  /** It was sent once more. */
  answerRepeated(): void
}

/**
 * Sends a 2xx to an INVITE again and again until its ACK comes (§13.3.1.4), on every transport, because there may be
 * unreliable hops behind a reliable one.
 */
export class AnswerRetransmission implements TimerOwner {
  /** Number of the INVITE: an ACK must carry the same. */
  readonly sequence: number
  readonly text: string
  readonly #flow: Flow
  readonly #network: Network
  readonly #clock: Clock
  readonly #owner: AnswerOwner
  #interval: number
  #waited: number
  #timer: TimerHandle | null

  /** The answer has just been sent. */
  constructor(text: string, sequence: number, flow: Flow, network: Network, clock: Clock, owner: AnswerOwner) {
    this.sequence = sequence
    this.text = text
    this.#flow = flow
    this.#network = network
    this.#clock = clock
    this.#owner = owner
    this.#interval = T1
    this.#waited = 0
    this.#timer = clock.start(T1, this, 'answer')
  }

  timerFired(): void {
    this.#timer = null
    this.#waited += this.#interval
    if (this.#waited >= lifetime) {
      this.#owner.answerNotAcknowledged()
      return
    }
    this.#network.send(this.#flow, this.text, null)
    this.#owner.answerRepeated()
    this.#interval = Math.min(this.#interval * 2, T2, lifetime - this.#waited)
    this.#timer = this.#clock.start(this.#interval, this, 'answer')
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.stop(this.#timer)
    this.#timer = null
  }
}
