/** Requests inside dialogs with a server that may ask who we are (RFC 3261 §22). */
import type { Dialog } from './dialog.ts'
import type { SipMessage } from './message.ts'
import type { OutgoingRequest } from './request.ts'
import type { TransactionLayer } from './transaction/layer.ts'
import type { ClientTransactionUser } from './transaction/parts.ts'
import type { Flow } from './transport.ts'

/** Signs what we send to one server. */
export interface RequestSigner {
  /** Under which it is found again after a restart. */
  readonly id: string
  /** Whole lines, or '' where nothing was asked yet. `uri`: the Request-URI. */
  sign(method: string, uri: string): string
  /**
   * Takes the questions of a 401 or 407.
   *
   * @param answers how often this very request has answered a question already
   * @returns whether the request may be sent again, signed anew
   */
  challenged(response: SipMessage, answers: number): boolean
}

/** The request with the lines that sign it. */
export function signed(request: OutgoingRequest, signer: RequestSigner | null): OutgoingRequest {
  if (signer === null) return request
  const lines = signer.sign(request.method, request.requestUri)
  return lines === '' ? request : { ...request, headers: lines + request.headers }
}

/** Is it a refusal that the signer answers? Then the request is to be sent again. */
export function asksToSign(response: SipMessage, signer: RequestSigner | null, answers: number): boolean {
  if (signer === null || (response.status !== 401 && response.status !== 407)) return false
  return signer.challenged(response, answers)
}

/** The same request once more, in the dialog it belongs to: with a branch and a number of its own (§22.2). */
export function renewed(
  request: OutgoingRequest,
  dialog: Dialog | null,
  transactions: TransactionLayer,
): OutgoingRequest {
  let cseq = request.cseq + 1
  if (dialog !== null) {
    dialog.localSequence++
    cseq = dialog.localSequence
  }
  return { ...request, cseq, branch: transactions.newBranch() }
}

/** Sends any request but INVITE and ACK inside a dialog; challenges are answered, and `user` hears of the rest. */
export function sendWithin(
  transactions: TransactionLayer,
  dialog: Dialog,
  request: OutgoingRequest,
  user: ClientTransactionUser | null,
): void {
  sendSigned(transactions, dialog.signer, dialog, request, dialog.flow, user)
}

/** @param dialog `null`: it is over, and its numbers are nobody's any more */
export function sendSigned(
  transactions: TransactionLayer,
  signer: RequestSigner | null,
  dialog: Dialog | null,
  request: OutgoingRequest,
  flow: Flow,
  user: ClientTransactionUser | null,
): void {
  if (signer === null) transactions.sendRequest(request, flow, user)
  else new SignedRequest(transactions, signer, dialog, request, flow, user).send()
}

class SignedRequest implements ClientTransactionUser {
  readonly #transactions: TransactionLayer
  readonly #signer: RequestSigner
  readonly #dialog: Dialog | null
  #request: OutgoingRequest
  readonly #flow: Flow
  readonly #user: ClientTransactionUser | null
  #answers: number

  constructor(
    transactions: TransactionLayer,
    signer: RequestSigner,
    dialog: Dialog | null,
    request: OutgoingRequest,
    flow: Flow,
    user: ClientTransactionUser | null,
  ) {
    this.#transactions = transactions
    this.#signer = signer
    this.#dialog = dialog
    this.#request = request
    this.#flow = flow
    this.#user = user
    this.#answers = 0
  }

  send(): void {
    this.#transactions.sendRequest(signed(this.#request, this.#signer), this.#flow, this)
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    if (asksToSign(response, this.#signer, this.#answers)) {
      this.#answers++
      this.#request = renewed(this.#request, this.#dialog, this.#transactions)
      this.send()
    } else this.#user?.responseReceived(response, flow)
  }

  timedOut(): void {
    this.#user?.timedOut()
  }

  transportFailed(): void {
    this.#user?.transportFailed()
  }
}
