/**
 * The path that a call of the past takes through a configuration, which need not be the one of then: what would have
 * become of it? Where it rings whom it rang then, what happened then happens; elsewhere nobody answers. Asks the router
 * itself, without a listener.
 */
import type { Snapshot } from '../config/snapshot.ts'
import { isSameCallee } from './chain.ts'
import type { Attempt, Decision, Outcome, Ring } from './decision.ts'
import type { PastStep } from './past-call.ts'
import { isRingOf, outcomeOfPast, PastFacts } from './past-call.ts'
import { proceed, route } from './route.ts'

/** Answers of the router that are followed: a call is forwarded at most ten times, and may try several trunks each time. */
const mostDecisions = 60
/** How long it rings where no time is set, in milliseconds. */
const usualRinging = 60_000

export interface PathDecision {
  readonly decision: Decision
  /** How its ring ended; `null` for the last. */
  readonly outcome: Outcome['kind'] | null
  /** Nobody knows how it would have ended: taken not to be answered. */
  readonly isAssumed: boolean
  /** Rules and lists that led to it, by name. */
  readonly rules: readonly string[]
}

/** `left`: the caller hung up, or the record ends here. */
export type PathEnd = 'answered' | 'left' | 'refused' | 'not followed further'

export interface Path {
  readonly decisions: readonly PathDecision[]
  readonly end: PathEnd
}

/** A call to be followed: recorded, or only thought of. */
export interface FollowedCall {
  /** When it came, in milliseconds since the Unix epoch. */
  readonly at: number
  /** As recorded; none for a call that nobody has made. */
  readonly steps: readonly PastStep[]
  readonly answered: boolean
}

const nobodyAnswers: Outcome = { kind: 'noAnswer' }
const noRules: readonly string[] = []

/** Follows calls one after the other. */
export class PathFinder {
  readonly #facts = new PastFacts()
  #rules: string[] | null = null

  constructor() {
    this.#facts.followed = (_user, _step, rule) => {
      if (this.#rules === null) this.#rules = [rule]
      else this.#rules.push(rule)
    }
  }

  /** @param attempt by people and phones of this snapshot */
  follow(snapshot: Snapshot, attempt: Attempt, call: FollowedCall): Path {
    const { steps, answered } = call
    const facts = this.#facts
    facts.forget()
    // Of several answers about one thing the first counts, until the step that was told another is reached.
    for (let index = steps.length - 1; index >= 0; index--) facts.learn(steps[index]?.facts ?? noRules)
    const decisions: PathDecision[] = []
    let now = call.at
    let from = 0
    let decision = route(snapshot, facts, attempt, now)
    while (decision.kind === 'ring') {
      const rules = this.#takeRules()
      const found = stepThatRang(steps, decision, from)
      if (found >= 0 && found === steps.length - 1) {
        decisions.push({ decision, outcome: null, isAssumed: false, rules })
        return { decisions, end: answered ? 'answered' : 'left' }
      }
      if (decisions.length >= mostDecisions) return { decisions, end: 'not followed further' }
      const next = found < 0 ? undefined : steps[found + 1]
      const known = next === undefined ? null : outcomeOfPast(next, decision)
      const outcome = known ?? nobodyAnswers
      if (next === undefined) now += decision.ringSeconds === 0 ? usualRinging : decision.ringSeconds * 1000
      else {
        now = next.at
        from = found + 1
        facts.learn(next.facts)
      }
      decisions.push({ decision, outcome: outcome.kind, isAssumed: known === null, rules })
      decision = proceed(snapshot, facts, attempt, decision, outcome, now)
    }
    decisions.push({ decision, outcome: null, isAssumed: false, rules: this.#takeRules() })
    return { decisions, end: 'refused' }
  }

  #takeRules(): readonly string[] {
    const rules = this.#rules ?? noRules
    this.#rules = null
    return rules
  }
}

/** The first step from `from` on that rang the same; -1 for none. */
function stepThatRang(steps: readonly PastStep[], ring: Ring, from: number): number {
  for (let index = from; index < steps.length; index++) {
    const step = steps[index]
    if (step !== undefined && isRingOf(ring, step)) return index
  }
  return -1
}

/** Whether two paths are the same for those who call and are called: who rings, how long, for whom, and the end. */
export function isSamePath(one: Path, other: Path): boolean {
  if (one.end !== other.end || one.decisions.length !== other.decisions.length) return false
  for (const [index, { decision }] of one.decisions.entries()) {
    const counterpart = other.decisions[index]?.decision
    if (counterpart === undefined || !isSameDecision(decision, counterpart)) return false
  }
  return true
}

function isSameDecision(one: Decision, other: Decision): boolean {
  if (one.kind === 'refuse')
    return other.kind === 'refuse' && one.status === other.status && one.reason === other.reason
  if (one.kind === 'voicemail') return other.kind === 'voicemail' && isSameCallee(one.of, other.of)
  if (other.kind !== 'ring') return false
  if (one.ringSeconds !== other.ringSeconds || one.targets.length !== other.targets.length) return false
  for (const [index, target] of one.targets.entries()) {
    const counterpart = other.targets[index]
    if (target.kind === 'user') {
      if (counterpart?.kind !== 'user' || counterpart.user.id !== target.user.id) return false
      if (counterpart.ringSeconds !== target.ringSeconds) return false
    } else if (
      counterpart?.kind !== 'trunk' ||
      counterpart.trunk.id !== target.trunk.id ||
      counterpart.number !== target.number
    ) {
      return false
    }
  }
  if (one.diversions.length !== other.diversions.length) return false
  for (const [index, { by }] of one.diversions.entries()) {
    const counterpart = other.diversions[index]
    if (counterpart === undefined || !isSameCallee(counterpart.by, by)) return false
  }
  return true
}
