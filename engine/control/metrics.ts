/**
 * What the engine counts (docs/monitoring.md). Counts grow from the start of the engine's process and begin anew with
 * the next one; nothing is computed before somebody asks.
 */
import type { TrunkState } from '../router/decision.ts'

export interface EngineMetrics {
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly calls: {
    readonly ringing: number
    readonly answered: number
    /** Attempts that are over or answered, by the final status the caller got. */
    readonly finals: Readonly<Record<string, number>>
    /** From INVITE to the first 180 or 183, and to the 200. */
    readonly toRinging: DelayReading
    readonly toAnswer: DelayReading
  }
  readonly registrations: {
    readonly current: number
    readonly added: number
    readonly removed: number
    readonly expired: number
  }
  readonly subscriptions: {
    readonly current: number
    readonly begun: number
    /** States asked for once. */
    readonly fetched: number
    /** By what there was too much of: device, user, source, all. */
    readonly refused: Readonly<Record<string, number>>
    readonly expired: number
    /** Given up, because NOTIFYs were refused or not answered. */
    readonly lost: number
    readonly notified: number
    /** NOTIFYs that waited because others had left shortly before. */
    readonly putOff: number
  }
  readonly messages: {
    /** Messages between users that wait for a phone. */
    readonly waiting: number
    readonly taken: number
    readonly delivered: number
  }
  readonly signInsFailed: number
  /** Limits against toll fraud that stopped somebody, as often as an administrator was told. */
  readonly limitsReached: number
  readonly gate: GateReading
  readonly trunks: readonly {
    readonly id: string
    readonly state: TrunkState
    /** `null`: it does not register. */
    readonly registered: boolean | null
    readonly channelsInUse: number
  }[]
  readonly transactions: {
    readonly current: number
    readonly created: number
    /** Copies that we sent because no answer came. */
    readonly retransmitted: number
    /** Copies of requests that came again. */
    readonly repeated: number
    /** Messages that could not be read or answered. */
    readonly discarded: number
  }
  readonly network: {
    readonly received: number
    readonly sent: number
    /** Messages that could not be handed to the system. */
    readonly dropped: number
    /** Datagrams longer than what surely passes in one piece. */
    readonly long: number
    readonly connections: number
  }
  readonly journal: { readonly bytes: number; readonly entries: number; readonly healthy: boolean }
  readonly configuration: { readonly revision: number; readonly compileMilliseconds: number }
  readonly process: {
    readonly residentBytes: number
    readonly heapBytes: number
    readonly userSeconds: number
    readonly systemSeconds: number
    /** Time the event loop was busy. */
    readonly loopSeconds: number
    /** How late timers were since the last time somebody asked, in seconds. */
    readonly loopDelay: { readonly mean: number; readonly p50: number; readonly p99: number; readonly max: number }
  }
  readonly events: { readonly subscribers: number; readonly missed: number }
}

/** What was turned away, and what tells of too much to do (docs/overload.md). */
export interface GateReading {
  /** Whether requests have been turned away in the last seconds. */
  readonly turningAway: boolean
  /** Requests answered with 503 or dropped, since the start. */
  readonly calls: number
  readonly registrations: number
  readonly others: number
  readonly overRate: number
  readonly flooding: number
  readonly lateRegistrations: number
  readonly scanners: number
  /** INVITEs that passed because they dial an emergency number. */
  readonly emergency: number
  /** Requests that wait for their turn now. */
  readonly waiting: number
  /** How full the fullest receive buffer is (0 to 1), and datagrams lost; `null` where the socket cannot tell. */
  readonly receiveBuffer: { readonly share: number; readonly drops: number } | null
}

/** A histogram as Prometheus has them, times in milliseconds. */
export interface DelayReading {
  /** Upper bounds; what is longer counts in `count` alone. */
  readonly bounds: readonly number[]
  /** How many were at most as long as the bound in the same place. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
}
