import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { parseRAck } from '../sip/reliable-provisional.ts'
import { reasonPhrase } from '../sip/response.ts'
import { lifetime } from '../sip/transaction/timers.ts'
import type { Flow, TimerOwner } from '../sip/transport.ts'
import type { DialogOwner } from './calls.ts'
import type { CallServices } from './services.ts'

/**
 * An early dialog of a caller that is over while his PRACK may still be on its way: another phone has answered, or the
 * call was refused. RFC 3262 §3 has it answered all the same, for as long as it can come.
 */
export class LateAcknowledgement implements DialogOwner, TimerOwner {
  readonly #services: CallServices
  readonly #tag: string
  readonly #callId: string
  readonly #fromTag: string
  /** CSeq number of the INVITE. */
  readonly #sequence: number
  readonly #responseNumber: number

  /** `responseNumber`: RSeq of the response to `invite` under our tag `tag` that is not acknowledged. */
  constructor(services: CallServices, invite: SipMessage, tag: string, responseNumber: number) {
    this.#services = services
    this.#tag = tag
    this.#callId = ownCopy(invite.callId)
    this.#fromTag = ownCopy(invite.fromTag)
    this.#sequence = invite.cseq
    this.#responseNumber = responseNumber
    services.calls.register(tag, this)
    services.clock.start(lifetime, this, 'late PRACK')
  }

  requestReceived(request: SipMessage, flow: Flow): void {
    const status = this.#fits(request) ? 200 : 481
    this.#services.transactions.acceptRequest(request, flow).respond(status, reasonPhrase(status), '', '')
  }

  #fits(request: SipMessage): boolean {
    if (request.method !== 'PRACK' || request.callId !== this.#callId || request.fromTag !== this.#fromTag) return false
    const rack = parseRAck(request.header(Header.rack))
    return rack?.responseNumber === this.#responseNumber && rack.sequence === this.#sequence && rack.method === 'INVITE'
  }

  ackReceived(): void {
    // Nothing here was answered by 2xx.
  }

  lateAnswerReceived(): void {
    // The tag is ours towards the caller, who answers nothing.
  }

  timerFired(): void {
    this.#services.calls.unregister(this.#tag)
  }
}
