import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import { sendWithin } from '../sip/signed-requests.ts'
import type { NonInviteServerTransaction } from '../sip/transaction/non-invite-server.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import { allowLine, contactHeader, hasSessionDescription, hopsLeft, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'
import type { PassingSound } from './sound/sound.ts'

/** The two dialogs between which an UPDATE passes. */
export interface UpdateOwner {
  /** Lines for the UPDATE that goes on, besides those that pass: what is agreed about the session's timer. */
  updateHeaders(update: PassedUpdate): string
  /** The other side agreed by this 2xx. `answer`: its body, as it is passed on. @returns lines for the 2xx to the sender */
  updateAccepted(update: PassedUpdate, response: SipMessage, answer: string): string
  /** It is answered, well or ill. `gone`: the other side knows nothing of the dialog, or nothing at all. */
  updateOver(update: PassedUpdate, gone: boolean): void
}

/**
 * An UPDATE with an offer (RFC 3311) from one side of a call, early or answered, passed to the other: the offer and its
 * answer. A refusal leaves the session as it was.
 */
export class PassedUpdate implements ClientTransactionUser {
  readonly request: SipMessage
  readonly sender: Dialog
  readonly receiver: Dialog
  /** The offer as it goes on. */
  body: string
  readonly #passing: PassingSound | null
  readonly #services: CallServices
  readonly #owner: UpdateOwner
  readonly #server: NonInviteServerTransaction
  #over: boolean

  constructor(
    services: CallServices,
    owner: UpdateOwner,
    request: SipMessage,
    server: NonInviteServerTransaction,
    sender: Dialog,
    receiver: Dialog,
    passing: PassingSound | null,
  ) {
    this.request = request
    this.body = request.body
    this.#passing = passing
    this.sender = sender
    this.receiver = receiver
    this.#services = services
    this.#owner = owner
    this.#server = server
    this.#over = false
  }

  start(): void {
    const { network, random, transactions } = this.#services
    const { receiver, request } = this
    const hops = hopsLeft(request)
    if (hops < 0) {
      this.#finish(483, reasonPhrase(483), '', false)
      return
    }
    const body = this.#passing === null ? request.body : this.#passing.sound.offered(this.#passing.from, request)
    if (body === null) {
      this.#finish(488, reasonPhrase(488), '', false)
      return
    }
    this.body = body
    const own = contactHeader(network, receiver.flow) + allowLine + this.#owner.updateHeaders(this)
    const headers = own + passedHeaders(request)
    const outgoing = requestWithin(receiver, 'UPDATE', hops, headers, body, network, random)
    sendWithin(transactions, receiver, outgoing, this)
  }

  /** The call ends while this is under way (RFC 3261 §15.1.2). */
  abandon(): void {
    if (this.#over) return
    this.#over = true
    this.#server.respond(487, reasonPhrase(487), '', '')
  }

  responseReceived(response: SipMessage): void {
    const { status } = response
    if (status < 200 || this.#over) return
    if (status < 300) {
      this.#over = true
      this.receiver.refreshTarget(response)
      this.sender.refreshTarget(this.request)
      const own = contactHeader(this.#services.network, this.sender.flow) + allowLine
      const answer = this.#answerOf(response)
      const headers = own + this.#owner.updateAccepted(this, response, answer) + passedHeaders(response)
      this.#server.respond(200, reasonPhrase(200), headers, answer)
      this.#owner.updateOver(this, false)
      return
    }
    // A challenge is between the other side and us, and so is what it thinks of our session timer.
    const shown = status === 401 || status === 407 || status === 422 ? 488 : status
    const phrase = shown === status ? response.reasonPhrase : reasonPhrase(shown)
    const headers = passedHeaders(response) + response.lines(Header.retryAfter)
    this.#finish(shown, phrase, headers, status === 481 || status === 408)
  }

  #answerOf(response: SipMessage): string {
    if (this.#passing === null || !hasSessionDescription(response)) return response.body
    const { sound, from } = this.#passing
    return sound.answered(sound.other(from), response)
  }

  timedOut(): void {
    // RFC 4320 §4.2: an answer would only be discarded.
    if (this.#over) return
    this.#over = true
    this.#server.abandon()
    this.#owner.updateOver(this, true)
  }

  transportFailed(): void {
    if (!this.#over) this.#finish(503, reasonPhrase(503), '', false)
  }

  #finish(status: number, phrase: string, headers: string, gone: boolean): void {
    this.#over = true
    this.#server.respond(status, phrase, headers, '')
    this.#owner.updateOver(this, gone)
  }
}
