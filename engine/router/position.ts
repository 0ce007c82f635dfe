import { numberKey } from '../config/number-key.ts'
import type { Callee, ListDestination, ListMember, RingGroup, RingPhones, Trunk, User } from '../config/snapshot.ts'
import type { Attempt, Diversion, DiversionCause, Position } from './decision.ts'

/** What the router keeps between its answers. Copied before it is changed, because explain asks twice from one place. */
export interface RoutePosition extends Position {
  readonly attempt: Attempt
  /** The outside caller's number in E.164, or ''. */
  readonly callerNumber: string
  /** Its `numberKey`; -1 where there is none. */
  readonly callerKey: number
  /** To whom the caller withholds his identity. */
  readonly withheld: 'from nobody' | 'from outside' | 'from everybody'
  /** The user being rung, with the rules he had when this call reached him; `null` where a list or a trunk is. */
  user: User | null
  diversions: readonly Diversion[]
  /** A block list of account or PBX has sent the call here or further: those are not asked again. */
  sentByList: boolean
  /** A block list has sent the call on as if the callee were busy: what the caller says is thrown away. */
  discard: boolean
  /** The rule by which the user's phones ring in another way than usual. */
  ringPhones: FollowedRingPhones | null
  list: ListPosition | null
  outside: OutsideCall | null
}

export interface FollowedRingPhones {
  /** Name of the rule. */
  readonly rule: string
  readonly to: RingPhones
}

/** Several who are rung: a list, or the members of a group. */
export interface ListPosition {
  /** Whose list it is, or the group itself. */
  readonly owner: Callee
  /** `null`: a group's own members, whose call is not forwarded. */
  readonly list: ListDestination | null
  /** Those of one step ring together. */
  readonly steps: readonly (readonly ListMember[])[]
  /** The step after the one that rings. */
  readonly next: number
  /** Somebody rang out so far; somebody was busy. */
  readonly rangOut: boolean
  readonly busy: boolean
  /** Who forwarded before the list's owner did; for a group, all so far. */
  readonly before: readonly Diversion[]
  readonly cause: DiversionCause
  readonly rule: string
}

/** A call that leaves the house. */
export interface OutsideCall {
  /** E.164, or the emergency number as dialled. */
  readonly number: string
  readonly emergency: boolean
  /** Who forwarded it out; `null` where the caller dialled it. */
  readonly forwarder: Callee | null
  /** For which the number is rung as one of its members, or `null`. */
  readonly group: RingGroup | null
  readonly tried: readonly Trunk[]
  /** 0 = no limit of ours. */
  readonly ringSeconds: number
}

const noDiversions: readonly Diversion[] = []

/** The position at the beginning of a call. */
export function startPosition(
  attempt: Attempt,
  callerNumber: string,
  withheld: RoutePosition['withheld'],
): RoutePosition {
  // The brand of `Position` exists for the compiler only.
  return {
    attempt,
    callerNumber,
    callerKey: callerNumber === '' ? -1 : numberKey(callerNumber),
    withheld,
    user: null,
    diversions: noDiversions,
    sentByList: false,
    discard: false,
    ringPhones: null,
    list: null,
    outside: null,
  } as RoutePosition
}

/** The same position, free to be changed. */
export function copyPosition(position: Position, attempt: Attempt): RoutePosition {
  const from = position as RoutePosition
  const copy = startPosition(attempt, from.callerNumber, from.withheld)
  copy.user = from.user
  copy.diversions = from.diversions
  copy.sentByList = from.sentByList
  copy.discard = from.discard
  copy.ringPhones = from.ringPhones
  copy.list = from.list
  copy.outside = from.outside
  return copy
}
