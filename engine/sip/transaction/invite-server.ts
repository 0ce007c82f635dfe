import type { ResponseHead } from '../response.ts'
import { reasonPhrase, responseText } from '../response.ts'
import type { Flow, SendFailureListener, TimerHandle, TimerOwner } from '../transport.ts'
import type { KnownRequest } from './known-requests.ts'
import type { InviteServerUser, TransactionHome } from './parts.ts'
import { isReliable } from './parts.ts'
import { lifetime, T1, T2, T4, tryingDelay } from './timers.ts'

type State = 'proceeding' | 'completed' | 'confirmed' | 'terminated'

/**
 * INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1.
 *
 *                    |INVITE
 *                    V             1xx
 *   INVITE again: +------------+ <-----+
 *   last 1xx  +-->| proceeding |-------+
 *             +---+------------+
 *        300-699 |          | 2xx
 *   G: again     V          V
 *    +--- +-----------+  +----------+
 *    +--> | completed |  | accepted |  INVITE again: nothing; ACK: to the user
 *         +-----------+  +----------+
 *          ACK |   | H        | L
 *              V   |          |
 *       +-----------+         |
 *       | confirmed |-- I --> terminated
 *       +-----------+
 *
 * Retransmitting a 2xx is the business of the user (§13.3.1.4). In Accepted nothing else can happen, so the transaction
 * leaves its key to the layer for the time of Timer L (known-requests.ts), which knows it as answered.
 */
export class InviteServerTransaction implements TimerOwner, SendFailureListener {
  readonly key: string
  /** Its request, as the layer keeps it. */
  known: KnownRequest | null
  readonly flow: Flow
  /** `null` after the final response, which is all that may still be sent. */
  #head: ResponseHead | null
  /** Our tag where the user has no dialog to name: failures and the answer to CANCEL. */
  readonly toTag: string
  #state: State
  #user: InviteServerUser | null
  readonly #home: TransactionHome
  #lastResponse: string
  /** Until a 100 is due because nothing else was said. */
  #timerTrying: TimerHandle | null
  #timerG: TimerHandle | null
  /** H or I: one at a time. */
  #lifeTimer: TimerHandle | null
  #interval: number

  constructor(home: TransactionHome, key: string, head: ResponseHead, flow: Flow, toTag: string) {
    this.key = key
    this.known = null
    this.flow = flow
    this.#head = head
    this.toTag = toTag
    this.#state = 'proceeding'
    this.#user = null
    this.#home = home
    this.#lastResponse = ''
    this.#timerTrying = null
    this.#timerG = null
    this.#lifeTimer = null
    this.#interval = T1
  }

  /** What its responses have in common; `null` after the final one. */
  get head(): ResponseHead | null {
    return this.#head
  }

  set user(user: InviteServerUser) {
    this.#user = user
  }

  /** No final response was sent yet. */
  get open(): boolean {
    return this.#state === 'proceeding'
  }

  /**
   * Lets the caller know by a 100 that his INVITE is here, if it comes again or nothing else is said within 200 ms
   * (§17.2.1): most phones say that they ring long before, and a message less is a twelfth of what a call costs.
   */
  try(): void {
    this.#timerTrying = this.#home.clock.start(tryingDelay, this, 'trying')
  }

  /**
   * Sends a response; after a final one nothing more is sent and calls are ignored.
   * @returns the message as sent, '' if ignored
   */
  respond(status: number, phrase: string, toTag: string, headers: string, body: string): string {
    if (this.#state !== 'proceeding' || this.#head === null) return ''
    this.#stopTrying()
    const text = responseText(status, phrase, this.#head, toTag, headers, body)
    this.#home.network.send(this.flow, text, this)
    if (status < 200) {
      this.#lastResponse = text
      return text
    }
    this.#head = null
    if (status < 300) {
      this.#state = 'terminated'
      this.#user = null
      this.#lastResponse = ''
      this.#home.serverAnswered(this.known, '')
    } else {
      this.#state = 'completed'
      this.#lastResponse = text
      this.#home.inviteRefused(this)
      if (!isReliable(this.flow)) this.#timerG = this.#home.clock.start(T1, this, 'G')
      this.#lifeTimer = this.#home.clock.start(lifetime, this, 'H')
    }
    return text
  }

  /** A CANCEL for it came. */
  cancelReceived(): void {
    if (this.open) this.#user?.cancelled()
  }

  /** The same INVITE came again. */
  retransmitted(): void {
    if (this.#timerTrying !== null) this.respond(100, reasonPhrase(100), '', '', '')
    else if (this.#lastResponse !== '' && (this.#state === 'proceeding' || this.#state === 'completed')) {
      this.#home.network.send(this.flow, this.#lastResponse, this)
    }
  }

  /** The ACK to a failure came, or came again. */
  ackReceived(): void {
    if (this.#state !== 'completed') return
    this.#state = 'confirmed'
    this.#lastResponse = ''
    this.#stopTimers()
    if (isReliable(this.flow)) this.#end()
    else this.#lifeTimer = this.#home.clock.start(T4, this, 'I')
    this.#user?.answerAcknowledged()
  }

  timerFired(name: string): void {
    if (this.#state === 'terminated') return
    switch (name) {
      case 'trying':
        this.respond(100, reasonPhrase(100), '', '', '')
        return
      case 'G':
        this.#timerG = null
        if (this.#state !== 'completed') return
        this.#interval = Math.min(this.#interval * 2, T2)
        this.#timerG = this.#home.clock.start(this.#interval, this, 'G')
        this.#home.network.send(this.flow, this.#lastResponse, this)
        this.#home.retransmitted++
        return
      case 'H':
        if (this.#state !== 'completed') return
        this.#lifeTimer = null
        this.#end()
        this.#user?.answerLost()
        return
      default:
        // I
        this.#lifeTimer = null
        this.#end()
    }
  }

  sendFailed(): void {
    // §17.2.4: the user is told. A caller whose connection is gone while the call is ringing is not ended here: he
    // may come back on another connection (RFC 5626); a failure that cannot be delivered is over.
    if (this.#state !== 'completed') return
    this.#stopTimers()
    this.#end()
    this.#user?.answerLost()
  }

  #stopTrying(): void {
    if (this.#timerTrying === null) return
    this.#home.clock.stop(this.#timerTrying)
    this.#timerTrying = null
  }

  #stopTimers(): void {
    if (this.#timerG !== null) this.#home.clock.stop(this.#timerG)
    if (this.#lifeTimer !== null) this.#home.clock.stop(this.#lifeTimer)
    this.#timerG = null
    this.#lifeTimer = null
  }

  #end(): void {
    this.#stopTimers()
    this.#state = 'terminated'
    this.#home.refusalEnded(this)
    this.#home.serverEnded(this.known)
  }
}
