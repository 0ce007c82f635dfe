/**
 * Why a call goes where it goes, and what would follow. The answers are those of `route` and `proceed`, asked with a
 * listener; nothing is decided here.
 */
import type { FeatureName, Snapshot } from '../config/snapshot.ts'
import type { Attempt, Decision, Live, Outcome, Ring, Target, TollCounter } from './decision.ts'
import { isCarriedOut, titleOfFeature } from './feature-code.ts'
import type { RouteListener, RouteStep } from './listener.ts'
import { localText } from './local-time.ts'
import { proceed, route } from './route.ts'

/** Plain data: may be written as JSON. */
export interface Explanation {
  readonly caller: string
  readonly dialled: string
  readonly revision: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** IANA name: of the caller's site, or UTC. */
  readonly timeZone: string
  /** What the router asked about the present moment, each once. */
  readonly facts: readonly Fact[]
  readonly first: ExplainedDecision
  /** What is known of a call of the past; `null` for one that nobody has made. */
  readonly past: PastEnd | null
}

/** How a call of the past went on after the router's last answer. Times in milliseconds since the Unix epoch. */
export interface PastEnd {
  readonly id: string
  readonly outcome: string | null
  /** For people; '' where nobody answered. */
  readonly answeredBy: string
  readonly answeredAt: number | null
  readonly endedAt: number | null
  /** The final response to the caller; `null` while it is not known. */
  readonly status: number | null
  readonly phrase: string | null
  /**
   * Where the replay leaves what is recorded, one line each: an earlier version of the program decided, or the record is
   * damaged. Mostly empty.
   */
  readonly differences: readonly string[]
}

export interface Fact {
  /** `Anna Abbott is registered: yes`. */
  readonly text: string
  /** Nobody could be asked, or nobody asked then: taken to be reachable, free and idle. */
  readonly assumed: boolean
}

export interface ExplainedDecision {
  readonly steps: readonly RouteStep[]
  readonly result: DecisionSummary
  /** What would happen next. Empty after a refusal. */
  readonly next: readonly NextDecision[]
}

export interface NextDecision {
  readonly outcome: Outcome['kind']
  /** When it did happen, in milliseconds since the Unix epoch; `null`: it is only supposed. */
  readonly happenedAt: number | null
  readonly decision: ExplainedDecision | null
}

export type DecisionSummary =
  | {
      readonly kind: 'ring'
      readonly targets: readonly TargetSummary[]
      readonly ringSeconds: number
      /** Who forwarded so far. */
      readonly forwardedBy: readonly string[]
    }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string }
  /** The server answers, and does what the code asks for. */
  | { readonly kind: 'feature'; readonly feature: FeatureName; readonly title: string }
  | {
      readonly kind: 'voicemail'
      /** Id of the user or ring group whose mailbox it is. */
      readonly of: string
      readonly name: string
      /** What the caller gets while nothing takes messages. */
      readonly status: number
      readonly reason: string
    }

export type TargetSummary =
  | {
      readonly kind: 'user'
      readonly user: string
      readonly name: string
      readonly extension: string
      readonly pbx: string
      /** What his phone shows of the caller. */
      readonly shown: string
    }
  | {
      readonly kind: 'trunk'
      readonly trunk: string
      readonly name: string
      readonly number: string
      readonly emergency: boolean
      /** What the carrier is told of the caller. */
      readonly shown: string
    }

/** Everybody registered and idle: what is assumed where nobody can be asked. */
export const assumedLive: Live = {
  registered: (user) => user.devices.length > 0,
  linesInUse: () => 0,
  channelsInUse: () => 0,
  trunkState: () => 'up',
  outsideForwards: () => 0,
  lastAnswered: () => 0,
  idleSince: () => 0,
  tollUse: () => 0,
}

/** Decisions that one explanation looks at: three branches at each of ten forwards would be too many to read. */
export const mostDecisions = 60

const outcomesOfUser: readonly Outcome[] = [{ kind: 'busy' }, { kind: 'noAnswer' }, { kind: 'unreachable' }]
const outcomesOfTrunk: readonly Outcome[] = [{ kind: 'busy' }, { kind: 'unreachable' }]

/**
 * Explains an attempt.
 *
 * @param live `null` where there is no running engine to ask; its answers are then assumed and marked so
 * @param now milliseconds since the Unix epoch
 */
export function explain(snapshot: Snapshot, live: Live | null, attempt: Attempt, now: number): Explanation {
  const facts = new Map<string, Fact>()
  const asked = recordFacts(live ?? assumedLive, () => live === null, facts)
  const inquiry: Inquiry = { snapshot, live: asked, attempt, now, left: mostDecisions }
  const first = explained(inquiry, (listener) => route(snapshot, asked, attempt, now, listener))
  return { ...headingOf(inquiry), facts: [...facts.values()], first, past: null }
}

/** Who dials what and when. */
export function headingOf({ snapshot, attempt, now }: Inquiry): Omit<Explanation, 'facts' | 'first' | 'past'> {
  const { caller } = attempt
  return {
    caller: describeCaller(attempt),
    dialled: attempt.domain === '' ? attempt.dialled : `${attempt.dialled}@${attempt.domain}`,
    revision: snapshot.revision,
    at: now,
    timeZone: caller.kind === 'device' ? caller.user.site.timeZone.name : 'UTC',
  }
}

