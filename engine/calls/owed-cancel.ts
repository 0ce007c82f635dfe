import type { Journal } from '../records/entries.ts'
import { joinedKey } from '../sip/own-copy.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { InviteClientTransaction } from '../sip/transaction/invite-client.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow } from '../sip/transport.ts'
import { saveRequest } from './saved-request.ts'

interface OwedCancelParts {
  readonly transactions: TransactionLayer
  readonly journal: Journal
  /** Those to phones that have lost their connection. */
  readonly cancels: Set<OwedCancel>
}

/**
 * The CANCEL of an INVITE, until that is answered. A phone whose connection is gone gets it when it is back (RFC 5626 §4.5):
 * it would ring on.
 */
export class OwedCancel implements ClientTransactionUser {
  readonly branch: string
  readonly #parts: OwedCancelParts
  readonly #invite: InviteClientTransaction
  readonly #request: OutgoingRequest
  readonly #headers: string

  constructor(parts: OwedCancelParts, invite: InviteClientTransaction, request: OutgoingRequest, headers: string) {
    this.branch = request.branch
    this.#parts = parts
    this.#invite = invite
    this.#request = request
    this.#headers = headers
  }

  get flow(): Flow {
    return this.#invite.flow
  }

  start(): void {
    this.#save()
    this.#parts.transactions.cancel(this.#invite, this.#headers, this)
  }

  /** The phone is back. */
  sendBy(flow: Flow): void {
    this.#parts.cancels.delete(this)
    this.#invite.flow = flow
    this.#save()
    this.#parts.transactions.cancelAgain(this.#invite, this.#headers, this)
  }

  responseReceived(): void {
    // What counts is the answer to the INVITE.
  }

  timedOut(): void {
    // Likewise.
  }

  transportFailed(): void {
    if (this.flow.transport !== 'UDP' && this.#invite.open) this.#parts.cancels.add(this)
  }

  #save(): void {
    const { journal } = this.#parts
    journal.put('obligation', joinedKey(['cancel', this.branch]), saveRequest(this.#request, this.flow))
  }
}
