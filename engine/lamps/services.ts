import type { Snapshot } from '../config/snapshot.ts'
import type { Journal } from '../records/entries.ts'
import type { Bindings } from '../registrar/bindings.ts'
import type { SipMessage } from '../sip/message.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Clock, Flow, Network, Random } from '../sip/transport.ts'

/** What subscriptions need of the house they live in. */
export interface SubscriptionServices {
  readonly transactions: TransactionLayer
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void }
  readonly bindings: Bindings
  /** Whether a configuration is in force; nothing is told before. */
  readonly ready: boolean
  /** The configuration in force now. */
  readonly snapshot: Snapshot
  /** May this source send requests inside a dialog of that user? Answers the request itself where it may not. */
  admits(
    request: SipMessage,
    flow: Flow,
    dialogFlow: Flow,
    party: { readonly kind: 'user'; readonly id: string; readonly title: string },
  ): boolean
}
