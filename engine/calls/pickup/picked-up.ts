import type { UserTarget } from '../../router/decision.ts'
import { crossedAnswer } from '../../sdp/crossed-answer.ts'
import type { Dialog } from '../../sip/dialog.ts'
import { dialogOfRequest } from '../../sip/dialog.ts'
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { parseMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import { Conversation } from '../conversation.ts'
import type { AnsweringSide } from '../fork.ts'
import { heldAnswer } from '../held-answer.ts'
import { allowHeader, contactHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices } from '../services.ts'
import type { Sound } from '../sound/sound.ts'
import type { TakenInvite } from '../taken-invite.ts'

/** Id of the call that is taken, and where it rang, for people. */
export interface RangAt {
  readonly call: string
  readonly title: string
}

/**
 * Somebody who takes a ringing call by an INVITE of his own. Towards the call he is a phone that answers: his offer is
 * the answer to the caller's, and the caller's the answer to his (`crossedAnswer`). He is told once the caller is.
 */
export class PickedUp implements AnsweringSide {
  readonly target: UserTarget
  /** The answer that a phone would have given. */
  readonly response: SipMessage
  sound: Sound | null
  readonly #services: CallServices
  readonly #taken: TakenInvite
  readonly #dialog: Dialog
  /** What he is told if the caller has nothing to say any more; '' where the caller's answer is still awaited. */
  readonly #description: string
  /** Whole lines of his 200 that say with whom he is connected. */
  readonly #shown: string
  /** Where the call rang, for the record of his own. */
  readonly #from: RangAt
  #isAnswered: boolean

  private constructor(
    services: CallServices,
    taken: TakenInvite,
    target: UserTarget,
    from: RangAt,
    response: SipMessage,
    dialog: Dialog,
    sound: Sound | null,
    description: string,
    shown: string,
  ) {
    this.#services = services
    this.#taken = taken
    this.target = target
    this.response = response
    this.#dialog = dialog
    this.sound = sound
    this.#description = description
    this.#shown = shown
    this.#from = from
    this.#isAnswered = false
  }

  /**
   * @param target the user who takes the call
   * @param from the call, and where it rang
   * @param offer what his phone would have been offered by the caller; '' for nothing
   * @param shown whole lines of his 200
   * @returns `null` where the two have no codec in common, or he offers nothing
   */
  static of(
    services: CallServices,
    taken: TakenInvite,
    target: UserTarget,
    from: RangAt,
    offer: string,
    sound: Sound | null,
    shown: string,
  ): PickedUp | null {
    const { request } = taken
    if (!hasSessionDescription(request)) return null
    const description = offer === '' ? '' : crossedAnswer(request.body, offer, 'passive')
    const body = offer === '' ? request.body : crossedAnswer(offer, request.body, 'active')
    if (description === null || body === null) return null
    const dialog = dialogOfRequest(request, services.random.token(12), taken.flow)
    const response = parseMessage(
      `SIP/2.0 200 OK\r\n${request.lines(Header.via)}${request.lines(Header.from)}${request.lines(Header.to)}` +
        `${request.lines(Header.callId)}${request.lines(Header.cseq)}${request.lines(Header.allow)}` +
        `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    if (response === null) return null
    return new PickedUp(services, taken, target, from, response, dialog, sound, description, shown)
  }

  /** His offer is the answer to the caller's; where that is not known yet, it stays one. */
  get tookOffer(): boolean {
    return this.#description !== ''
  }

  refuse(status: number): boolean {
    if (this.#isAnswered) return false
    this.#taken.refuse(status, reasonPhrase(status), '')
    return true
  }

  callerTagOf(): string {
    return this.#services.random.token(12)
  }

  answeredDialog(): Dialog {
    return this.#dialog
  }

  earlyDialog(): undefined {
    return undefined
  }

  /** The caller is told, or has answered: now he who takes the call is. `body`: the caller's answer to an offer of his. */
  acknowledge(_dialog: Dialog, _sequence: number, _headers: string, body: string): void {
    const services = this.#services
    const { transaction, request } = this.#taken
    const conversation = services.calls.ownerOf(this.#dialog.localTag)
    if (!(conversation instanceof Conversation)) return
    const leg = conversation.legOf(this.#dialog.localTag)
    if (!transaction.open) {
      conversation.lost(leg)
      return
    }
    // The caller may have left without an answer: what was offered is answered all the same, and a BYE follows.
    const description = this.#description || body || heldAnswer(request.body)
    this.#isAnswered = true
    this.#taken.pickedUp(this.#from.call, this.#from.title)
    const session = leg.timer.accepting(request, services.clock.now())
    if (leg.refreshedByInvite) {
      leg.descriptionType = 'application/sdp'
      leg.description = description
    }
    const other = conversation.other(leg)
    const headers =
      contactHeader(services.network, transaction.flow) +
      allowHeader(other.timer.allowsUpdate) +
      this.#shown +
      session +
      'Content-Type: application/sdp\r\n'
    const text = transaction.respond(200, reasonPhrase(200), this.#dialog.localTag, headers, description)
    services.obligations.answerSettled(transaction)
    conversation.answered(leg, text, transaction.flow, request.cseq, null)
  }
}
