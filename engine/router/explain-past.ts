/**
 * Why a call of the past went where it went. Each question of then is put to the router again, with the configuration,
 * time, facts and outcomes of then; what was not asked then is assumed, and marked so.
 */
import type { Callee, Snapshot } from '../config/snapshot.ts'
import type { Decision, Live, Outcome } from './decision.ts'
import type { ExplainedDecision, Explanation, Fact, Inquiry, PastEnd } from './explain.ts'
import { headingOf, mostDecisions, recordFacts, summary, whatNext } from './explain.ts'
import type { RouteListener, RouteStep } from './listener.ts'
import type { PastCall } from './past-call.ts'
import { attemptOfPast, outcomeOfPast, PastFacts } from './past-call.ts'
import { proceed, route } from './route.ts'

/** A record as far as explaining needs it. */
export interface PastRecord extends PastCall {
  readonly id: string
  readonly callee: { readonly title: string } | null
  readonly answeredAt: number | null
  readonly endedAt: number | null
  readonly outcome: string | null
  readonly status: number | null
  readonly phrase: string | null
  readonly steps: readonly RecordedDecision[]
}

type RecordedDecision = PastCall['steps'][number] & {
  /** Rules and lists that decided. */
  readonly rules: readonly FollowedRule[]
  /** Whom it rang, or '' where it refused. */
  readonly rings: string
}

export interface FollowedRule {
  readonly user: string
  readonly step: string
  readonly rule: string
}

/** One question put again: the inquiry, what the router looked at, and what it answered. */
export interface ReplayedStep {
  readonly inquiry: Inquiry
  readonly steps: readonly RouteStep[]
  readonly rules: readonly FollowedRule[]
  readonly decision: Decision
  /** What led to it; `null` at the first. */
  readonly outcome: Outcome | null
}

export type Replay =
  | { readonly ok: true; readonly steps: readonly ReplayedStep[] }
  /** One line for people. */
  | { readonly ok: false; readonly message: string }

export type PastExplanation =
  | { readonly ok: true; readonly explanation: Explanation }
  | { readonly ok: false; readonly message: string }

/** @param snapshotAt the configuration of a revision; `null` where nobody knows it any more */
export function explainPast(record: PastRecord, snapshotAt: (revision: number) => Snapshot | null): PastExplanation {
  const facts = new Map<string, Fact>()
  const replay = replayed(record, snapshotAt, facts)
  if (!replay.ok) return replay
  const { steps } = replay
  const [first] = steps
  if (first === undefined) return { ok: false, message: 'Its record has no answer of the router.' }
  // Before the facts are listed: what would have followed asks for more of them.
  const explained = chained(steps, record)
  const past = endOf(record, differencesOf(record, steps))
  const explanation = { ...headingOf(first.inquiry), facts: [...facts.values()], first: explained, past }
  return { ok: true, explanation }
}

/**
 * Puts the questions again.
 *
 * @param facts gets what was asked for
 */
export function replayed(
  record: PastCall,
  snapshotAt: (revision: number) => Snapshot | null,
  facts: Map<string, Fact>,
): Replay {
  const known = new PastFacts()
  let rules: FollowedRule[] = []
  const asking: Live = {
    ...recordFacts(known, () => known.isAssumed, facts),
    followed: (by: Callee, step: string, rule: string) => rules.push({ user: by.id, step, rule }),
  }
  const steps: ReplayedStep[] = []
  let before: ReplayedStep | null = null
  for (const { revision, at, after, detail, facts: told } of record.steps) {
    const snapshot = snapshotAt(revision)
    if (snapshot === null)
      return { ok: false, message: `Revision ${revision}, which decided it, is not there any more.` }
    const reading =
      before === null ? attemptOfPast(snapshot, record) : { ok: true as const, attempt: before.inquiry.attempt }
    if (!reading.ok) return reading
    known.learn(told)
    const inquiry: Inquiry = { snapshot, live: asking, attempt: reading.attempt, now: at, left: mostDecisions }
    const looked: RouteStep[] = []
    const listener: RouteListener = { step: (step) => looked.push(step) }
    rules = []
    let outcome: Outcome | null = null
    let decision: Decision
    if (before === null) decision = route(snapshot, asking, reading.attempt, at, listener)
    else {
      if (before.decision.kind !== 'ring') break
      outcome = outcomeOfPast({ after, detail }, before.decision)
      if (outcome === null) break
      decision = proceed(snapshot, asking, reading.attempt, before.decision, outcome, at, listener)
    }
    before = { inquiry, steps: looked, rules, decision, outcome }
    steps.push(before)
  }
  rules = []
  return { ok: true, steps }
}

/** Each step is what followed on the one before; after the last stands what would have followed. */
function chained(steps: readonly ReplayedStep[], record: PastRecord): ExplainedDecision {
  let later: { readonly decision: ExplainedDecision; readonly outcome: Outcome; readonly at: number } | null = null
  for (let index = steps.length - 1; ; index--) {
    const step = steps[index]
    if (step === undefined) throw new Error('A call of the past has no step')
    const { decision } = step
    const supposed =
      decision.kind === 'ring' && later === null && !wasRefused(record) ? whatNext(step.inquiry, decision) : []
    const next =
      later === null ? supposed : [{ outcome: later.outcome.kind, happenedAt: later.at, decision: later.decision }]
    const explained: ExplainedDecision = { steps: step.steps, result: summary(decision), next }
    if (step.outcome === null) return explained
    later = { decision: explained, outcome: step.outcome, at: step.inquiry.now }
  }
}

/** The server refused what the router would have let ring: it was full, or about to stop. */
function wasRefused(record: PastRecord): boolean {
  return record.answeredAt === null && record.steps.at(-1)?.rings === '' && record.endedAt !== null
}

function endOf(record: PastRecord, differences: readonly string[]): PastEnd {
  const { id, outcome, callee, answeredAt, endedAt, status, phrase } = record
  return { id, outcome, answeredBy: callee?.title ?? '', answeredAt, endedAt, status, phrase, differences }
}

function differencesOf(record: PastRecord, steps: readonly ReplayedStep[]): string[] {
  const differences: string[] = []
  for (const [index, recorded] of record.steps.entries()) {
    const step = steps[index]
    const number = index + 1
    if (step === undefined) {
      differences.push(`answer ${number} of the router was recorded, and does not follow here`)
      break
    }
    const then = rulesText(recorded.rules)
    const now = rulesText(step.rules)
    if (then !== now) {
      differences.push(
        `answer ${number} of the router was recorded with ${then || 'no rule'}, here it has ${now || 'none'}`,
      )
    }
    if (recorded.rings !== '' && step.decision.kind !== 'ring') {
      differences.push(
        `answer ${number} of the router was recorded as ringing ${recorded.rings}, here the call is refused`,
      )
    }
  }
  return differences
}

function rulesText(rules: readonly FollowedRule[]): string {
  return rules.map(({ user, step, rule }) => `${rule} (${step} of ${user})`).join(', ')
}
