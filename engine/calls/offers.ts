import type { Dialog } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { Conversation } from './conversation.ts'
import { retryLater } from './early-requests.ts'
import { heldAnswer } from './held-answer.ts'
import type { Leg } from './leg.ts'
import type { UpdateOwner } from './passed-update.ts'
import { PassedUpdate } from './passed-update.ts'
import { allowHeader, contactHeader, hasSessionDescription } from './passing.ts'
import { Renegotiation } from './renegotiation.ts'
import { Resynchronisation } from './resynchronisation.ts'
import type { CallServices } from './services.ts'
import { SessionRefresh } from './session-refresh.ts'

/** An offer under way: while there is one, none may be made beside it. */
export interface OpenOffer {
  /** The dialog of the side that made it, or in whose name we did. */
  readonly sender: Dialog
  /** It is made to the side that stays when the other one hangs up, and goes on. */
  readonly outlivesOther?: true
  /** The call ends meanwhile. */
  abandon(): void
}

/**
 * Offers and answers (RFC 3264) between the sides of an answered call: one at a time, whoever makes it, and how far it
 * is. Made when the first one comes: most calls have none.
 */
export class Offers implements UpdateOwner {
  readonly #services: CallServices
  readonly #call: Conversation
  /** The offer that is under way between the sides, or the refresh that makes one. */
  #open: OpenOffer | null
  /** The process before this one had an offer under way: whether both sides agree is not known. */
  #unsettled: boolean

  constructor(services: CallServices, call: Conversation, unsettled: boolean) {
    this.#services = services
    this.#call = call
    this.#open = null
    this.#unsettled = unsettled
  }

  /** One is under way. */
  get open(): boolean {
    return this.#open !== null
  }

  /** A crash now would leave it open whether both sides have taken an offer. */
  get unsettled(): boolean {
    return this.#unsettled || (this.#open !== null && !(this.#open instanceof SessionRefresh))
  }

