import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import { retryLater } from './early-requests.ts'
import type { LocalCall, LocalSound } from './local-call.ts'
import { allowLine, contactHeader, hasSessionDescription } from './passing.ts'
import type { CallServices } from './services.ts'
import { SessionRefresh } from './session-refresh.ts'

/** Line of what has a session description. */
export const sdpType = 'Content-Type: application/sdp\r\n'

/** Offers and answers (RFC 3264) between a phone and the server that has answered it: one at a time. */
export class LocalOffers {
  readonly #services: CallServices
  readonly #call: LocalCall
  readonly #sound: LocalSound
  /** Our description is being made. */
  #describing: boolean
  #refresh: SessionRefresh | null

  constructor(services: CallServices, call: LocalCall, sound: LocalSound) {
    this.#services = services
    this.#call = call
    this.#sound = sound
    this.#describing = false
    this.#refresh = null
  }

  /** One is under way, or is being made. */
  get busy(): boolean {
    return this.#describing || this.#refresh !== null
  }

  /** A re-INVITE of the phone. */
  invited(request: SipMessage, flow: Flow): void {
    const { transactions } = this.#services
    const server = transactions.acceptInvite(request, flow)
    // RFC 3261 §14.2: one offer at a time.
    const status = this.#call.leg.answer !== null || this.#describing ? 500 : this.busy ? 491 : 0
    if (status !== 0) {
      this.#call.refreshed()
      server.respond(status, reasonPhrase(status), '', status === 500 ? retryLater(this.#services) : '', '')
      return
    }
    this.#call.leg.dialog.refreshTarget(request)
    this.#describing = true
    this.#sound.describe(hasSessionDescription(request) ? request.body : '', (description) => {
      this.#describing = false
      if (this.#call.over) server.respond(487, reasonPhrase(487), '', '', '')
      else if (description === '') server.respond(488, reasonPhrase(488), '', '', '')
      else this.#call.answer(request, server, description, '')
    })
  }

  /** An UPDATE of the phone. */
  updated(request: SipMessage, flow: Flow): void {
    const { clock, network, transactions } = this.#services
    const { dialog, timer } = this.#call.leg
    const server = transactions.acceptRequest(request, flow)
    if (hasSessionDescription(request) && (this.busy || this.#call.leg.answer !== null)) {
      this.#call.refreshed()
      server.respond(491, reasonPhrase(491), '', '')
      return
    }
    dialog.refreshTarget(request)
    const headers = contactHeader(network, dialog.flow) + allowLine + timer.accepting(request, clock.now())
    if (!hasSessionDescription(request)) {
      this.#call.refreshed()
      server.respond(200, reasonPhrase(200), headers, '')
      return
    }
    this.#describing = true
    this.#sound.describe(request.body, (description) => {
      this.#describing = false
      this.describe(description)
      this.#call.refreshed()
      if (description === '') server.respond(488, reasonPhrase(488), '', '')
      else server.respond(200, reasonPhrase(200), headers + sdpType, description)
    })
  }

  /** Keeps what a refresh would have to repeat. */
  describe(description: string): void {
    this.#call.leg.descriptionType = 'application/sdp'
    this.#call.leg.description = description
  }

  /** The phone is asked whether it is still there. */
  refresh(): void {
    const { leg } = this.#call
    this.#refresh =
      SessionRefresh.start(this.#services, this.#call, leg, this.busy || leg.answer !== null) ?? this.#refresh
  }

  /** The re-INVITE of a refresh has its answer. */
  refreshed(): void {
    this.#refresh = null
  }

  /** The call ends, or goes on without us. */
  stop(): void {
    this.#refresh?.abandon()
  }
}
