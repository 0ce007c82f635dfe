import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, requestWithin } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { hasOptionTag } from '../sip/option-tags.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { reasonPhrase } from '../sip/response.ts'
import { minimumOf } from '../sip/session-expires.ts'
import { asksToSign, renewed } from '../sip/signed-requests.ts'
import type { InviteClientTransaction } from '../sip/transaction/invite-client.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { ClientTransactionUser, InviteServerUser } from '../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { Conversation } from './conversation.ts'
import { heldAnswer } from './held-answer.ts'
import type { Leg } from './leg.ts'
import { allowHeader, contactHeader, hasSessionDescription, hopsLeft, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'

/** How long a re-INVITE may stay without a final answer (ms): Timer C's three minutes (RFC 3261 §16.6, step 11). */
const patience = 180_000

/**
 * A re-INVITE (RFC 3261 §14) from one side, passed to the other: the offer, its answer and the ACK, so that both ends
 * agree on one session. A refusal leaves the call as it was.
 */
export class Renegotiation implements ClientTransactionUser, InviteServerUser, TimerOwner {
  readonly from: Leg
  readonly #to: Leg
  readonly #services: CallServices
  readonly #conversation: Conversation
  readonly #request: SipMessage
  readonly #server: InviteServerTransaction
  #client: InviteClientTransaction | null
  /** The offer as it goes on; '' for none. */
  #body: string
  /** What went to the other side, unsigned. */
  #sent: OutgoingRequest | null
  #signature: string
  /** Challenges that were answered. */
  #answers: number
  #ackText: string
  #over: boolean
  /** The side that asked has left, or the call is over. */
  #abandoned: boolean
  #timerC: TimerHandle | null

  constructor(services: CallServices, conversation: Conversation, from: Leg, request: SipMessage, flow: Flow) {
    this.from = from
    this.#to = conversation.other(from)
    this.#services = services
    this.#conversation = conversation
    this.#request = request
    this.#server = services.transactions.acceptInvite(request, flow)
    this.#server.user = this
    this.#client = null
    this.#body = ''
    this.#sent = null
    this.#signature = ''
    this.#answers = 0
    this.#ackText = ''
    this.#over = false
    this.#abandoned = false
    this.#timerC = null
  }

  get sender(): Dialog {
    return this.from.dialog
  }

  start(): void {
    const { network, random } = this.#services
    const hops = hopsLeft(this.#request)
    if (hops < 0) {
      this.#finish(483, reasonPhrase(483), '')
      return
    }
    this.#services.obligations.answerOwed(this.#server)
    this.#server.respond(100, reasonPhrase(100), '', '', '')
    const { dialog } = this.#to
    const headers = this.#ownHeaders(this.#to) + this.#to.timer.requestHeaders() + passedHeaders(this.#request)
    const body = this.#conversation.bodyOfOffer(this.from, this.#request)
    if (body === null) {
      this.#finish(488, reasonPhrase(488), '')
      return
    }
    this.#body = body
    const invite = requestWithin(dialog, 'INVITE', hops, headers, body, network, random)
    this.#invite(invite)
    this.#timerC = this.#services.clock.start(patience, this, 'C')
  }

  /** The other side said that it is looking at it and then nothing more (as Timer C, RFC 3261 §16.8). */
  timerFired(): void {
    this.#timerC = null
    this.cancelled()
  }

  /** The call ends while this is under way. */
  abandon(): void {
    if (this.#over) return
    this.#conclude()
    this.#abandoned = true
    if (this.#client !== null) this.#services.transactions.cancel(this.#client, '')
    this.#services.obligations.refuse(this.#server, 487, reasonPhrase(487), '', '')
  }

  cancelled(): void {
    if (this.#client !== null) this.#services.transactions.cancel(this.#client, '')
  }

  answerAcknowledged(): void {
    // What is refused goes over to the obligations.
  }

  answerLost(): void {
    // Likewise: a refusal of a re-INVITE that was never acknowledged changes nothing.
  }

  responseReceived(response: SipMessage): void {
    const { status } = response
    if (status >= 200 && status < 300) {
      this.#answerReceived(response)
      return
    }
    if (this.#over) return
    if (status === 100) return
    const { dialog } = this.#to
    if (this.#sent !== null && asksToSign(response, dialog.signer, this.#answers)) {
      this.#answers++
      this.#invite(renewed(this.#sent, dialog, this.#services.transactions))
      return
    }
    if (status < 200) {
      // RFC 3262 §3: to a side that takes only reliable ones, none are sent: it is no ringing phone that is waited for.
      if (hasOptionTag(this.#request, Header.require, '100rel')) return
      const headers = this.#ownHeaders(this.from) + passedHeaders(response)
      const body = this.#conversation.bodyOfAnswer(this.#to, response)
      this.#server.respond(status, response.reasonPhrase, '', headers, body)
      return
    }
    // §12.2.1.2: the peer knows nothing of the dialog any more.
    const gone = status === 408 || status === 481
    // A challenge is between the other side and us.
    // So is what it thinks of the session timer on its side, which the next refresh mends (RFC 4028 §7.3).
    if (status === 422) this.#to.timer.lengthen(minimumOf(response))
    const shown = status === 401 || status === 407 || status === 422 ? 488 : status
    const phrase = shown === status ? response.reasonPhrase : reasonPhrase(shown)
    this.#finish(shown, phrase, passedHeaders(response) + response.lines(Header.retryAfter))
    if (gone) this.#conversation.lost(this.#to)
  }

  timedOut(): void {
    if (this.#over) return
    this.#finish(408, reasonPhrase(408), '')
    this.#conversation.lost(this.#to)
  }

  transportFailed(): void {
    // A phone that has lost its connection comes back by another one and has its call (RFC 5626 §4.5); one that does not is
    // missed by its session timer.
    if (!this.#over) this.#finish(503, reasonPhrase(503), '')
  }

  #invite(invite: OutgoingRequest): void {
    const { dialog } = this.#to
    this.#sent = invite
    this.#signature = dialog.signer?.sign('INVITE', invite.requestUri) ?? ''
    const signed = this.#signature === '' ? invite : { ...invite, headers: this.#signature + invite.headers }
    this.#client = this.#services.transactions.sendInvite(signed, dialog.flow, this)
  }

  #conclude(): void {
    this.#over = true
    if (this.#timerC !== null) this.#services.clock.stop(this.#timerC)
    this.#timerC = null
  }

  #finish(status: number, phrase: string, headers: string): void {
    this.#conclude()
    this.#services.obligations.refuse(this.#server, status, phrase, '', headers)
    this.#conversation.renegotiated()
  }

  #answerReceived(response: SipMessage): void {
    const { dialog } = this.#to
    if (this.#ackText !== '') {
      this.#services.network.send(dialog.flow, this.#ackText, null)
      return
    }
    if (this.#over) {
      // Answered although the call is ending or whoever asked has left it, or already answered and its ACK still awaited.
      if (this.#conversation.over || this.#abandoned) this.#acknowledgeAbandoned(response)
      return
    }
    this.#conclude()
    dialog.refreshTarget(response)
    this.from.dialog.refreshTarget(this.#request)
    const now = this.#services.clock.now()
    this.#to.timer.accepted(response, now)
    this.#to.describe(this.#request, this.#body)
    const session = this.from.timer.accepting(this.#request, now)
    const offered = hasSessionDescription(this.#request)
    const body = offered
      ? this.#conversation.bodyOfAnswer(this.#to, response)
      : (this.#conversation.bodyOfOffer(this.#to, response) ?? '')
    this.from.describe(response, body)
    if (offered) this.#conversation.offerTaken(this.from, this.#request.body)
    const headers = this.#ownHeaders(this.from) + session + passedHeaders(response)
    const text = this.#server.respond(200, reasonPhrase(200), '', headers, body)
    this.#services.obligations.answerSettled(this.#server)
    const sequence = response.cseq
    const pass = (ackHeaders: string, body: string) => this.#acknowledge(sequence, ackHeaders, body)
    const lateAnswer = offered ? null : { sequence, pass }
    this.#conversation.answered(this.from, text, this.#server.flow, this.#request.cseq, lateAnswer)
    if (offered) this.#acknowledge(sequence, '', '')
    this.#conversation.renegotiated()
  }

  #acknowledge(sequence: number, headers: string, body: string): void {
    const { network, random, transactions } = this.#services
    const { dialog } = this.#to
    const lines = this.#signature + headers
    this.#ackText = transactions.sendAck(ackWithin(dialog, sequence, lines, body, network, random), dialog.flow)
  }

  /** What was offered in the answer is owed one in the ACK (RFC 3261 §13.2.1): the side waits, or is told goodbye. */
  #acknowledgeAbandoned(response: SipMessage): void {
    if (hasSessionDescription(this.#request) || !hasSessionDescription(response)) {
      this.#acknowledge(response.cseq, '', '')
    } else this.#acknowledge(response.cseq, 'Content-Type: application/sdp\r\n', heldAnswer(response.body))
  }

  #ownHeaders(leg: Leg): string {
    const { timer } = this.#conversation.other(leg)
    return contactHeader(this.#services.network, leg.dialog.flow) + allowHeader(timer.allowsUpdate)
  }
}
