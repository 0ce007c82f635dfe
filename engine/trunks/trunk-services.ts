/** What trunks need of the house they live in. All of it is handed in; nothing here reads a clock or a socket. */
import type { Journal } from '../records/entries.ts'
import type { ServerLocator } from '../sip/server-location.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Clock, Network, Random } from '../sip/transport.ts'

export interface TrunkServices {
  readonly transactions: TransactionLayer
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  readonly locator: ServerLocator
  readonly log: TrunkLog
}

/** A log that takes fields and a sentence. */
export interface TrunkLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}
