/** What subscribers of the control port are told as it happens. */
import type { TollCounter } from '../router/decision.ts'
import type { CallEntry, RegistrationEntry } from './protocol.ts'

export type LiveEvent = CallLiveEvent | CallEndedEvent | RegistrationEvent | TollFraudEvent

export interface CallLiveEvent {
  readonly event:
    | 'call-started'
    | 'call-ringing'
    | 'call-answered'
    | 'call-held'
    | 'call-resumed'
    | 'call-parked'
    | 'call-unparked'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly call: CallEntry
}

export interface CallEndedEvent {
  readonly event: 'call-ended'
  readonly at: number
  /** As it was last. */
  readonly call: CallEntry
  /** Final status that the caller got: 200 where the call was answered. */
  readonly status: number
}

export interface RegistrationEvent {
  readonly event: 'registration-added' | 'registration-removed'
  readonly at: number
  readonly registration: RegistrationEntry
}

/** A limit against toll fraud has stopped somebody: told once in ten minutes for each limit. */
export interface TollFraudEvent {
  readonly event: 'toll-fraud-limit'
  readonly at: number
  /** Whose limit: id of a user, `ringGroup:` and an id, or `account:` and an id. */
  readonly key: string
  readonly counter: TollCounter
  /** Whose call was refused or ended: as `key`, and his name. */
  readonly placer: string
  readonly name: string
}

export const liveEventNames = [
  'call-started',
  'call-ringing',
  'call-answered',
  'call-held',
  'call-resumed',
  'call-parked',
  'call-unparked',
  'call-ended',
  'registration-added',
  'registration-removed',
  'toll-fraud-limit',
] as const satisfies readonly LiveEvent['event'][]

/** One frame to a subscriber. */
export interface EventFrame {
  readonly events: readonly LiveEvent[]
  /** How many were left out before these, because they came faster than they were read. */
  readonly missed: number
}

/** Whether something is an event frame. */
export function isEventFrame(value: unknown): value is EventFrame {
  return (
    typeof value === 'object' &&
    value !== null &&
    'events' in value &&
    Array.isArray(value.events) &&
    'missed' in value &&
    typeof value.missed === 'number'
  )
}