  /** A re-INVITE of a side. */
  invited(leg: Leg, request: SipMessage, flow: Flow): void {
    if (this.#call.isAlone(leg)) {
      this.#answerAlone(leg, request, flow)
      return
    }
    const conflict = this.#conflict(leg)
    if (conflict !== 0) {
      const headers = conflict === 500 ? retryLater(this.#services) : ''
      const { transactions } = this.#services
      transactions.acceptInvite(request, flow).respond(conflict, reasonPhrase(conflict), '', headers, '')
      return
    }
    const renegotiation = new Renegotiation(this.#services, this.#call, leg, request, flow)
    this.#open = renegotiation
    renegotiation.start()
  }

  /** A side whose other side has hung up is kept on hold, until what is being arranged for it is there. */
  #answerAlone(leg: Leg, request: SipMessage, flow: Flow): void {
    const { transactions, network, clock } = this.#services
    const server = transactions.acceptInvite(request, flow)
    if (this.#open !== null || leg.answer !== null || !hasSessionDescription(request)) {
      // An offer of ours would have to be made of nothing.
      const status = this.#open !== null ? 491 : leg.answer !== null ? 500 : 488
      server.respond(status, reasonPhrase(status), '', status === 500 ? retryLater(this.#services) : '', '')
      return
    }
    leg.dialog.refreshTarget(request)
    const own = contactHeader(network, leg.dialog.flow) + allowHeader(true)
    const headers = `${own}${leg.timer.accepting(request, clock.now())}Content-Type: application/sdp\r\n`
    const text = server.respond(200, reasonPhrase(200), '', headers, heldAnswer(request.body))
    this.#call.answered(leg, text, flow, request.cseq, null)
  }

  /** An UPDATE of a side. */
  updated(leg: Leg, request: SipMessage, flow: Flow): void {
    const { transactions, network, clock } = this.#services
    const server = transactions.acceptRequest(request, flow)
    const other = this.#call.other(leg)
    if (!hasSessionDescription(request)) {
      // It refreshes target and timer, which are this side's alone.
      leg.dialog.refreshTarget(request)
      const own = contactHeader(network, leg.dialog.flow) + allowHeader(other.timer.allowsUpdate)
      server.respond(200, reasonPhrase(200), own + leg.timer.accepting(request, clock.now()), '')
      return
    }
    if (this.#call.isAlone(leg)) {
      leg.dialog.refreshTarget(request)
      const own = contactHeader(network, leg.dialog.flow) + allowHeader(true)
      const headers = `${own}${leg.timer.accepting(request, clock.now())}Content-Type: application/sdp\r\n`
      server.respond(200, reasonPhrase(200), headers, heldAnswer(request.body))
      return
    }
    const status = this.#conflict(leg) || (other.timer.allowsUpdate ? 0 : 488)
    if (status !== 0) {
      server.respond(status, reasonPhrase(status), status === 500 ? retryLater(this.#services) : '', '')
      return
    }
    const update = new PassedUpdate(
      this.#services,
      this,
      request,
      server,
      leg.dialog,
      other.dialog,
      this.#call.passing(leg),
    )
    this.#open = update
    update.start()
  }

  /** An offer of somebody who is not in the call yet. */
  begin(offer: OpenOffer): void {
    this.#open = offer
  }

  /** It is over, whatever became of it. */
  end(offer: OpenOffer): void {
    if (this.#open === offer) this.#open = null
  }

  /** A side is asked whether it is still there. */
  refresh(leg: Leg): void {
    const { caller, callee } = this.#call
    const busy = this.#open !== null || caller.answer !== null || callee.answer !== null
    this.#open = SessionRefresh.start(this.#services, this.#call, leg, busy) ?? this.#open
  }

  /** The sides are new to each other. */
  introduce(): void {
    this.#open ??= new Resynchronisation(this.#services, this.#call, true)
    this.#call.refreshed()
  }

  /** Nobody knows whether both sides have taken the last offer: they are asked, unless one is under way or one side has left. */
  resynchronise(): void {
    const { caller, callee } = this.#call
    if (caller.hungUp || callee.hungUp) {
      this.#unsettled = false
      return
    }
    this.#open ??= new Resynchronisation(this.#services, this.#call, false)
  }

  /** All of the journal is read: what the process before this one left open is settled. */
  restored(): void {
    if (this.#unsettled) this.resynchronise()
  }

  /** The open offer has its final answer. */
  settled(): void {
    this.#open = null
    this.#unsettled = false
  }

  /** One side is alone from now on. */
  otherLeft(): void {
    if (this.#open?.outlivesOther !== true) this.abandon()
  }

  /** The call ends. */
  abandon(): void {
    this.#open?.abandon()
    this.#open = null
  }

  /**
   * §14.2, RFC 3311 §5.2: one offer at a time. @returns 500 to the side that has one open and may try again shortly, 491
   * to the other, of which both wait for a random time; 0 where the way is free
   */
  #conflict(leg: Leg): 0 | 491 | 500 {
    if (leg.answer !== null || this.#open?.sender === leg.dialog) return 500
    return this.#open !== null || this.#call.other(leg).answer !== null ? 491 : 0
  }

  // --- an UPDATE that passes

  updateHeaders(update: PassedUpdate): string {
    return this.#call.legOf(update.receiver.localTag).timer.requestHeaders()
  }

  updateAccepted(update: PassedUpdate, response: SipMessage, answer: string): string {
    const now = this.#services.clock.now()
    const receiver = this.#call.legOf(update.receiver.localTag)
    const sender = this.#call.legOf(update.sender.localTag)
    receiver.timer.accepted(response, now)
    receiver.describe(update.request, update.body)
    const lines = sender.timer.accepting(update.request, now)
    sender.describe(response, answer)
    this.#call.offerTaken(sender, update.request.body)
    return lines
  }

  updateOver(update: PassedUpdate, gone: boolean): void {
    if (this.#open === update) this.#open = null
    this.#unsettled = false
    if (gone) this.#call.lostAt(update.receiver)
    else this.#call.refreshed()
  }
}
