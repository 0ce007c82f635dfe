/**
 * What can be asked at the control port (`engine.sock` in the data folder). Each frame is one request or one response;
 * a response carries the id of its request, and requests need not wait for each other. Whole lists come in pages, so
 * that a long one neither holds up calls nor fills memory; the last page says so.
 */

import type { CallView } from '../calls/calls.ts'
import type { CallOrder, CallOrderResult } from '../calls/control/call-order.ts'
import type { OrderedRecording } from '../calls/ordered-recording.ts'
import type { ParkedView } from '../calls/park/parking.ts'
import type { RegistrationView } from '../calls/registration-view.ts'
import type { RecordingAction } from '../calls/sound/call-recording.ts'
import type { ChangedEntity } from '../config/compile/changes-by-kind.ts'
import type { Ladder } from '../ladder/message-ladders.ts'
import type { SubscriptionView } from '../lamps/subscription-view.ts'
import type { TrunkState } from '../router/decision.ts'
import type { TrunkView } from '../trunks/trunks.ts'
import type { ListQuery, ListSource } from './list-query.ts'
import { readListQuery } from './list-query.ts'
import type { EngineMetrics } from './metrics.ts'
import type { UserChangeResult } from './phone-changes.ts'
import { readChangeResult } from './phone-changes.ts'
import { longestId, readCallOrder } from './read-call-order.ts'

/** One contact of a device that is registered now, and whose it is. */
export interface RegistrationEntry extends RegistrationView {
  readonly userId: string
  readonly user: string
  readonly extension: string
}

export type CallEntry = CallView

/** A call that waits in a park slot. */
export type ParkedEntry = ParkedView

/** What is ordered of calls, and what became of it. */
export type { CallOrder, CallOrderResult }

/** A subscription, whose it is, and what it watches. */
export interface SubscriptionEntry extends SubscriptionView {
  /** The watcher. */
  readonly userId: string
  readonly user: string
  readonly extension: string
  /** For people; '' where it is not there any more. */
  readonly watchedName: string
}

/** A trunk as it is at this moment. */
export interface TrunkEntry extends TrunkView {
  /** Calls on it, both directions. */
  readonly channelsInUse: number
  /** As many as it may have; 0 = no limit. */
  readonly channels: number
}

export interface EngineStatus {
  readonly pid: number
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Number of the configuration in force; 0 where there is none. */
  readonly revision: number
  /** Why the newest configuration is not in force, one line each; then an older one is. */
  readonly documentProblems: readonly string[]
  readonly calls: number
  readonly registrations: number
  readonly connections: number
  readonly draining: boolean
  /** False while what happens would not survive a crash. */
  readonly journalHealthy: boolean
  /** `UDP 127.0.0.1:5060`, one each. */
  readonly listeners: readonly string[]
}

/** What may be ordered of a recording. */
export const recordingActions: readonly RecordingAction[] = ['start', 'pause', 'resume', 'stop']

