import type { Trunk, User } from '../config/snapshot.ts'
import type { Attempt, Diversion, Position } from './decision.ts'

/** What the router keeps between its answers. Copied before it is changed, because explain asks twice from one place. */
export interface RoutePosition extends Position {
  readonly attempt: Attempt
  /** The outside caller's number in E.164, or ''. */
  readonly callerNumber: string
  /** To whom the caller withholds his identity. */
  readonly withheld: 'from nobody' | 'from outside' | 'from everybody'
  /** The user being rung, with the rules he had when this call reached him; `null` for a call that left by a trunk. */
  user: User | null
  diversions: readonly Diversion[]
  /** A block list has sent the call here or further: those of account and PBX are not asked again. */
  sentByList: boolean
  outside: OutsideCall | null
}

/** A call that leaves the house. */
export interface OutsideCall {
  /** E.164, or the emergency number as dialled. */
  readonly number: string
  readonly emergency: boolean
  /** Who forwarded it out; `null` where the caller dialled it. */
  readonly forwarder: User | null
  readonly tried: readonly Trunk[]
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
    withheld,
    user: null,
    diversions: noDiversions,
    sentByList: false,
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
  copy.outside = from.outside
  return copy
}
