/**
 * The words in which `calls` and `router` speak: what is asked, what is decided, and how it went.
 * All of it is data; nothing here does anything.
 */

import type { RiskClass } from '../config/risk-classes.ts'
import type { Callee, Device, FeatureName, RingGroup, Trunk, User } from '../config/snapshot.ts'
import type { Reading } from './dialled.ts'

/** A call that somebody wants to make. */
export interface Attempt {
  readonly caller: Caller
  /** The user part of the Request-URI with escapes decoded (visual separators may still be in it). */
  readonly dialled: string
  /** Lower-case host of the Request-URI without port; '' where it names this server itself (an address of ours, tel:). */
  readonly domain: string
  /** How many entries of Diversion or History-Info name one of our numbers: only from trunks, which alone are believed. */
  readonly ownDiversions: number
}

export type Caller = DeviceCaller | TrunkCaller

export interface DeviceCaller {
  readonly kind: 'device'
  readonly device: Device
  readonly user: User
}

export interface TrunkCaller {
  readonly kind: 'trunk'
  readonly trunk: Trunk
  /** As presented (P-Asserted-Identity before From), not yet normalised; '' if none usable. */
  readonly number: string
  /** UTF-8 display name as a JavaScript string, or ''. */
  readonly name: string
  readonly anonymous: boolean
}

/** What the router may ask about the present moment. Each answer is a fact of the call and is shown by explain. */
export interface Live {
  /** Has the user at least one live registration? */
  registered(user: User): boolean
  /** Line appearances in use, ringing and dialling included. */
  linesInUse(user: User): number
  /** Calls on the trunk, both directions. */
  channelsInUse(trunk: Trunk): number
  /** Whether its carrier is there and knows us. */
  trunkState(trunk: Trunk): TrunkState
  /** Calls that are at this moment forwarded by this user or group to outside numbers. */
  outsideForwards(by: Callee): number
  /** Which member answered the group's last call: 1 for the first, and so on; 0 where none of them did. */
  lastAnswered(group: RingGroup): number
  /** When the user's last call ended, in milliseconds since the epoch; 0 where none is known. */
  idleSince(user: User): number
  /**
   * What was used of a limit against toll fraud: calls at once, calls of a day outside business hours, or seconds of a day to
   * numbers of one risk.
   *
   * @param key of a user, a service or an account (`keyOf`, `tollKeyOfAccount`)
   * @param day counted from 1970-01-01; 0 with `calls`
   */
  tollUse(key: string, counter: TollCounter, day: number): number
  /** Told of each such limit that stops a call, and whose it is. */
  limitReached?(placer: Callee, key: string, counter: TollCounter): void
  /** Told of each rule and list that decides, by its step's name: for those who keep a record. */
  followed?(by: Callee, step: string, rule: string): void
}

export type TollCounter = 'calls' | 'outsideHours' | RiskClass

/** As what an outside call counts against the limits on toll fraud. */
export interface TollCharge {
  /** Whose call it is. */
  readonly placer: Callee
  readonly risk: RiskClass
  /** It goes to a number of high risk while the business is closed. */
  readonly outsideHours: boolean
}

/** `down`: none of its addresses answers. `unregistered`: the carrier does not know us, and may refuse calls. */
export type TrunkState = 'up' | 'unregistered' | 'down'

export type Decision = Ring | TakeMessage | Refuse

/** Ring these targets together for so long; then ask again with the outcome of all of them. */
export interface Ring {
  readonly kind: 'ring'
  readonly targets: readonly Target[]
  /** Counted as docs/forwarding.md says; 0 = no limit of ours (a call that goes straight out by a trunk). */
  readonly ringSeconds: number
  /** The group for which these ring, or `null`: who answers is told when it is called next. */
  readonly group: RingGroup | null
  /** Forwards so far, oldest first: Diversion and History-Info are made of these. */
  readonly diversions: readonly Diversion[]
  /** Where the router was: handed back unread to `proceed`. */
  readonly position: Position
}

/** What of a route is still open. Only the router looks inside. */
export interface Position {
  readonly [opaque]: true
}
declare const opaque: unique symbol

export type Target = UserTarget | TrunkTarget

