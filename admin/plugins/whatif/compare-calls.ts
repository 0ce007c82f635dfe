/** Which calls take another path, and which. */
import type { Snapshot } from '../../../engine/config/snapshot.ts'
import type { AttemptReading } from '../../../engine/router/attempt-from-text.ts'
import type { DecisionSummary } from '../../../engine/router/explain.ts'
import { summary } from '../../../engine/router/explain.ts'
import type { FollowedCall, Path, PathEnd } from '../../../engine/router/past-path.ts'
import { isSamePath, PathFinder } from '../../../engine/router/past-path.ts'
import { pathText } from './path-text.ts'

/** A call that is tried on both configurations. */
export interface ComparedCall extends FollowedCall {
  readonly id: string
  /** For people. */
  readonly caller: string
  readonly dialled: string
  attemptIn(snapshot: Snapshot): AttemptReading
}

export interface Comparison {
  /** Calls that were tried. */
  readonly calls: number
  readonly changed: number
  /** Calls that could not be tried, and why. */
  readonly skipped: readonly { readonly because: string; readonly calls: number }[]
  /** Changes of path, the most frequent first. */
  readonly groups: readonly ChangedPath[]
  /** How many more there are than are listed. */
  readonly unlistedGroups: number
}

/** One change of path, and the calls that take it. */
export interface ChangedPath {
  readonly calls: number
  readonly before: PathView
  readonly after: PathView
  /** The first of them, as many as were asked for. */
  readonly listed: readonly ListedChange[]
}

export interface ListedChange {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly caller: string
  readonly dialled: string
}

export interface PathView {
  /** For people, a line for each decision. */
  readonly text: readonly string[]
  readonly decisions: readonly {
    readonly result: DecisionSummary
    readonly rules: readonly string[]
    /** How its ring ended; `null` for the last. */
    readonly outcome: string | null
    readonly assumed: boolean
  }[]
  readonly end: PathEnd | 'not possible'
}

/** Changes of path that are kept apart. */
const mostGroups = 1000
/** Reasons why calls are skipped that are kept apart. */
const mostReasons = 20

interface Group {
  calls: number
  readonly before: PathView
  readonly after: PathView
  readonly listed: ListedChange[]
}

export class CallComparison {
  readonly #before: Snapshot
  readonly #after: Snapshot
  readonly #limit: number
  readonly #finder = new PathFinder()
  readonly #groups = new Map<string, Group>()
  readonly #skipped = new Map<string, number>()
  #calls = 0
  #changed = 0
  #unlisted = 0
  #listed = 0

  /** @param limit calls that are listed, in all groups together */
  constructor(before: Snapshot, after: Snapshot, limit: number) {
    this.#before = before
    this.#after = after
    this.#limit = limit
  }

  add(call: ComparedCall): void {
    this.#calls++
    const reading = call.attemptIn(this.#before)
    if (!reading.ok) {
      const reason =
        this.#skipped.has(reading.message) || this.#skipped.size < mostReasons ? reading.message : 'other reasons'
      this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
      return
    }
    const before = this.#finder.follow(this.#before, reading.attempt, call)
    const proposed = call.attemptIn(this.#after)
    const after = proposed.ok ? this.#finder.follow(this.#after, proposed.attempt, call) : proposed.message
    if (typeof after !== 'string' && isSamePath(before, after)) return
    this.#changed++
    this.#group(call, before, after)
  }

  result(): Comparison {
    const groups = [...this.#groups.values()].sort((one, other) => other.calls - one.calls)
    return {
      calls: this.#calls,
      changed: this.#changed,
      skipped: [...this.#skipped].map(([because, calls]) => ({ because, calls })),
      groups,
      unlistedGroups: this.#unlisted,
    }
  }

  #group(call: ComparedCall, before: Path, after: Path | string): void {
    const was = pathText(before)
    const becomes = typeof after === 'string' ? [after] : pathText(after)
    const key = `${was.join('\n')}\n\n${becomes.join('\n')}`
    let group = this.#groups.get(key)
    if (group === undefined) {
      if (this.#groups.size >= mostGroups) {
        this.#unlisted++
        return
      }
      group = {
        calls: 0,
        before: viewOf(before, was),
        after:
          typeof after === 'string' ? { text: becomes, decisions: [], end: 'not possible' } : viewOf(after, becomes),
        listed: [],
      }
      this.#groups.set(key, group)
    }
    group.calls++
    if (this.#listed >= this.#limit) return
    this.#listed++
    const { id, at, caller, dialled } = call
    group.listed.push({ id, at, caller, dialled })
  }
}

function viewOf({ decisions, end }: Path, text: readonly string[]): PathView {
  const views = decisions.map(({ decision, rules, outcome, isAssumed }) => ({
    result: summary(decision),
    rules,
    outcome,
    assumed: isAssumed,
  }))
  return { text, decisions: views, end }
}