/** One question to the router. */
export interface Inquiry {
  readonly snapshot: Snapshot
  readonly live: Live
  readonly attempt: Attempt
  readonly now: number
  /** Decisions that may still be looked at. */
  left: number
}

function explained(inquiry: Inquiry, ask: (listener: RouteListener) => Decision): ExplainedDecision {
  const steps: RouteStep[] = []
  const decision = ask({ step: (step) => steps.push(step) })
  inquiry.left--
  return { steps, result: summary(decision), next: decision.kind === 'ring' ? whatNext(inquiry, decision) : [] }
}

/** What would follow on each outcome. */
export function whatNext(inquiry: Inquiry, ring: Ring): NextDecision[] {
  // A call that leaves the house alone rings as long as its carrier lets it; one of a list has its time.
  const isOutside = ring.ringSeconds === 0 && ring.targets.every((target) => target.kind === 'trunk')
  const outcomes = isOutside ? outcomesOfTrunk : outcomesOfUser
  return outcomes.map((outcome) => ({
    outcome: outcome.kind,
    happenedAt: null,
    decision:
      inquiry.left <= 0
        ? null
        : explained(inquiry, (listener) =>
            proceed(inquiry.snapshot, inquiry.live, inquiry.attempt, ring, outcome, inquiry.now, listener),
          ),
  }))
}

/** A decision as plain data. */
export function summary(decision: Decision): DecisionSummary {
  if (decision.kind === 'refuse') {
    const { status, reason, feature } = decision
    if (feature === undefined || !isCarriedOut(feature.name)) return { kind: 'refuse', status, reason }
    return { kind: 'feature', feature: feature.name, title: titleOfFeature(feature.name) }
  }
  if (decision.kind === 'voicemail') {
    const { of, otherwise } = decision
    return { kind: 'voicemail', of: of.id, name: of.displayName, status: otherwise.status, reason: otherwise.reason }
  }
  return {
    kind: 'ring',
    targets: decision.targets.map(targetSummary),
    ringSeconds: decision.ringSeconds,
    forwardedBy: decision.diversions.map(({ by }) => by.displayName),
  }
}

function targetSummary(target: Target): TargetSummary {
  if (target.kind === 'user') {
    const { user, shown } = target
    return {
      kind: 'user',
      user: user.id,
      name: user.displayName,
      extension: user.extension,
      pbx: user.pbx.name,
      shown: shown.anonymous ? 'anonymous' : `${shown.name} ${shown.user}`.trim(),
    }
  }
  const { trunk, number, emergency, hidden, callerName, callerNumber } = target
  const shown = hidden || callerNumber === '' ? 'anonymous' : `${callerName} ${callerNumber}`.trim()
  return { kind: 'trunk', trunk: trunk.id, name: trunk.name, number, emergency, shown }
}

function describeCaller(attempt: Attempt): string {
  const caller = attempt.caller
  if (caller.kind === 'device') {
    const { user } = caller
    return `${user.displayName} (extension ${user.extension || 'none'}, PBX ${user.pbx.name})`
  }
  const who = caller.anonymous || caller.number === '' ? 'an anonymous caller' : caller.number
  return `${who} through trunk ${caller.trunk.name}`
}

/** Hands questions on to `live` and collects what it answers, each text once. */
export function recordFacts(live: Live, isAssumed: () => boolean, facts: Map<string, Fact>): Live {
  function note<T>(value: T, text: string): T {
    const assumed = isAssumed()
    // What was known once is not assumed because it is asked for once more.
    if (!assumed || !facts.has(text)) facts.set(text, { text, assumed })
    return value
  }
  return {
    registered(user) {
      const is = live.registered(user)
      return note(is, `${user.displayName} has a registered phone: ${is ? 'yes' : 'no'}`)
    },
    linesInUse(user) {
      const count = live.linesInUse(user)
      return note(count, `lines of ${user.displayName} in use: ${count}`)
    },
    channelsInUse(trunk) {
      const count = live.channelsInUse(trunk)
      return note(count, `channels of trunk ${trunk.name} in use: ${count}`)
    },
    trunkState(trunk) {
      const state = live.trunkState(trunk)
      return note(state, `trunk ${trunk.name} is ${state}`)
    },
    outsideForwards(by) {
      const count = live.outsideForwards(by)
      return note(count, `calls that ${by.displayName} forwards to outside numbers: ${count}`)
    },
    lastAnswered(group) {
      const place = live.lastAnswered(group)
      const who = place === 0 ? 'nobody yet' : `member ${place}`
      return note(place, `who answered the last call of ${group.displayName}: ${who}`)
    },
    tollUse(key, counter, day) {
      const used = live.tollUse(key, counter, day)
      return note(used, tollText(key, counter, day, used))
    },
    idleSince(user) {
      const since = live.idleSince(user)
      const text = since === 0 ? 'long ago' : `${localText(Math.floor(since / 60_000))} UTC`
      return note(since, `the last call of ${user.displayName} ended: ${text}`)
    },
  }
}

function tollText(key: string, counter: TollCounter, day: number, used: number): string {
  const whose = key.startsWith('account:') ? 'the account' : key
  if (counter === 'calls') return `outside calls of ${whose} at once: ${used}`
  const date = localText(day * 24 * 60).split(' ')[1]
  if (counter === 'outsideHours')
    return `calls of ${whose} to numbers of high risk outside business hours on ${date}: ${used}`
  return `seconds of ${whose} to numbers of ${counter} risk on ${date}: ${used}`
}