export interface UserTarget {
  readonly kind: 'user'
  readonly user: User
  /** The caller as this user sees him. */
  readonly shown: ShownCaller
  /** As long as the whole step, or shorter: then his phones stop while others ring on. */
  readonly ringSeconds: number
  readonly recording: RecordingPlan | null
}

export interface TrunkTarget {
  readonly kind: 'trunk'
  readonly trunk: Trunk
  /** E.164 with `+`, or the emergency number. */
  readonly e164: string
  /** As this trunk wants it written. */
  readonly number: string
  /** Number to present to the carrier in E.164 or '', its display name, and whether it must be hidden (Privacy: id). */
  readonly callerNumber: string
  readonly callerName: string
  /** What the carrier is told besides, in the headers that assert an identity: the same but in some forwarded calls. */
  readonly assertedNumber: string
  readonly assertedName: string
  readonly hidden: boolean
  readonly emergency: boolean
  /** Under whose plan this call leaves: caller, or whoever forwarded it. `null`: a trunk call turned round. */
  readonly onBehalfOf: Callee | null
  /** `null`: nothing is limited, or it is an emergency call. */
  readonly charge: TollCharge | null
  /** As with a user; 0 = no limit of ours. */
  readonly ringSeconds: number
  readonly recording: RecordingPlan | null
}

/** Who wants this call recorded if the target answers it, and who is to be told. `null` instead where nobody does. */
export interface RecordingPlan {
  /** The caller first. */
  readonly parties: readonly RecordingParty[]
  /** Recording waits until the announcement has ended. */
  readonly announcedFirst: boolean
  readonly beep: boolean
}

export interface RecordingParty {
  /** Whose recording it is. */
  readonly owner: Callee
  /** From the first word, or when the owner wants it. */
  readonly starts: 'at once' | 'on demand'
  readonly announceToCaller: boolean
  readonly announceToCallee: boolean
}

/** The user part (extension, dial code + extension, or number), display name, and whether identity is withheld. */
export interface ShownCaller {
  readonly user: string
  readonly name: string
  readonly anonymous: boolean
}

export type DiversionCause =
  | 'unconditional'
  | 'user-busy'
  | 'no-answer'
  | 'unavailable'
  | 'do-not-disturb'
  | 'deflection'
  /** The same, by a phone that rang already. */
  | 'deflection-while-ringing'

export interface Diversion {
  readonly by: Callee
  readonly cause: DiversionCause
}

/** Take a message. */
export interface TakeMessage {
  readonly kind: 'voicemail'
  /** Whose mailbox. */
  readonly of: Callee
  /** What the caller gets where nothing can take a message. */
  readonly otherwise: Refuse
  /** The message is to be thrown away: the caller is blocked and must not notice. */
  readonly discard: boolean
  readonly diversions: readonly Diversion[]
}

/** Refuse the call with this final response. */
export interface Refuse {
  readonly kind: 'refuse'
  readonly status: number
  /** Reason phrase, ASCII. */
  readonly reason: string
  /** What the caller asked for by a feature code: refused so where nobody carries it out. */
  readonly feature?: FeatureRequest
}

/** A feature that is asked for by its code. */
export interface FeatureRequest {
  readonly name: FeatureName
  /** Who asks. */
  readonly user: User
  /** What stands behind the code, as dialled; '' for nothing. */
  readonly dialled: string
  /** Whom that means; `null` where nothing stands there, or the digits mean something else (a slot, a group). */
  readonly argument: Reading | null
}

/** How ringing ended when nobody answered. */
export type Outcome =
  | { readonly kind: 'busy' }
  | { readonly kind: 'noAnswer' }
  | { readonly kind: 'unreachable' }
  /** The trunk's own final failure, which a direct outside call passes to the caller. */
  | {
      readonly kind: 'trunkFailed'
      readonly status: number
      readonly reason: string
      /** Somebody's phone rang before. */
      readonly rang: boolean
    }
  /** A phone answered 3xx: forward by this user to the user part of its first usable Contact. */
  | { readonly kind: 'redirected'; readonly by: User; readonly dialled: string; readonly ringing: boolean }
