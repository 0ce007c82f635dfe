import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, requestWithin } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { minimumOf } from '../sip/session-expires.ts'
import { asksToSign, renewed, sendWithin } from '../sip/signed-requests.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Leg } from './leg.ts'
import { allowHeader, contactHeader } from './passing.ts'
import type { CallServices } from './services.ts'

/** When a refresh that could not be made, or was refused for now, is tried again (ms). */
const again = 10_000
/** When one that could not be sent is tried again (ms). */
const unreachable = 60_000

/** A call one of whose sides is asked. */
export interface RefreshedCall {
  readonly over: boolean
  /** The other side: as far as offers go, it asks. Where there is none, the side itself. */
  other(leg: Leg): Leg
  /** The side knows nothing of the call any more. */
  lost(leg: Leg): void
  /** It says nothing any more. */
  unseen(leg: Leg): void
  /** It was seen, or is to be looked for again later. */
  refreshed(): void
  /** The re-INVITE that stood in the way of others has its final answer. */
  renegotiated(): void
}

/**
 * One request by which we see whether a side of a call is still there (RFC 4028 §7.4): UPDATE where it takes that, else
 * a re-INVITE that repeats its session where it relies on our refreshes, else OPTIONS, which asks nothing of a phone
 * that never heard of session timers.
 */
export class SessionRefresh implements ClientTransactionUser {
  /** While it is an INVITE it stands in the way of others (§14.2), as if the other side had sent it. */
  readonly sender: Dialog
  readonly #leg: Leg
  readonly #method: string
  readonly #services: CallServices
  readonly #conversation: RefreshedCall
  /** The INVITE, unsigned; `null` for other methods. */
  #request: OutgoingRequest | null
  #signature: string
  /** Challenges that were answered. */
  #answers: number
  #ackText: string
  #over: boolean

  private constructor(services: CallServices, conversation: RefreshedCall, leg: Leg, method: string) {
    this.sender = conversation.other(leg).dialog
    this.#leg = leg
    this.#method = method
    this.#services = services
    this.#conversation = conversation
    this.#request = null
    this.#signature = ''
    this.#answers = 0
    this.#ackText = ''
    this.#over = false
  }

  /** @param busy an offer is open on one of the sides: an INVITE has to wait */
  static start(services: CallServices, conversation: RefreshedCall, leg: Leg, busy: boolean): SessionRefresh | null {
    const { clock, network, random, transactions } = services
    const { dialog, timer } = leg
    const now = clock.now()
    const invites = leg.refreshedByInvite && leg.description !== ''
    if (invites && busy) {
      timer.postpone(now, again)
      return null
    }
    timer.postpone(now, unreachable)
    const method = timer.allowsUpdate ? 'UPDATE' : invites ? 'INVITE' : 'OPTIONS'
    const refresh = new SessionRefresh(services, conversation, leg, method)
    const own = contactHeader(network, dialog.flow) + allowHeader(conversation.other(leg).timer.allowsUpdate)
    const type = method === 'INVITE' ? `Content-Type: ${leg.descriptionType}\r\n` : ''
    const headers = method === 'OPTIONS' ? 'Accept: application/sdp\r\n' : own + timer.requestHeaders() + type
    const body = method === 'INVITE' ? leg.description : ''
    const request = requestWithin(dialog, method, 70, headers, body, network, random)
    if (method === 'INVITE') {
      refresh.#invite(request)
      return refresh
    }
    sendWithin(transactions, dialog, request, refresh)
    return null
  }

  /** The call ends while this is under way: an answer is still acknowledged. */
  abandon(): void {
    this.#over = true
  }

  responseReceived(response: SipMessage): void {
    const { status } = response
    if (status < 200) return
    const { signer } = this.#leg.dialog
    if (this.#request !== null && asksToSign(response, signer, this.#answers)) {
      this.#answers++
      this.#invite(renewed(this.#request, this.#leg.dialog, this.#services.transactions))
      return
    }
    if (status < 300 && this.#method === 'INVITE') this.#acknowledge(response.cseq)
    if (this.#over || this.#conversation.over) return
    const { timer, dialog } = this.#leg
    const now = this.#services.clock.now()
    this.#conclude()
    // RFC 4028 §10; §12.2.1.2: the peer knows nothing of the dialog any more.
    if (status === 481 || status === 408) {
      this.#conversation.lost(this.#leg)
      return
    }
    if (this.#method === 'OPTIONS' || (status >= 300 && timer.interval === 0)) timer.seen(now)
    else if (status < 300) {
      dialog.refreshTarget(response)
      timer.accepted(response, now)
    } else if (status === 422 && timer.lengthen(minimumOf(response))) timer.postpone(now, 0)
    else timer.postpone(now, again)
    // Whatever it said of itself: it does not take this method now.
    if (this.#method === 'UPDATE' && (status === 405 || status === 501)) timer.allowsUpdate = false
    this.#conversation.refreshed()
  }

  timedOut(): void {
    if (this.#over || this.#conversation.over) return
    this.#conclude()
    this.#conversation.unseen(this.#leg)
  }

  transportFailed(): void {
    if (this.#over || this.#conversation.over) return
    this.#conclude()
    const { bindings, clock } = this.#services
    const { timer, dialog } = this.#leg
    // A phone that lost its connection and came back with another one is there, though it cannot be asked here
    // (RFC 5626 §4.5).
    if (timer.interval === 0 && bindings.registeredFrom(dialog.flow.address)) timer.seen(clock.now())
  }

  #invite(request: OutgoingRequest): void {
    const { dialog } = this.#leg
    this.#request = request
    this.#signature = dialog.signer?.sign('INVITE', request.requestUri) ?? ''
    const headers = this.#signature + request.headers
    this.#services.transactions.sendInvite({ ...request, headers }, dialog.flow, this)
  }

  #conclude(): void {
    this.#over = true
    if (this.#method === 'INVITE') this.#conversation.renegotiated()
  }

  #acknowledge(sequence: number): void {
    const { network, random, transactions } = this.#services
    const { dialog } = this.#leg
    if (this.#ackText === '') {
      this.#ackText = transactions.sendAck(ackWithin(dialog, sequence, '', '', network, random), dialog.flow)
    } else network.send(dialog.flow, this.#ackText, null)
  }
}