/** An address that gets no answer, because sign-ins from it failed too often (docs/trust.md, Bans). */
export interface BanEntry {
  readonly source: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** The present moment, for explanations: of the users, ring groups (by key) and trunks that were asked about. */
export interface LiveFacts {
  readonly registered: Readonly<Record<string, boolean>>
  readonly linesInUse: Readonly<Record<string, number>>
  readonly outsideForwards: Readonly<Record<string, number>>
  readonly channelsInUse: Readonly<Record<string, number>>
  readonly lastAnswered: Readonly<Record<string, number>>
  readonly idleSince: Readonly<Record<string, number>>
  /** By key of users, services and accounts: what was used of limits against toll fraud, by `counter/day`. */
  readonly tollUse: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly trunkStates: Readonly<Record<string, TrunkState>>
}

/** What somebody has used of the limits against toll fraud. */
export interface TollUseEntry {
  /** Id of a user, `ringGroup:` and an id, or `account:` and an id. */
  readonly key: string
  /** For people. */
  readonly name: string
  /** Outside calls at this moment. */
  readonly calls: number
  /** Today, by the clock of his site or of the account's limits. */
  readonly seconds: Readonly<Record<'low' | 'medium' | 'high', number>>
  /** Calls of today to numbers of high risk outside business hours. */
  readonly outsideHours: number
}

/** What became of a revision that calls are to be decided by. */
export interface InForce {
  /** Whether it, or a later one, is what calls are decided by. */
  readonly inForce: boolean
  /** The revision in force now. */
  readonly revision: number
  /** Why it is not, one line each. */
  readonly problems: readonly string[]
}

/** One page of a list in its order. */
export interface ListPage<Entry> {
  readonly items: readonly Entry[]
  /** To go on from here; `null` at the end. */
  readonly next: string | null
  /** How many fit the filter, on all pages. */
  readonly total: number
}

export type ControlRequest =
  | { readonly id: number; readonly request: 'status' }
  | { readonly id: number; readonly request: 'metrics' }
  | { readonly id: number; readonly request: 'bans' }
  /** An order about recording a call. */
  | { readonly id: number; readonly request: 'recordCall'; readonly call: string; readonly action: RecordingAction }
  /** Answered with whether the address was banned. */
  | { readonly id: number; readonly request: 'liftBan'; readonly source: string }
  /** From now on events come in frames of their own (live-events.ts). */
  | { readonly id: number; readonly request: 'subscribe' }
  | { readonly id: number; readonly request: 'unsubscribe' }
  /** From now on what users change by their phones comes in frames of their own (phone-changes.ts), to be written. */
  | { readonly id: number; readonly request: 'writePhoneChanges' }
  /** From now on alerts come in frames of their own (alerts.ts), and those that waited for it. */
  | { readonly id: number; readonly request: 'followAlerts' }
  /** What was used of limits against toll fraud: of everybody who has used something today. */
  | { readonly id: number; readonly request: 'tollUse' }
  /** What became of one of them. */
  | {
      readonly id: number
      readonly request: 'phoneChanged'
      readonly number: number
      readonly outcome: UserChangeResult
    }
  /** `query` null: all of them, in no order and several pages. */
  | { readonly id: number; readonly request: 'registrations'; readonly query: ListQuery | null }
  | { readonly id: number; readonly request: 'calls'; readonly query: ListQuery | null }
  | { readonly id: number; readonly request: 'subscriptions'; readonly query: ListQuery | null }
  /** All of them. */
  | { readonly id: number; readonly request: 'trunks' }
  | { readonly id: number; readonly request: 'parked' }
  | {
      readonly id: number
      readonly request: 'facts'
      readonly users: readonly string[]
      readonly trunks: readonly string[]
    }
  /** An order about calls. */
  | { readonly id: number; readonly request: 'callOrder'; readonly order: CallOrder }
  /** The messages of a call, by its id. */
  | { readonly id: number; readonly request: 'ladder'; readonly call: string }
  /** Answered when the revision is in force, or when it is clear that it will not be. */
  | {
      readonly id: number
      readonly request: 'configurationChanged'
      readonly revision: number
      /** What this revision changed, so that it need not be read; `null` where it was much. */
      readonly changes: readonly ChangedEntity[] | null
    }

/** What each request is answered with. */
export interface ControlAnswers {
  readonly status: EngineStatus
  readonly metrics: EngineMetrics
  readonly bans: readonly BanEntry[]
  readonly liftBan: boolean
  readonly recordCall: OrderedRecording
  readonly registrations: readonly RegistrationEntry[]
  readonly calls: readonly CallEntry[]
  readonly subscriptions: readonly SubscriptionEntry[]
  readonly trunks: readonly TrunkEntry[]
  readonly tollUse: readonly TollUseEntry[]
  readonly parked: readonly ParkedEntry[]
  readonly callOrder: CallOrderResult
  /** `null`: messages are not kept. */
  readonly ladder: Ladder | null
  readonly facts: LiveFacts
  readonly configurationChanged: InForce
}

export type ControlResponse =
  | { readonly id: number; readonly value: unknown }
  /** One page of a whole list. */
  | { readonly id: number; readonly items: readonly unknown[]; readonly last: boolean }
  | { readonly id: number; readonly error: string }

/** Entries of a list in one frame. */
export const pageSize = 200
/** Longest request, in bytes. */
export const largestRequest = 1024 * 1024
/** Changes that may come with the notice of a revision, and how long they may be together, in characters of JSON. */
export const mostNoticeChanges = 20
export const longestNoticeChanges = 64 * 1024
/** Ids that may be asked about at once. */
export const mostIds = 10_000
/** Requests of one connection that may wait for their answers. */
export const mostRequests = 100
/** Name of the socket in the data folder. */
export const socketName = 'engine.sock'

/** By what registrations can be picked out: fields with this value. */
export const registrationList: ListSource<RegistrationEntry> = {
  fields: ['userId', 'extension', 'deviceId', 'sipUserName', 'transport', 'source'],
  valuesOf: (entry, field) => [String(entry[field as keyof RegistrationEntry])],
  textOf: (entry) => `${entry.user}\n${entry.extension}\n${entry.sipUserName}\n${entry.contact}\n${entry.userAgent}`,
  orderOf: (entry) => Number(entry.id),
}

/** Likewise subscriptions: `userId` is the watcher's, `watched` a user's id. */
export const subscriptionList: ListSource<SubscriptionEntry> = {
  fields: ['userId', 'extension', 'deviceId', 'sipUserName', 'event', 'watched', 'transport', 'source'],
  valuesOf: (entry, field) => [String(entry[field as keyof SubscriptionEntry])],
  textOf: (entry) => `${entry.user}\n${entry.extension}\n${entry.sipUserName}\n${entry.watched}\n${entry.watchedName}`,
  orderOf: (entry) => entry.begunAt,
}

/** Likewise calls: `user` and `trunk` are ids of either side. */
export const callList: ListSource<CallEntry> = {
  fields: ['state', 'user', 'trunk', 'dialled'],
  valuesOf: (entry, field) => {
    if (field === 'state') return [entry.state]
    if (field === 'dialled') return [entry.dialled]
    return entry.parties.filter((party) => party.kind === field).map((party) => party.id)
  },
  textOf: (entry) => `${entry.caller}\n${entry.dialled}\n${entry.callee}`,
  orderOf: (entry) => entry.startedAt,
}

const listSources = { registrations: registrationList, calls: callList, subscriptions: subscriptionList }

/** A request, or what is wrong with it. */
export function readRequest(value: unknown): ControlRequest | string {
  if (typeof value !== 'object' || value === null) return 'a request is an object'
  const { id, request } = value as { id?: unknown; request?: unknown }
  if (typeof id !== 'number') return 'a request has a number as its id'
  switch (request) {
    case 'status':
    case 'metrics':
    case 'bans':
    case 'subscribe':
    case 'unsubscribe':
    case 'writePhoneChanges':
    case 'followAlerts':
    case 'tollUse':
    case 'trunks':
    case 'parked':
      return { id, request }
    case 'liftBan': {
      const { source } = value as { source?: unknown }
      return typeof source === 'string' && source.length <= 64 ? { id, request, source } : 'source is an address'
    }
    case 'recordCall': {
      const { call, action } = value as { call?: unknown; action?: unknown }
      const found = recordingActions.find((name) => name === action)
      if (typeof call !== 'string' || call.length > longestId || found === undefined) {
        return `call is an id, and action one of ${recordingActions.join(', ')}`
      }
      return { id, request, call, action: found }
    }
    case 'phoneChanged': {
      const { number, outcome } = value as { number?: unknown; outcome?: unknown }
      const result = readChangeResult(outcome)
      if (typeof number !== 'number' || result === null) return 'number and outcome are those of a change'
      return { id, request, number, outcome: result }
    }
    case 'registrations':
    case 'calls':
    case 'subscriptions': {
      const { fields } = listSources[request]
      const query = readListQuery((value as { query?: unknown }).query ?? null, fields, pageSize)
      return typeof query === 'string' ? query : { id, request, query }
    }
    case 'callOrder': {
      const order = readCallOrder((value as { order?: unknown }).order)
      return typeof order === 'string' ? order : { id, request, order }
    }
    case 'ladder': {
      const { call } = value as { call?: unknown }
      return typeof call === 'string' && call.length <= longestId ? { id, request, call } : 'call is the id of a call'
    }
    case 'facts': {
      const { users, trunks } = value as { users?: unknown; trunks?: unknown }
      if (!isIdList(users) || !isIdList(trunks)) return `users and trunks are lists of at most ${mostIds} ids`
      return { id, request, users, trunks }
    }
    case 'configurationChanged': {
      const { revision, changes = null } = value as { revision?: unknown; changes?: unknown }
      if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 0) {
        return 'revision is a whole number'
      }
      if (changes !== null && !isChangeList(changes)) {
        return `changes are at most ${mostNoticeChanges} entities with kind, id and after`
      }
      return { id, request, revision, changes }
    }
    default:
      return `there is no request ${JSON.stringify(request)?.slice(0, 60)}`
  }
}

function isIdList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= mostIds && value.every((id) => typeof id === 'string')
}

/** What stands in the bodies was checked when it was committed. */
function isChangeList(value: unknown): value is ChangedEntity[] {
  return (
    Array.isArray(value) &&
    value.length <= mostNoticeChanges &&
    value.every(
      (change: unknown) =>
        typeof change === 'object' &&
        change !== null &&
        'kind' in change &&
        typeof change.kind === 'string' &&
        'id' in change &&
        typeof change.id === 'string' &&
        'after' in change &&
        typeof change.after === 'object',
    )
  )
}

/** Whether something is a response. */
export function isResponse(value: unknown): value is ControlResponse {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number'
}
