/** What is asked of the reference and what it answers: the words of docs/router-scenarios.md as types. */
export interface Call {
  /** Of a phone: its user. Of a trunk: the number as it presents it, or empty. */
  readonly from: string
  readonly trunk?: string
  readonly name?: string
  readonly anonymous?: boolean
  readonly ownDiversions?: number
  readonly dials: string
  readonly domain?: string
}

export interface Live {
  readonly unregistered: readonly string[]
  readonly lines: Readonly<Record<string, number>>
  readonly channels: Readonly<Record<string, number>>
  readonly outsideForwards: Readonly<Record<string, number>>
  readonly lastAnswered: Readonly<Record<string, string>>
  readonly idleSince: Readonly<Record<string, string>>
  /** By counter, `now` or a date, and whose it is, with `/` between: `high/2026-03-02/anna`. */
  readonly tollUse: Readonly<Record<string, number>>
  /** By trunk id; the others are up. */
  readonly trunkStates: Readonly<Record<string, 'unregistered' | 'down'>>
}

export type Outcome =
  | 'busy'
  | 'no answer'
  | 'not reachable'
  | { readonly trunkSays: number }
  | { readonly forwardedBy: string; readonly to: string; readonly ringing: boolean }

/** `{ user: ID }` or `{ ringGroup: ID }`. */
export type Party = { readonly user: string } | { readonly ringGroup: string }

export type Cause =
  | 'unconditional'
  | 'user-busy'
  | 'no-answer'
  | 'unavailable'
  | 'do-not-disturb'
  | 'deflection'
  | 'deflection-while-ringing'

/** Somebody whose recording a call would be. */
export type Recorded = Party & {
  readonly starts: 'at once' | 'on demand'
  readonly announceTo: 'nobody' | 'caller' | 'callee' | 'both'
}

export interface Rung {
  readonly user: string
  readonly shows: string
  readonly name: string
  readonly anonymous: boolean
  readonly seconds: number
  readonly record: 'nobody' | readonly Recorded[]
  readonly announcedFirst: boolean
  readonly beep: boolean
}

export interface Outside {
  readonly trunk: string
  readonly number: string
  readonly shows: string
  readonly name: string
  readonly asserts: string
  readonly hidden: boolean
  readonly emergency: boolean
  readonly onBehalfOf: string
  readonly seconds: number
  readonly record: 'nobody' | readonly Recorded[]
  readonly announcedFirst: boolean
  readonly beep: boolean
}

export interface Ring {
  readonly ring: readonly (Rung | Outside)[]
  readonly seconds: number
  readonly forwardedBy: readonly (Party & { readonly cause: Cause })[]
}

/** What a feature code asks for, where nothing but a feature carries it out. */
export interface Feature {
  readonly name: string
  readonly dialled: string
  /** Id of a user or group, a number, or '' */
  readonly means: string
}

/** The status of a refusal and its words. */
export interface Refusal {
  readonly refuse: number
  readonly phrase: string
}

export const refusals = {
  forbidden: { refuse: 403, phrase: 'Forbidden' },
  blockedOut: { refuse: 403, phrase: 'Number Blocked For Outgoing Calls' },
  plan: { refuse: 403, phrase: 'Calling Plan Does Not Allow This Number' },
  tooMany: { refuse: 403, phrase: 'Too Many Outside Calls' },
  usedUp: { refuse: 403, phrase: 'Minutes Of The Day Used Up' },
  closed: { refuse: 403, phrase: 'Not Outside Business Hours' },
  foreign: { refuse: 404, phrase: 'Domain Not Served Here' },
  notInService: { refuse: 404, phrase: 'Number Not In Service' },
  noTrunk: { refuse: 404, phrase: 'No Trunk Carries This Number' },
  anonymous: { refuse: 433, phrase: 'Anonymity Disallowed' },
  notAvailable: { refuse: 480, phrase: 'Not Available' },
  noAnswer: { refuse: 480, phrase: 'No Answer' },
  notReachable: { refuse: 480, phrase: 'Not Reachable' },
  loop: { refuse: 482, phrase: 'Loop Detected' },
  missing: { refuse: 484, phrase: 'Number Missing Behind Feature Code' },
  busy: { refuse: 486, phrase: 'Busy Here' },
  channels: { refuse: 503, phrase: 'All Channels Busy' },
  down: { refuse: 503, phrase: 'Trunk Not Reachable' },
  noEmergencyTrunk: { refuse: 503, phrase: 'No Trunk For Emergency Calls' },
} as const satisfies Readonly<Record<string, Refusal>>

/** What a trunk says passes as it is: whoever plays it lets it say this. */
export function trunkRefusal(status: number): Refusal {
  return { refuse: status, phrase: 'Its Words' }
}

export type Final =
  | Refusal
  | { readonly refuse: 501; readonly feature: Feature }
  | { readonly voicemail: Party; readonly status: number; readonly discard: boolean }

/**
 * A call as a program: it yields whom to ring, is told how that ended, and returns what ends the search. So the order of
 * the steps is the order of the lines.
 */
export type Routing<Result = Final> = Generator<Ring, Result, Outcome>
