import type { Journal } from '../records/entries.ts'
import type { Dialog } from '../sip/dialog.ts'
import { loadFlow, requestWithin, saveFlow } from '../sip/dialog.ts'
import { joinedKey } from '../sip/own-copy.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { RequestSigner } from '../sip/signed-requests.ts'
import { sendSigned } from '../sip/signed-requests.ts'
import type { InviteClientTransaction } from '../sip/transaction/invite-client.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { ClientTransactionUser, InviteServerUser } from '../sip/transaction/parts.ts'
import type { Clock, Flow, Network, Random, TimerHandle, TimerOwner } from '../sip/transport.ts'
import { isSamePeer } from '../sip/transport.ts'
import { OwedCancel } from './owed-cancel.ts'
import { saveRequest } from './saved-request.ts'

/** Phones that came back by another connection, of which is remembered by which; when there are more, all are forgotten. */
const mostMoves = 10_000
/** How long a phone may be away whose connection is gone before its BYE is given up (ms): as long as one on UDP is asked. */
const longestAbsence = 32_000

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
  readonly #byes: OwedByeParts
  /** By which connection a phone came back, by the one that it had lost. */
  readonly #moves = new Map<string, Flow>()
  /** CANCELs to phones that have lost their connection. */
  readonly #cancels = new Set<OwedCancel>()

  constructor(transactions: TransactionLayer, journal: Journal, network: Network, random: Random, clock: Clock) {
    this.#transactions = transactions
    this.#journal = journal
    this.#network = network
    this.#random = random
    this.#byes = { transactions, journal, clock, waiting: new Set(), moves: this.#moves }
  }

  /** A phone that was reached by one of `lost` is reached by `flow` from now on: it is told what it has missed. */
  phoneCameBack(lost: readonly Flow[], flow: Flow): void {
    if (this.#moves.size + lost.length > mostMoves) this.#moves.clear()
    for (const one of lost) this.#moves.set(peerOf(one), flow)
    this.#moves.delete(peerOf(flow))
    for (const bye of [...this.#byes.waiting]) {
      if (lost.some((one) => isSamePeer(bye.flow, one))) bye.send(flow)
    }
    for (const cancel of [...this.#cancels]) {
      if (lost.some((one) => isSamePeer(cancel.flow, one))) cancel.sendBy(flow)
    }
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
    new OwedBye(this.#byes, request, dialog, signer, settled, flow).send(flow)
  }

  /** Cancels an INVITE. `headers`: whole lines, for Reason. */
  cancel(invite: InviteClientTransaction, request: OutgoingRequest, headers: string): void {
    const parts = { transactions: this.#transactions, journal: this.#journal, cancels: this.#cancels }
    new OwedCancel(parts, invite, request, headers).start()
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
    for (const cancel of this.#cancels) if (cancel.branch === branch) this.#cancels.delete(cancel)
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

interface OwedByeParts {
  readonly transactions: TransactionLayer
  readonly journal: Journal
  readonly clock: Clock
  /** Those to phones that have lost their connection. */
  readonly waiting: Set<OwedBye>
  readonly moves: ReadonlyMap<string, Flow>
}

/** Of the connection that a phone had lost. */
function peerOf({ transport, address, port }: Flow): string {
  return `${transport} ${address} ${port}`
}

/** A BYE until it is answered. A phone whose connection is gone gets it when it is back (RFC 5626 §4.5), if that is soon. */
class OwedBye implements ClientTransactionUser, TimerOwner {
  readonly #parts: OwedByeParts
  readonly #request: OutgoingRequest
  readonly #dialog: Dialog | null
  readonly #signer: RequestSigner | null
  readonly #settled: (() => void) | null
  readonly #key: string
  /** By which it was sent last. */
  flow: Flow
  #timer: TimerHandle | null

  constructor(
    parts: OwedByeParts,
    request: OutgoingRequest,
    dialog: Dialog | null,
    signer: RequestSigner | null,
    settled: (() => void) | null,
    flow: Flow,
  ) {
    this.#parts = parts
    this.#request = request
    this.#dialog = dialog
    this.#signer = signer
    this.#settled = settled
    this.#key = joinedKey(signer === null ? ['bye', request.branch] : ['bye', request.branch, signer.id])
    this.flow = flow
    this.#timer = null
  }

  send(flow: Flow): void {
    const { journal, transactions } = this.#parts
    this.#stopWaiting()
    this.flow = flow
    journal.put('obligation', this.#key, saveRequest(this.#request, flow))
    sendSigned(transactions, this.#signer, this.#dialog, this.#request, flow, this)
  }

  responseReceived(response: { readonly status: number }): void {
    // Whatever the answer, the dialog is over (RFC 3261 §15.1.1).
    if (response.status >= 200) this.#over()
  }

  timedOut(): void {
    this.#over()
  }

  transportFailed(): void {
    const { clock, moves, waiting } = this.#parts
    if (this.flow.transport === 'UDP') {
      this.#over()
      return
    }
    // It may be back already, while the call was over and only this was still to come.
    const flow = moves.get(peerOf(this.flow))
    if (flow !== undefined && !isSamePeer(flow, this.flow)) {
      this.send(flow)
      return
    }
    waiting.add(this)
    this.#timer ??= clock.start(longestAbsence, this, 'absent')
  }

  timerFired(): void {
    this.#timer = null
    this.#over()
  }

  #stopWaiting(): void {
    this.#parts.waiting.delete(this)
    if (this.#timer !== null) this.#parts.clock.stop(this.#timer)
    this.#timer = null
  }

  #over(): void {
    this.#stopWaiting()
    this.#parts.journal.remove('obligation', this.#key)
    this.#settled?.()
  }
}
