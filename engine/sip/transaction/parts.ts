/** What the four transaction machines share: the world they act on and those who are told. */
import type { SipMessage } from '../message.ts'
import type { Clock, Flow, Network } from '../transport.ts'
import type { InviteServerTransaction } from './invite-server.ts'
import type { KnownRequest } from './known-requests.ts'

/** What a transaction needs of the layer that owns it. */
export interface TransactionHome {
  readonly network: Network
  readonly clock: Clock
  /** The transaction of this request is over. */
  serverEnded(request: KnownRequest | null): void
  /**
   * The transaction is over but for copies of its request, which get `text` again for as long as Timer J or L would run,
   * or nothing where it is ''.
   */
  serverAnswered(request: KnownRequest | null, text: string): void
  /** Likewise, where the answer is plain: copies get one with that status, made of what they say themselves. */
  serverAnsweredPlainly(request: KnownRequest | null, status: number): void
  clientEnded(key: string): void
  /** The INVITE had its failure response: ACKs are for it until `refusalEnded`. */
  inviteRefused(invite: InviteServerTransaction): void
  refusalEnded(invite: InviteServerTransaction): void
  /** The INVITE had a 2xx: its transaction is over, and further 2xx go to `user` for as long as Timer M would run. */
  inviteAnswered(key: string, user: ClientTransactionUser): void
  /** Messages sent once more because no answer or ACK came. */
  retransmitted: number
}

/** Whoever sent a request: told what became of it. */
export interface ClientTransactionUser {
  /** Each provisional, the final, and for INVITE every further 2xx (RFC 6026 §7.2). */
  responseReceived(response: SipMessage, flow: Flow): void
  /** Nothing came in time (Timers B and F): counts as 408 (§8.1.3.1). */
  timedOut(): void
  /** The network refused the request: counts as 503 (§8.1.3.1). */
  transportFailed(): void
}

/** Whoever answers an INVITE. */
export interface InviteServerUser {
  /** A CANCEL came before the final response; it has been answered. The user owes the INVITE a 487 (§9.2). */
  cancelled(): void
  /** The ACK to a failure is here. */
  answerAcknowledged(): void
  /** The ACK to a failure never came (Timer H), or the failure could not be sent. */
  answerLost(): void
}

export function isReliable(flow: Flow): boolean {
  return flow.transport !== 'UDP'
}
