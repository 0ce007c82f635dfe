import { requestWithin } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { NonInviteServerTransaction } from '../sip/transaction/non-invite-server.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow } from '../sip/transport.ts'
import type { Conversation, Leg } from './conversation.ts'
import { hopsLeft, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'

/** A request inside a call that one side makes of the other (INFO, RFC 6086), and its answer on the way back. */
export class PassedRequest implements ClientTransactionUser {
  readonly #server: NonInviteServerTransaction
  readonly #conversation: Conversation
  readonly #to: Leg

  private constructor(server: NonInviteServerTransaction, conversation: Conversation, to: Leg) {
    this.#server = server
    this.#conversation = conversation
    this.#to = to
  }

  static pass(services: CallServices, conversation: Conversation, request: SipMessage, flow: Flow, to: Leg): void {
    const { transactions, network, random } = services
    const server = transactions.acceptRequest(request, flow)
    const hops = hopsLeft(request)
    if (hops < 0) {
      server.respond(483, reasonPhrase(483), '', '')
      return
    }
    const passed = new PassedRequest(server, conversation, to)
    const headers = passedHeaders(request)
    const outgoing = requestWithin(to.dialog, request.method, hops, headers, request.body, network, random)
    transactions.sendRequest(outgoing, to.dialog.flow, passed)
  }

  responseReceived(response: SipMessage): void {
    if (response.status === 100) return
    // A challenge is between the other side and us.
    const status = response.status === 401 || response.status === 407 ? 403 : response.status
    const phrase = status === response.status ? response.reasonPhrase : reasonPhrase(status)
    this.#server.respond(status, phrase, passedHeaders(response), response.body)
    // RFC 3261 §12.2.1.2
    if (status === 481 || status === 408) this.#conversation.lost(this.#to)
  }

  timedOut(): void {
    // RFC 4320 §4.2: by now the sender's transaction has timed out as well, and an answer would only be discarded.
    this.#conversation.lost(this.#to)
  }

  transportFailed(): void {
    this.#server.respond(503, reasonPhrase(503), '', '')
  }
}
