/** What every call needs of the house it lives in. All of it is handed in; nothing here reads a clock or a socket. */
import type { Snapshot } from '../config/snapshot.ts'
import type { CallEvents } from '../records/call-events.ts'
import type { Journal } from '../records/entries.ts'
import type { Bindings } from '../registrar/bindings.ts'
import type { SipMessage } from '../sip/message.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Clock, Flow, Network, Random } from '../sip/transport.ts'
import type { Trunks } from '../trunks/trunks.ts'
import type { CallCounters } from './call-counters.ts'
import type { Calls } from './calls.ts'
import type { Conversation } from './conversation.ts'
import type { EmergencyCeiling } from './emergency-ceiling.ts'
import type { LastCallers } from './last-callers.ts'
import type { Leg } from './leg.ts'
import type { LocalSounds } from './local-sounds.ts'
import type { Obligations } from './obligations.ts'
import type { Parking } from './park/parking.ts'
import type { ReturningPhones } from './returning-phones.ts'
import type { RouteNotes } from './route-notes.ts'
import type { SessionTimers } from './session-timers.ts'
import type { Sounds } from './sound/sounds.ts'
import type { Usage } from './usage.ts'

/** A log that takes fields and a sentence. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface CallServices {
  readonly transactions: TransactionLayer
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  /** Told what happens in calls, for their records. */
  readonly events: CallEvents
  readonly log: Log
  readonly bindings: Bindings
  readonly usage: Usage
  readonly trunks: Trunks
  /** Asks `usage` for the router, and notes what it asked. */
  readonly routeNotes: RouteNotes
  readonly obligations: Obligations
  readonly calls: Calls
  readonly counters: CallCounters
  readonly returningPhones: ReturningPhones
  readonly sessionTimers: SessionTimers
  /** Which calls' sound passes through us, and how. */
  readonly sounds: Sounds
  /** What is said in calls that the server answers itself. */
  readonly localSounds: LocalSounds
  /** Who called each user last. */
  readonly lastCallers: LastCallers
  readonly transfers: Transfers
  /** How many emergency calls of a device are exempt from limits. */
  readonly emergencyCeiling: EmergencyCeiling
  /** Calls that wait in park slots. */
  readonly parking: Parking
  /** Whether there is a configuration: not yet shortly after a restart. */
  readonly ready: boolean
  /** The configuration in force now; throws where there is none. */
  readonly snapshot: Snapshot
  /** Whether a lower-case host is an address or name of this server itself. */
  isOwnHost(host: string): boolean
  /** Does it as soon as there is a configuration: at once, or shortly after a restart. */
  whenConfigured(action: () => void): void
  /** May this source send requests inside a dialog of that party? Answers the request itself where it may not. */
  admits(request: SipMessage, flow: Flow, dialogFlow: Flow, party: Party): boolean
}

/** What answered calls leave to transfers (`transfer/`). */
export interface Transfers {
  /** An INVITE with Replaces, from somebody who has signed in or a trunk. */
  invitedToReplace(request: SipMessage, flow: Flow, party: Party): void
  /** A REFER of one of its sides, from where that signals. */
  referReceived(call: Conversation, leg: Leg, request: SipMessage, flow: Flow): void
  /** `leg` holds the other side since a while: the call may have to return to whoever holds it. */
  stillHeld(call: Conversation, leg: Leg, now: number): void
  /**
   * `leg` was left alone by somebody who handed it on, and the process that arranged something for it has died: it goes back
   * to him, unless somebody goes on with it.
   */
  restored(call: Conversation, leg: Leg): void
}

/** Whose leg it is: decides from where its requests are taken, and whose lines and channels it uses. */
export interface Party {
  readonly kind: 'user' | 'trunk'
  /** Id of the user or trunk. */
  readonly id: string
  /** For people: extension or number, and name. */
  readonly title: string
  /** The trunk carries an emergency call, which nothing of ours ends. */
  readonly emergency?: true
}
