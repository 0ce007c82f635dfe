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
}

export interface Ring {
  readonly ring: readonly (Rung | Outside)[]
  readonly seconds: number
  readonly forwardedBy: readonly (Party & { readonly cause: Cause })[]
}

export type Final =
  | { readonly refuse: number }
  | { readonly voicemail: Party; readonly status: number; readonly discard: boolean }

/**
 * A call as a program: it yields whom to ring, is told how that ended, and returns what ends the search. So the order of
 * the steps is the order of the lines.
 */
export type Routing<Result = Final> = Generator<Ring, Result, Outcome>
