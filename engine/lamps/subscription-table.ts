import { ExpiryRing } from '../registrar/expiry-ring.ts'
import type { Flow } from '../sip/transport.ts'
import type { Subscription } from './subscription.ts'

/** How many subscriptions there may be. */
export interface SubscriptionLimits {
  readonly device: number
  readonly user: number
  /** From one address: an office behind a NAT has only one. */
  readonly source: number
  readonly all: number
}

/** Side cars make phones of more than a hundred lamps; an office has at most some thousands of phones. */
export const defaultSubscriptionLimits: SubscriptionLimits = { device: 300, user: 900, source: 20_000, all: 200_000 }

/** Why there is no room for one more. */
export type FullReason = keyof SubscriptionLimits

const none: ReadonlySet<Subscription> = new Set()

/** All subscriptions, found by what is asked for. */
export class SubscriptionTable {
  readonly limits: SubscriptionLimits
  readonly #byId = new Map<string, Subscription>()
  readonly #byKey = new Map<string, Set<Subscription>>()
  readonly #byDevice = new Map<string, Set<Subscription>>()
  readonly #byConnection = new Map<number, Set<Subscription>>()
  readonly #userCounts = new Map<string, number>()
  readonly #sourceCounts = new Map<string, number>()
  readonly #ring: ExpiryRing<Subscription>

  /** `longest` in seconds, `now` in milliseconds since the epoch. */
  constructor(limits: SubscriptionLimits, longest: number, now: number) {
    this.limits = limits
    this.#ring = new ExpiryRing(longest, now)
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Subscription | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<Subscription> {
    return this.#byId.values()
  }

  /** Those who watch this. */
  ofKey(key: string): ReadonlySet<Subscription> {
    return this.#byKey.get(key) ?? none
  }

  ofDevice(deviceId: string): ReadonlySet<Subscription> {
    return this.#byDevice.get(deviceId) ?? none
  }

  /** Why one more of this device cannot be taken; `null` where it can. */
  full(deviceId: string, userId: string, source: string): FullReason | null {
    const { device, user, source: mostOfSource, all } = this.limits
    if (this.#byId.size >= all) return 'all'
    if ((this.#sourceCounts.get(source) ?? 0) >= mostOfSource) return 'source'
    if ((this.#userCounts.get(userId) ?? 0) >= user) return 'user'
    return this.ofDevice(deviceId).size >= device ? 'device' : null
  }

  add(subscription: Subscription): void {
    const { id, key, deviceId, userId, source } = subscription
    this.#byId.set(id, subscription)
    addTo(this.#byKey, key, subscription)
    addTo(this.#byDevice, deviceId, subscription)
    this.#userCounts.set(userId, (this.#userCounts.get(userId) ?? 0) + 1)
    this.#sourceCounts.set(source, (this.#sourceCounts.get(source) ?? 0) + 1)
    this.#ring.add(subscription)
    this.#join(subscription)
  }

  remove(subscription: Subscription): void {
    const { id, key, deviceId, userId, source } = subscription
    if (!this.#byId.delete(id)) return
    takeFrom(this.#byKey, key, subscription)
    takeFrom(this.#byDevice, deviceId, subscription)
    countDown(this.#userCounts, userId)
    countDown(this.#sourceCounts, source)
    this.#ring.remove(subscription)
    this.#leave(subscription)
  }

  /** Its phone is reached by another flow now. */
  move(subscription: Subscription, flow: Flow): void {
    this.#leave(subscription)
    subscription.dialog.flow = flow
    subscription.flowLost = false
    this.#join(subscription)
  }

  /** A stream connection is gone. @returns those whose phones came by it */
  takeConnection(connection: number): ReadonlySet<Subscription> {
    const found = this.#byConnection.get(connection) ?? none
    this.#byConnection.delete(connection)
    return found
  }

  /** It lasts until another time now. */
  prolong(subscription: Subscription, expiresAt: number): void {
    this.#ring.remove(subscription)
    subscription.expiresAt = expiresAt
    this.#ring.add(subscription)
  }

  /** Those that have expired by `now` (ms since the epoch); they are still in the table, but in no ring. */
  takeExpired(now: number): Subscription[] {
    return this.#ring.takeExpired(now)
  }

  #join(subscription: Subscription): void {
    const { connection } = subscription.dialog.flow
    if (connection !== 0) addTo(this.#byConnection, connection, subscription)
  }

  #leave(subscription: Subscription): void {
    const { connection } = subscription.dialog.flow
    if (connection !== 0) takeFrom(this.#byConnection, connection, subscription)
  }
}

function addTo<K>(sets: Map<K, Set<Subscription>>, key: K, subscription: Subscription): void {
  const found = sets.get(key)
  if (found === undefined) sets.set(key, new Set([subscription]))
  else found.add(subscription)
}

function takeFrom<K>(sets: Map<K, Set<Subscription>>, key: K, subscription: Subscription): void {
  const found = sets.get(key)
  if (found === undefined) return
  found.delete(subscription)
  if (found.size === 0) sets.delete(key)
}

function countDown(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1
  if (left > 0) counts.set(key, left)
  else counts.delete(key)
}
