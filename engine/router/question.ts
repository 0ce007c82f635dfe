/** The router's question, and how it says what it found. */
import type { Callee, Snapshot } from '../config/snapshot.ts'
import type { Live } from './decision.ts'
import type { RouteListener, StepName, Verdict } from './listener.ts'
import type { RoutePosition } from './position.ts'

/** The router's question while it is being answered. The position is the answer's own and may be changed. */
export interface Question {
  readonly snapshot: Snapshot
  readonly live: Live
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly position: RoutePosition
  readonly listener: RouteListener | null
}

/** Tells the listener of one step. */
export function tell(
  listener: RouteListener,
  step: StepName,
  verdict: Verdict,
  because: string,
  whose: Callee | null,
  rule = '',
): void {
  listener.step({ step, verdict, because, user: whose === null ? '' : whose.id, rule })
}
