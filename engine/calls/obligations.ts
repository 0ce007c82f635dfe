import type { Journal } from '../records/entries.ts'
import type { Dialog } from '../sip/dialog.ts'
import { requestWithin } from '../sip/dialog.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow, Network, Random } from '../sip/transport.ts'
import { saveRequest } from './saved-request.ts'

/**
 * What is still owed to a peer when the call itself is over: a BYE until it is answered, a CANCEL until the INVITE is.
 * Each stands in the journal until it is settled, so that a crash in between leaves no phone ringing or talking to
 * nobody.
 */
export class Obligations {
  readonly #transactions: TransactionLayer
  readonly #journal: Journal
  readonly #network: Network
  readonly #random: Random

  constructor(transactions: TransactionLayer, journal: Journal, network: Network, random: Random) {
    this.#transactions = transactions
    this.#journal = journal
    this.#network = network
    this.#random = random
  }

  /**
   * Ends a dialog by BYE, sent until answered or given up.
   * @param headers whole lines, for Reason
   * @param settled called when the peer has answered or is given up
   */
  bye(dialog: Dialog, headers: string, settled: (() => void) | null): void {
    const request = requestWithin(dialog, 'BYE', 70, headers, '', this.#network, this.#random)
    this.resumeBye(request, dialog.flow, settled)
  }

  /** Sends a BYE again that a process before this one sent. */
  resumeBye(request: OutgoingRequest, flow: Flow, settled: (() => void) | null): void {
    const key = `bye:${request.branch}`
    this.#journal.put('obligation', key, saveRequest(request, flow))
    this.#transactions.sendRequest(request, flow, new ByeUser(key, this.#journal, settled))
  }

  /** An INVITE is being cancelled. */
  cancelOwed(invite: OutgoingRequest, flow: Flow): void {
    this.#journal.put('obligation', `cancel:${invite.branch}`, saveRequest(invite, flow))
  }

  /** It has its final response. */
  cancelSettled(branch: string): void {
    this.#journal.remove('obligation', `cancel:${branch}`)
  }
}

class ByeUser implements ClientTransactionUser {
  readonly #key: string
  readonly #journal: Journal
  readonly #settled: (() => void) | null

  constructor(key: string, journal: Journal, settled: (() => void) | null) {
    this.#key = key
    this.#journal = journal
    this.#settled = settled
  }

  responseReceived(response: { readonly status: number }): void {
    // Whatever the answer, the dialog is over (RFC 3261 §15.1.1).
    if (response.status >= 200) this.#over()
  }

  timedOut(): void {
    this.#over()
  }

  transportFailed(): void {
    this.#over()
  }

  #over(): void {
    this.#journal.remove('obligation', this.#key)
    this.#settled?.()
  }
}
