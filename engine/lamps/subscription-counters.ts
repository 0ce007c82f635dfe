import type { FullReason } from './subscription-table.ts'

/** What happened since the start. */
export class SubscriptionCounters {
  /** Subscriptions made; and states asked for once (Expires 0). */
  begun = 0
  fetched = 0
  /** Not taken, because there were too many already. */
  readonly refused: Record<FullReason, number> = { device: 0, user: 0, source: 0, all: 0 }
  /** Ended because they were not refreshed, or because their NOTIFYs did not arrive. */
  expired = 0
  lost = 0
  notified = 0
  /** NOTIFYs that waited, because others had left shortly before. */
  putOff = 0
}
