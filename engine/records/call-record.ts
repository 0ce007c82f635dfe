/** The record of one attempt to call somebody, and the table that holds it. */
import type { Generated } from 'kysely'
import type { AskedCaller, EndedBy, HeardQuality, RecordedParty } from './call-events.ts'
import type { MessageState } from './message-events.ts'

/** How an attempt went. */
export const callOutcomes = [
  'answered',
  'cancelled',
  'busy',
  'noAnswer',
  'notReachable',
  'refused',
  'failed',
  /** Its end was never told: the power went, or the disk was full. */
  'lost',
] as const

export type CallOutcome = (typeof callOutcomes)[number]

/** A row of `call_record`. Times in milliseconds since the epoch. */
export interface CallRecordTable {
  /** Order in which records were first written: what lists are paged by. */
  number: Generated<number>
  id: string
  /**
   * The event by which its beginning was told (`beganText`), readable: what of it stands in no other column. `null` in
   * records of forms before the sixth, which have it in the columns of former forms.
   */
  told: string | null
  caller_kind: RecordedParty['kind']
  caller_id: string
  caller: string
  dialled: string
  callee_kind: RecordedParty['kind'] | null
  callee_id: string | null
  callee: string | null
  /** JSON: `RecordedStep[]`, all but the first, which `told` has; '' where there are no others. */
  steps: string
  started_at: number
  answered_at: number | null
  ended_at: number | null
  ended_by: EndedBy | null
  outcome: CallOutcome | null
  status: number | null
  phrase: string | null
  /** Id of the call from which a transfer led to this one. */
  parent: string | null
  /** Id of the call as which it went on, and JSON: `RecordedParty`, who transferred it. */
  transferred_to: string | null
  transferred_by: string | null
  /** JSON: ids of recordings, and `RecordedQuality[]`; `null` where there are none. */
  recordings: string | null
  quality: string | null
  /** Of former forms, '', 0 and `null` since the sixth. */
  sip_call_id: string
  source: string
  domain: string
  revision: number
  /** JSON: `AskedCaller`; `null` where the router was not asked, and in records of the first form. */
  asked: string | null
}

/** How far the journal has been read. */
export interface ProgressTable {
  id: 1
  log: number
  offset: number
}

/** A row of `message`. Times in milliseconds since the epoch. */
export interface MessageTable {
  /** Order in which they came: what lists are paged by. */
  number: Generated<number>
  id: string
  sender_id: string
  sender: string
  recipient_id: string
  recipient: string
  dialled: string
  content_type: string
  body: string
  state: MessageState
  sent_at: number
  settled_at: number | null
}

export interface RecordsDatabase {
  call_record: CallRecordTable
  message: MessageTable
  progress: ProgressTable
}

/** One answer of the router. */
export interface RecordedStep {
  readonly at: number
  /** What led to it: '' at the first, else how the step before ended. */
  readonly after: string
  /** What else the outcome of the step before says, as the status of a trunk; mostly ''. */
  readonly detail: string
  /** Of the configuration that decided. */
  readonly revision: number
  /** Facts that the router asked for, as `registered:anna=1`. */
  readonly facts: readonly string[]
  /** Rules and lists that decided. */
  readonly rules: readonly { readonly user: string; readonly step: string; readonly rule: string }[]
  /** Whom it rang, or '' where it refused. */
  readonly rings: string
  /** The same for programs: `user:ben`, `trunk:carrier:+44...`; none in records of a former version. */
  readonly targets: readonly string[]
}

/** How sound of a side was, until this time. */
export interface RecordedQuality extends HeardQuality {
  readonly at: number
}

/** A record as programs see it. */
export interface CallRecord {
  readonly id: string
  readonly sipCallId: string
  readonly source: string
  readonly caller: RecordedParty
  readonly dialled: string
  readonly domain: string
  /** Who answered; `null` where nobody did. */
  readonly callee: RecordedParty | null
  readonly revision: number
  /** `null` where the router was not asked, and in records of a former version: they cannot be replayed. */
  readonly asked: AskedCaller | null
  readonly steps: readonly RecordedStep[]
  readonly startedAt: number
  readonly answeredAt: number | null
  /** `null` while the call is in progress. */
  readonly endedAt: number | null
  readonly endedBy: EndedBy | null
  readonly outcome: CallOutcome | null
  readonly status: number | null
  readonly phrase: string | null
  /** Id of the call from which a transfer, or its return, led to this one; `null` where none did. */
  readonly parent: string | null
  /** Ids of its recordings, the first one first. */
  readonly recordings: readonly string[]
  /** Of each side, once for each session in which its sound passed through us; none where it went directly. */
  readonly quality: readonly RecordedQuality[]
  /** As which call it went on, and who had left it by then; `null` where nobody transferred it. */
  readonly transferred: { readonly to: string; readonly by: RecordedParty } | null
}
