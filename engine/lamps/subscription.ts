import type { Dialog } from '../sip/dialog.ts'
import { loadDialog, saveDialog, savedDialogLines } from '../sip/dialog.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { EventPackage } from './event-packages.ts'
import { eventPackage } from './event-packages.ts'

/** Why a subscription ends (RFC 6665 §4.1.3), as its last NOTIFY says. */
export type EndReason = 'timeout' | 'noresource' | 'rejected'

/** Whose business the NOTIFYs of a subscription are. */
export interface SubscriptionOwner {
  /** What was put off is due. */
  notifyDue(subscription: Subscription): void
}

/** Numbers of NOTIFYs that are used up by one journal entry: the next process goes on beyond them. */
export const reservedNumbers = 256

/** What it is made of. */
export interface SubscriptionParts {
  readonly dialog: Dialog
  readonly event: EventPackage
  /** The id parameter of its Event header, or ''. */
  readonly eventId: string
  /** What is watched: see `LampSource`. */
  readonly key: string
  /** The phone that watches, and whose it is. */
  readonly sipUserName: string
  readonly deviceId: string
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly begunAt: number
  readonly expiresAt: number
}

/** One phone watches one thing. */
export class Subscription implements TimerOwner {
  readonly dialog: Dialog
  readonly event: EventPackage
  readonly eventId: string
  readonly key: string
  readonly sipUserName: string
  readonly deviceId: string
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly begunAt: number
  expiresAt: number
  /** The address it is counted under. */
  readonly source: string
  readonly #owner: SubscriptionOwner
  /** Of a process before this one, and its phone has not subscribed again: the newest SUBSCRIBE may come once more. */
  resumed: boolean
  /** Numbers up to this one may be used without another journal entry. */
  reserved: number
  /** What the last NOTIFY said; `null`: the next one leaves whatever it says. */
  told: string | null
  /** The NOTIFY that waits for its answer; no other leaves meanwhile. */
  underWay: object | null
  /** Something may have changed since the last one. */
  wanted: boolean
  /** It waits to be looked at. */
  queued: boolean
  /** Its connection is gone: it waits for the phone to come back. */
  flowLost: boolean
  /** Failures in a row that do not end it. */
  failures: number
  /** Set when it is over and only its last NOTIFY has still to leave. */
  ended: EndReason | null
  /** It is forgotten: nothing is sent any more. */
  over: boolean
  /** Runs while NOTIFYs are put off. */
  timer: TimerHandle | null
  /** NOTIFYs that may leave at once, as of `allowedAt` (ms since the epoch). */
  allowance: number
  allowedAt: number
  /** Links and place in the expiry ring. */
  previous: Subscription | null
  next: Subscription | null
  slot: number

  constructor(parts: SubscriptionParts, owner: SubscriptionOwner) {
    this.dialog = parts.dialog
    this.event = parts.event
    this.eventId = parts.eventId
    this.key = parts.key
    this.sipUserName = parts.sipUserName
    this.deviceId = parts.deviceId
    this.userId = parts.userId
    this.begunAt = parts.begunAt
    this.expiresAt = parts.expiresAt
    this.source = parts.dialog.flow.address
    this.#owner = owner
    this.resumed = false
    this.reserved = parts.dialog.localSequence
    this.told = null
    this.underWay = null
    this.wanted = false
    this.queued = false
    this.flowLost = false
    this.failures = 0
    this.ended = null
    this.over = false
    this.timer = null
    this.allowance = parts.event.burst
    this.allowedAt = 0
    this.previous = null
    this.next = null
    this.slot = -1
  }

  /** Names it: our tag in its dialog. */
  get id(): string {
    return this.dialog.localTag
  }

  timerFired(): void {
    this.timer = null
    this.#owner.notifyDue(this)
  }

  /** As a journal value; our numbers go on beyond those that may be used until the next one is written. */
  save(): string {
    this.reserved = this.dialog.localSequence + reservedNumbers
    const { event, eventId, key, sipUserName, deviceId, userId, begunAt, expiresAt, reserved } = this
    return (
      `1\n${event.name}\n${eventId}\n${key}\n${sipUserName}\n${deviceId}\n${userId}\n${begunAt} ${expiresAt} ${reserved}\n` +
      saveDialog(this.dialog)
    )
  }
}

/** Reads what `save` wrote; `null` where it is something else. */
export function loadSubscription(value: string, owner: SubscriptionOwner): Subscription | null {
  const lines = value.split('\n')
  const [version, name = '', eventId = '', key = '', sipUserName = '', deviceId = '', userId = ''] = lines
  const event = eventPackage(name)
  const [begunAt = Number.NaN, expiresAt = Number.NaN, reserved = Number.NaN] = (lines[7] ?? '').split(' ').map(Number)
  if (version !== '1' || event === null || key === '' || lines.length !== 8 + savedDialogLines) return null
  const dialog = loadDialog(lines.slice(8))
  if (dialog === null || ![begunAt, expiresAt, reserved].every(Number.isSafeInteger)) return null
  dialog.localSequence = reserved
  const parts = { dialog, event, eventId, key, sipUserName, deviceId, userId, begunAt, expiresAt }
  const subscription = new Subscription(parts, owner)
  subscription.resumed = true
  return subscription
}
