import type { Journal } from '../records/entries.ts'
import type { Dialog } from '../sip/dialog.ts'
import { loadFlow, requestWithin, saveFlow } from '../sip/dialog.ts'
import { joinedKey } from '../sip/own-copy.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { RequestSigner } from '../sip/signed-requests.ts'
import { sendSigned } from '../sip/signed-requests.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { ClientTransactionUser, InviteServerUser } from '../sip/transaction/parts.ts'
import type { Flow, Network, Random } from '../sip/transport.ts'
import { saveRequest } from './saved-request.ts'

/**
 * What is still owed to a peer when the call itself is over: a BYE until it is answered, a CANCEL until the INVITE is, a
 * refusal until it is acknowledged. Each stands in the journal until it is settled, so that a crash in between leaves no phone ringing or talking to
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
    this.#bye(request, dialog.flow, dialog, dialog.signer, settled)
  }

  /** Sends a BYE again that a process before this one sent. */
  resumeBye(request: OutgoingRequest, flow: Flow, signer: RequestSigner | null): void {
    this.#bye(request, flow, null, signer, null)
  }

  #bye(
    request: OutgoingRequest,
    flow: Flow,
    dialog: Dialog | null,
    signer: RequestSigner | null,
    settled: (() => void) | null,
  ): void {
    const key = joinedKey(signer === null ? ['bye', request.branch] : ['bye', request.branch, signer.id])
    this.#journal.put('obligation', key, saveRequest(request, flow))
    sendSigned(this.#transactions, signer, dialog, request, flow, new ByeUser(key, this.#journal, settled))
  }

  /** An INVITE is being cancelled. */
  cancelOwed(invite: OutgoingRequest, flow: Flow): void {
    this.#journal.put('obligation', joinedKey(['cancel', invite.branch]), saveRequest(invite, flow))
  }

  /** An INVITE is taken on (100 is sent, so it is not repeated): the next process answers it by 500. */
  answerOwed(invite: InviteServerTransaction): void {
    this.#refusalOwed(invite, 500, 'Server Restarted', invite.toTag, 'Retry-After: 1\r\n')
  }

  /** It is answered by 2xx. */
  answerSettled(invite: InviteServerTransaction): void {
    this.#journal.remove('obligation', refusalKey(invite))
  }

  /** Refuses an INVITE for which 100 was sent. `headers`: whole lines. */
  refuse(invite: InviteServerTransaction, status: number, phrase: string, toTag: string, headers: string): void {
    if (!invite.open) return
    this.#refusalOwed(invite, status, phrase, toTag, headers)
    const user = new RefusalUser(refusalKey(invite), this.#journal)
    invite.user = user
    invite.respond(status, phrase, toTag, headers, '')
  }

  /** Says again what a process before this one said, or owed. @returns false if the entry is damaged */
  resumeRefusal(value: string): boolean {
    const [key = '', where = '', toTag = '', tagged = '', answerTag = '', answer = '', headers = '', head = ''] =
      value.split('\n')
    const flow = loadFlow(where)
    const status = Number(answer.slice(0, 3))
    if (flow === null || key === '' || !(status >= 300 && status <= 699)) return false
    const lines = head.replaceAll('\r', '\r\n')
    const invite = this.#transactions.resumeServer(key, { lines, tagged: tagged === '1' }, flow, toTag)
    this.refuse(invite, status, answer.slice(4) || reasonPhrase(status), answerTag, headers.replaceAll('\r', '\r\n'))
    return true
  }

  #refusalOwed(invite: InviteServerTransaction, status: number, phrase: string, toTag: string, headers: string): void {
    const { head } = invite
    if (head === null) return
    const value = [
      invite.key,
      saveFlow(invite.flow),
      invite.toTag,
      head.tagged ? '1' : '0',
      toTag,
      `${status} ${phrase}`,
      headers.replaceAll('\r\n', '\r'),
      head.lines.replaceAll('\r\n', '\r'),
    ].join('\n')
    this.#journal.put('obligation', refusalKey(invite), value)
  }

  /** It has its final response. */
  cancelSettled(branch: string): void {
    this.#journal.remove('obligation', joinedKey(['cancel', branch]))
  }
}

function refusalKey(invite: InviteServerTransaction): string {
  return joinedKey(['refuse', invite.toTag])
}

class RefusalUser implements InviteServerUser {
  readonly #key: string
  readonly #journal: Journal

  constructor(key: string, journal: Journal) {
    this.#key = key
    this.#journal = journal
  }

  cancelled(): void {
    // It has its answer.
  }

  answerAcknowledged(): void {
    this.#journal.remove('obligation', this.#key)
  }

  answerLost(): void {
    this.#journal.remove('obligation', this.#key)
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
