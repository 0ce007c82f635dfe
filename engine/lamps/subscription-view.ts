import { bracketed } from '../sip/uri.ts'
import type { PackageName } from './event-packages.ts'
import type { Subscription } from './subscription.ts'

/** What is shown of a subscription. */
export interface SubscriptionView {
  readonly id: string
  readonly event: PackageName
  /** What is watched: see `LampSource`. */
  readonly watched: string
  /** The phone that watches. */
  readonly sipUserName: string
  readonly deviceId: string
  readonly transport: string
  /** Where it is told, host:port. */
  readonly source: string
  /** It has lost its connection and has not come back. */
  readonly flowLost: boolean
  /** Milliseconds since the epoch. */
  readonly begunAt: number
  readonly expiresAt: number
}

export function subscriptionView(subscription: Subscription): SubscriptionView {
  const { transport, address, port } = subscription.dialog.flow
  return {
    id: subscription.id,
    event: subscription.event.name,
    watched: subscription.key,
    sipUserName: subscription.sipUserName,
    deviceId: subscription.deviceId,
    transport,
    source: `${bracketed(address)}:${port}`,
    flowLost: subscription.flowLost,
    begunAt: subscription.begunAt,
    expiresAt: subscription.expiresAt,
  }
}
