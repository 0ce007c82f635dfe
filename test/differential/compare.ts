/** Lets the router and the reference decide the same call, step by step, and says where they part. */
import { compile } from '../../engine/config/compile/compile-document.ts'
import { readDocument } from '../../engine/config/read-document.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'
import type { Decision } from '../../engine/router/decision.ts'
import { proceed, route } from '../../engine/router/route.ts'
import { asData, attemptOf, liveOf, outcomeOf } from '../scenarios/play-scenario.ts'
import type { Plain, PlainMap } from '../scenarios/scenario-file.ts'
import { decide } from './reference/decide.ts'
import type { Call, Final, Live, Outcome, Ring } from './reference/decision.ts'
import type { Company } from './reference/document.ts'
import type { World } from './reference/world.ts'

/** A moment of a call: the state of the world, and how the step before ended. */
export interface Moment {
  readonly after: Outcome | null
  readonly now: number
  readonly live: Live
}

/** What to replay: a company, a call and its moments. */
export interface Script {
  readonly company: Company
  readonly call: Call
  readonly moments: readonly Moment[]
}

export interface Difference extends Script {
  readonly router: string
  readonly reference: string
}

/** Compiled as if it stood in a document, or null where the checker refuses it. */
export function snapshotOf(company: Company): Snapshot | null {
  const reading = readDocument(JSON.stringify(company), 'random.json')
  return reading.ok ? compile(reading.document, 1) : null
}

/** As scenario files would write it: all scalars are text. */
function plain(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
}

/** Words that a feature gets where nobody carries it out are no rule. */
function asText(data: Readonly<Record<string, unknown>>): string {
  const { phrase, ...fields } = data
  return JSON.stringify(sorted('feature' in fields ? fields : { phrase, ...fields }))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

/** No call has more steps than members of lists behind ten forwards; one that has goes round in a circle. */
const mostSteps = 200

/**
 * Goes through a call. `next` makes the moment after a decision, or null where the call is to end. Returns the moments
 * gone through and, where the two part, both decisions.
 */
export function compare(
  company: Company,
  snapshot: Snapshot,
  call: Call,
  first: Moment,
  next: (ring: Ring, step: number) => Moment | null,
): Difference | null {
  const attempt = attemptOf(snapshot, plain(call) as PlainMap)
  const world: World = { company, call, live: first.live, now: first.now }
  const routing = decide(world)
  const moments: Moment[] = [first]
  let reference = routing.next('busy')
  let decision: Decision = route(snapshot, liveOf(snapshot, plain(first.live) as PlainMap), attempt, first.now)
  for (let step = 0; ; step++) {
    const [one, other] = [asText(asData(decision)), asText({ ...(reference.value as Ring | Final) })]
    if (one !== other) return { company, call, moments, router: one, reference: other }
    if (decision.kind !== 'ring' || reference.done === true) return null
    if (step > mostSteps) return { company, call, moments, router: 'does not end', reference: 'does not end' }
    const moment = next(reference.value, step)
    if (moment?.after === null || moment === null) return null
    moments.push(moment)
    world.live = moment.live
    world.now = moment.now
    const live = liveOf(snapshot, plain(moment.live) as PlainMap)
    const outcome = outcomeOf(snapshot, plain(moment.after))
    if (decision.kind === 'ring') decision = proceed(snapshot, live, attempt, decision, outcome, moment.now)
    reference = routing.next(moment.after)
  }
}

/** Plays a script again. */
export function replay({ company, call, moments }: Script): Difference | null {
  const snapshot = snapshotOf(company)
  const [first] = moments
  if (snapshot === null || first === undefined) return null
  return compare(company, snapshot, call, first, (_, step) => moments[step + 1] ?? null)
}
