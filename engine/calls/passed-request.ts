import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import { sendWithin } from '../sip/signed-requests.ts'
import type { NonInviteServerTransaction } from '../sip/transaction/non-invite-server.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import { hasSessionDescription, hopsLeft, passedHeaders } from './passing.ts'
import type { CallServices } from './services.ts'
import type { PassingSound } from './sound/sound.ts'

/** Told that the side a request was passed to is gone (RFC 3261 §12.2.1.2). */
export interface PassedRequestOwner {
  lostAt(dialog: Dialog): void
}

/**
 * A request inside a call that one side makes of the other (INFO, RFC 6086; PRACK, RFC 3262), and its answer on the way
 * back.
 */
export class PassedRequest implements ClientTransactionUser {
  readonly #server: NonInviteServerTransaction
  readonly #owner: PassedRequestOwner | null
  readonly #to: Dialog
  readonly #passing: PassingSound | null

  private constructor(
    server: NonInviteServerTransaction,
    owner: PassedRequestOwner | null,
    to: Dialog,
    passing: PassingSound | null,
  ) {
    this.#server = server
    this.#owner = owner
    this.#to = to
    this.#passing = passing
  }

  /**
   * @param headers whole lines besides those that are passed
   * @param owner `null` where the loss of the other side is noticed elsewhere
   * @param body as it goes on
   * @param passing whose session its answer is about, where that passes through us
   */
  static pass(
    services: CallServices,
    owner: PassedRequestOwner | null,
    request: SipMessage,
    server: NonInviteServerTransaction,
    to: Dialog,
    headers: string,
    body: string,
    passing: PassingSound | null,
  ): void {
    const { transactions, network, random } = services
    const hops = hopsLeft(request)
    if (hops < 0) {
      server.respond(483, reasonPhrase(483), '', '')
      return
    }
    const passed = new PassedRequest(server, owner, to, passing)
    const lines = headers + passedHeaders(request)
    const outgoing = requestWithin(to, request.method, hops, lines, body, network, random)
    sendWithin(transactions, to, outgoing, passed)
  }

  responseReceived(response: SipMessage): void {
    if (response.status < 200) return
    // A challenge is between the other side and us.
    const status = response.status === 401 || response.status === 407 ? 403 : response.status
    const phrase = status === response.status ? response.reasonPhrase : reasonPhrase(status)
    this.#server.respond(status, phrase, passedHeaders(response), this.#bodyOf(response))
    // RFC 3261 §12.2.1.2
    if (status === 481 || status === 408) this.#owner?.lostAt(this.#to)
  }

  #bodyOf(response: SipMessage): string {
    if (this.#passing === null || response.status >= 300 || !hasSessionDescription(response)) return response.body
    const { sound, from } = this.#passing
    return sound.answered(sound.other(from), response)
  }

  timedOut(): void {
    // RFC 4320 §4.2: by now the sender's transaction has timed out as well, and an answer would only be discarded.
    this.#server.abandon()
    this.#owner?.lostAt(this.#to)
  }

  transportFailed(): void {
    this.#server.respond(503, reasonPhrase(503), '', '')
  }
}
