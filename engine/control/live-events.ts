/** What subscribers of the control port are told as it happens. */
import type { CallEntry, RegistrationEntry } from './protocol.ts'

export type LiveEvent = CallLiveEvent | CallEndedEvent | RegistrationEvent

export interface CallLiveEvent {
  readonly event: 'call-started' | 'call-ringing' | 'call-answered' | 'call-held' | 'call-resumed'
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

export const liveEventNames = [
  'call-started',
  'call-ringing',
  'call-answered',
  'call-held',
  'call-resumed',
  'call-ended',
  'registration-added',
  'registration-removed',
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
