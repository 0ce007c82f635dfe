import type { SipMessage } from '../message.ts'
import type { OutgoingRequest } from '../request.ts'
import { ackOfFailure, requestText } from '../request.ts'
import type { Flow, SendFailureListener, TimerHandle, TimerOwner } from '../transport.ts'
import type { ClientTransactionUser, TransactionHome } from './parts.ts'
import { isReliable } from './parts.ts'
import { lifetime, T1, timerD } from './timers.ts'

type State = 'calling' | 'proceeding' | 'completed' | 'terminated'

/**
 * INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2, and the side of CANCEL that
 * belongs to it (§9.1): none leaves before a provisional response came.
 *
 *             |INVITE sent
 *   A: again  V
 *    +-- +---------+  1xx   +------------+ <-+ 1xx
 *    +-> | calling |------> | proceeding |---+
 *        +---------+        +------------+
 *      B |  | | 2xx           | 2xx  | 300-699: ACK
 *        |  | +-------+-------+      |
 *        |  | 300-699 V              V
 *        |  +--+ +----------+   +-----------+ <-+ 300-699: ACK again
 *        |     | | accepted |   | completed |---+
 *        |     | +----------+   +-----------+
 *        V     V      | M            | D
 *        terminated <-+--------------+
 *
 * In Accepted it only hands further 2xx to its user. So it is over with the first, and the layer does that for the time of
 * Timer M (answered-invites.ts).
 */
export class InviteClientTransaction implements TimerOwner, SendFailureListener {
  readonly key: string
  /** Where it was sent; where its peer has lost that connection, the one by which it answers or is back. */
  flow: Flow
  /** `null` after a 2xx: nothing more is made of it, and it would be the largest thing kept for 32 s. */
  #request: OutgoingRequest | null
  #state: State
  readonly #user: ClientTransactionUser
  readonly #home: TransactionHome
  /** Kept while it may have to be sent again. */
  #text: string
  #ack: string
  #timerA: TimerHandle | null
  /** B, D, or the end of patience after CANCEL: one at a time. */
  #lifeTimer: TimerHandle | null
  #interval: number
  /** What sends the CANCEL, once one is wanted but may not leave yet. */
  #waitingCancel: ((invite: OutgoingRequest) => void) | null

  constructor(home: TransactionHome, key: string, request: OutgoingRequest, flow: Flow, user: ClientTransactionUser) {
    this.key = key
    this.flow = flow
    this.#request = request
    this.#state = 'calling'
    this.#user = user
    this.#home = home
    this.#text = ''
    this.#ack = ''
    this.#timerA = null
    this.#lifeTimer = null
    this.#interval = T1
    this.#waitingCancel = null
  }

  /** Sends the INVITE. */
  start(request: OutgoingRequest): void {
    this.#text = requestText(request)
    if (!isReliable(this.flow)) this.#timerA = this.#home.clock.start(T1, this, 'A')
    this.#lifeTimer = this.#home.clock.start(lifetime, this, 'B')
    this.#home.network.send(this.flow, this.#text, this)
  }

  /** Takes up an INVITE that a process before this one sent: nothing is sent, and it counts as ringing. */
  resume(): void {
    this.#state = 'proceeding'
  }

  /** No final response came yet. */
  get open(): boolean {
    return this.#state === 'calling' || this.#state === 'proceeding'
  }

  /** Calls `send` with the INVITE as soon as a CANCEL may leave; never, if a final response comes first. */
  whenCancellable(send: (invite: OutgoingRequest) => void): void {
    if (this.#state === 'calling') this.#waitingCancel = send
    else if (this.#state === 'proceeding') this.#cancel(send)
  }

  /** Calls `send` with the INVITE where it rings and is cancelled: its CANCEL could not be sent. */
  whenCancelledAgain(send: (invite: OutgoingRequest) => void): void {
    if (this.#state === 'proceeding' && this.#request !== null) send(this.#request)
  }

  /** §18.2.2: a response may come by another connection, where the one of its request is gone. */
  #answeredBy(flow: Flow): void {
    const { connection, transport } = this.flow
    if (connection !== 0 && flow.connection !== connection && flow.transport === transport) this.flow = flow
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        if (!this.#isAnswer(response)) return
        this.#answeredBy(flow)
        if (response.status < 200) this.#provisional(response, flow)
        else this.#final(response, flow)
        return
      case 'completed':
        if (response.status >= 300) this.#home.network.send(this.flow, this.#ack, null)
        return
      case 'terminated':
        return
    }
  }

  /**
   * Dialogs are made of what a response repeats (§8.2.6.2): one that names another From tag, Call-ID or number would
   * put itself in the place of somebody else's dialog.
   */
  #isAnswer(response: SipMessage): boolean {
    const request = this.#request
    if (request === null) return false
    return (
      response.callId === request.callId &&
      response.cseq === request.cseq &&
      request.from.endsWith(`;tag=${response.fromTag}`)
    )
  }

  timerFired(name: string): void {
    if (this.#state === 'terminated') return
    switch (name) {
      case 'A':
        this.#timerA = null
        if (this.#state !== 'calling') return
        this.#interval *= 2
        this.#timerA = this.#home.clock.start(this.#interval, this, 'A')
        this.#home.network.send(this.flow, this.#text, this)
        this.#home.retransmitted++
        return
      case 'B':
      case 'cancelled':
        if (!this.open) return
        this.#lifeTimer = null
        this.#end()
        this.#user.timedOut()
        return
      default:
        // D
        this.#lifeTimer = null
        this.#end()
    }
  }

  sendFailed(): void {
    if (!this.open) return
    this.#end()
    this.#user.transportFailed()
  }

  #provisional(response: SipMessage, flow: Flow): void {
    if (this.#state === 'calling') {
      this.#state = 'proceeding'
      this.#stopTimers()
      this.#text = ''
      const waiting = this.#waitingCancel
      if (waiting !== null) this.#cancel(waiting)
    }
    this.#user.responseReceived(response, flow)
  }

  #cancel(send: (invite: OutgoingRequest) => void): void {
    this.#waitingCancel = null
    // While it rings no timer runs but that of the CANCEL, of which there is one.
    if (this.#request === null || this.#lifeTimer !== null) return
    // §9.1: an INVITE that a CANCEL does not end within 64 T1 counts as cancelled.
    this.#lifeTimer = this.#home.clock.start(lifetime, this, 'cancelled')
    send(this.#request)
  }

  #final(response: SipMessage, flow: Flow): void {
    this.#stopTimers()
    this.#text = ''
    this.#waitingCancel = null
    if (response.status < 300) {
      this.#state = 'terminated'
      this.#request = null
      this.#home.inviteAnswered(this.key, this.#user)
    } else {
      if (this.#request !== null) this.#ack = requestText(ackOfFailure(this.#request, response.to))
      this.#request = null
      this.#home.network.send(this.flow, this.#ack, null)
      if (isReliable(this.flow)) {
        this.#end()
      } else {
        this.#state = 'completed'
        this.#lifeTimer = this.#home.clock.start(timerD, this, 'D')
      }
    }
    this.#user.responseReceived(response, flow)
  }

  #stopTimers(): void {
    if (this.#timerA !== null) this.#home.clock.stop(this.#timerA)
    if (this.#lifeTimer !== null) this.#home.clock.stop(this.#lifeTimer)
    this.#timerA = null
    this.#lifeTimer = null
  }

  #end(): void {
    this.#stopTimers()
    this.#state = 'terminated'
    this.#home.clientEnded(this.key)
  }
}
