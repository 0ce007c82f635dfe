import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod } from '../sip/option-tags.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { reasonPhrase } from '../sip/response.ts'
import { sendWithin } from '../sip/signed-requests.ts'
import type { NonInviteServerTransaction } from '../sip/transaction/non-invite-server.ts'
import type { Flow } from '../sip/transport.ts'
import { PassedRequest } from './passed-request.ts'
import type { PassedUpdate } from './passed-update.ts'
import { hasSessionDescription } from './passing.ts'
import type { CallServices } from './services.ts'
import type { Sound } from './sound/sound.ts'

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

/** The description in `message`, as it is passed on, or `before` where it has none. */
function descriptionIn(message: SipMessage, body: string, before: EarlyDescription): EarlyDescription {
  if (!hasSessionDescription(message)) return before
  return { type: ownCopy(message.header(Header.contentType)), text: ownCopy(body) }
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
  /** RSeq of the newest response that was acknowledged, by us or by the caller; -1 before. */
  #acknowledged: number
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
  /** `null` where sound does not pass through us. */
  readonly sound: Sound | null
  /** The newest of the phone's descriptions that the caller was told, and of the caller's that the phone was told. */
  said: EarlyDescription
  told: EarlyDescription

  constructor(services: CallServices, dialog: Dialog, response: SipMessage, sound: Sound | null) {
    this.dialog = dialog
    this.#services = services
    this.#sequence = response.cseq
    this.#responseNumber = -1
    this.#acknowledged = -1
    this.allowsUpdate = allowsMethod(response, 'UPDATE')
    this.agreed = false
    this.update = null
    this.over = false
    this.answerType = ''
    this.answer = ''
    this.sound = sound
    this.said = nothingSaid
    this.told = nothingSaid
  }

  /** What this message of the phone says of its session goes to the caller, by this body. */
  says(message: SipMessage, body: string): void {
    this.said = descriptionIn(message, body, this.said)
  }

  /** What this message of the caller's says of his session goes to the phone, by this body. */
  isTold(message: SipMessage, body: string): void {
    this.told = descriptionIn(message, body, this.told)
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

  /**
   * Acknowledges the newest response for a caller who cannot, and keeps the session that the phone answered with.
   * @param body of the response as the caller would be told it
   */
  acknowledge(response: SipMessage, body: string): void {
    if (hasSessionDescription(response)) {
      this.answerType = ownCopy(response.header(Header.contentType))
      this.answer = ownCopy(body)
    }
    this.#sendAcknowledgement()
  }

  /**
   * The newest response came again, and whoever was to acknowledge it does not wait for this phone any more: it is
   * acknowledged for him, or the phone would give up (RFC 3262 §3).
   */
  acknowledgeAbandoned(): void {
    if (this.#acknowledged === this.#responseNumber) return
    this.answerType = this.said.type
    this.answer = this.said.text
    this.#sendAcknowledgement()
  }

  /** Passes the caller's PRACK for the response with this RSeq. */
  passAcknowledgement(prack: SipMessage, server: NonInviteServerTransaction, responseNumber: number): void {
    const { sound } = this
    // It answers the phone's offer, or makes one of the caller's.
    const body = sound !== null && hasSessionDescription(prack) ? sound.said(sound.caller, prack) : prack.body
    if (body === null) {
      server.respond(488, reasonPhrase(488), '', '')
      return
    }
    this.isTold(prack, body)
    this.#acknowledged = responseNumber
    const passing = sound === null ? null : { sound, from: sound.caller }
    PassedRequest.pass(this.#services, null, prack, server, this.dialog, this.#rack(responseNumber), body, passing)
  }

  #sendAcknowledgement(): void {
    const { network, random, transactions } = this.#services
    this.#acknowledged = this.#responseNumber
    const prack = requestWithin(this.dialog, 'PRACK', 70, this.#rack(this.#responseNumber), '', network, random)
    sendWithin(transactions, this.dialog, prack, null)
  }

  #rack(responseNumber: number): string {
    return `RAck: ${responseNumber} ${this.#sequence} INVITE\r\n`
  }
}
