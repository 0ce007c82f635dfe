import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod } from '../sip/option-tags.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { sendWithin } from '../sip/signed-requests.ts'
import type { NonInviteServerTransaction } from '../sip/transaction/non-invite-server.ts'
import type { Flow } from '../sip/transport.ts'
import { PassedRequest } from './passed-request.ts'
import type { PassedUpdate } from './passed-update.ts'
import { hasSessionDescription } from './passing.ts'
import type { CallServices } from './services.ts'

/** Whose business the requests of a phone are that has not answered yet. */
export interface EarlyDialogOwner {
  requestFromRinging(early: EarlyDialog, request: SipMessage, flow: Flow): void
}

/** A session description that one side was told in an early dialog, of its Content-Type; both '' before. */
export interface EarlyDescription {
  readonly type: string
  readonly text: string
}

const nothingSaid: EarlyDescription = { type: '', text: '' }

/** The description in `message`, or `before` where it has none. */
function descriptionIn(message: SipMessage, before: EarlyDescription): EarlyDescription {
  if (!hasSessionDescription(message)) return before
  return { type: ownCopy(message.header(Header.contentType)), text: ownCopy(message.body) }
}

/**
 * A dialog with a phone or trunk that has not answered but wants its provisional responses acknowledged (RFC 3262), and
 * so can already be told things: PRACK and UPDATE.
 */
export class EarlyDialog {
  readonly dialog: Dialog
  readonly #services: CallServices
  /** Number of the INVITE. */
  readonly #sequence: number
  /** RSeq of the newest response taken; -1 before the first. */
  #responseNumber: number
  /** The phone takes UPDATE. */
  readonly allowsUpdate: boolean
  /** Both ends have agreed on a session: an offer may be made by UPDATE (RFC 3311 §5.1). */
  agreed: boolean
  /** The UPDATE with an offer that is under way. */
  update: PassedUpdate | null
  /** The phone is cancelled, has refused or has answered: nothing more is said early. */
  over: boolean
  /** Type and text of the session it was told PRACK for by us, because the caller cannot; or ''. */
  answerType: string
  answer: string
  /** The newest of the phone's descriptions that the caller was told, and of the caller's that the phone was told. */
  said: EarlyDescription
  told: EarlyDescription

  constructor(services: CallServices, dialog: Dialog, response: SipMessage) {
    this.dialog = dialog
    this.#services = services
    this.#sequence = response.cseq
    this.#responseNumber = -1
    this.allowsUpdate = allowsMethod(response, 'UPDATE')
    this.agreed = false
    this.update = null
    this.over = false
    this.answerType = ''
    this.answer = ''
    this.said = nothingSaid
    this.told = nothingSaid
  }

  /** What this message of the phone says of its session goes to the caller. */
  says(message: SipMessage): void {
    this.said = descriptionIn(message, this.said)
  }

  /** What this message of the caller's says of his session goes to the phone. */
  isTold(message: SipMessage): void {
    this.told = descriptionIn(message, this.told)
  }

  /**
   * Takes a reliable response by its RSeq (RFC 3262 §4): 'next' is to be acknowledged, 'again' is a copy of the newest,
   * and what is 'early' came before one that is missing: it is dropped, and comes again.
   */
  take(responseNumber: number): 'next' | 'again' | 'early' {
    if (responseNumber === this.#responseNumber) return 'again'
    if (this.#responseNumber >= 0 && responseNumber !== this.#responseNumber + 1) return 'early'
    this.#responseNumber = responseNumber
    return 'next'
  }

  get responseNumber(): number {
    return this.#responseNumber
  }

  /** Acknowledges the newest response for a caller who cannot, and keeps the session that the phone answered with. */
  acknowledge(response: SipMessage): void {
    const { network, random, transactions } = this.#services
    if (hasSessionDescription(response)) {
      this.answerType = ownCopy(response.header(Header.contentType))
      this.answer = ownCopy(response.body)
    }
    const prack = requestWithin(this.dialog, 'PRACK', 70, this.#rack(this.#responseNumber), '', network, random)
    sendWithin(transactions, this.dialog, prack, null)
  }

  /** Passes the caller's PRACK for the response with this RSeq. */
  passAcknowledgement(prack: SipMessage, server: NonInviteServerTransaction, responseNumber: number): void {
    PassedRequest.pass(this.#services, null, prack, server, this.dialog, this.#rack(responseNumber))
  }

  #rack(responseNumber: number): string {
    return `RAck: ${responseNumber} ${this.#sequence} INVITE\r\n`
  }
}
