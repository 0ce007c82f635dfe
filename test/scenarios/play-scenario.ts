/** Plays a scenario with the router and says where it does something else. */
import type { Callee, RingGroup, Snapshot, Trunk, User } from '../../engine/config/snapshot.ts'
import type {
  Attempt,
  Caller,
  Decision,
  FeatureRequest,
  Live,
  Outcome,
  RecordingPlan,
  Target,
  TrunkState,
} from '../../engine/router/decision.ts'
import type { Reading } from '../../engine/router/dialled.ts'
import type { RouteStep } from '../../engine/router/listener.ts'
import { proceed, route } from '../../engine/router/route.ts'
import type { Plain, PlainMap, Scenario, ScenarioFile } from './scenario-file.ts'
import { changedConfiguration, fieldsOf, listOf, mapOf, snapshotOf, textOf } from './scenario-file.ts'

/** Every difference between what a scenario expects and what is decided, as lines for people; none if it is as expected. */
export function play(file: ScenarioFile, scenario: Scenario): string[] {
  let configuration = changedConfiguration(file.configuration, scenario.with)
  let snapshot = snapshotOf(configuration)
  let now = scenario.at
  let live = scenario.live
  const attempt = attemptOf(snapshot, scenario.call)
  let heard: RouteStep[] = []
  const listener = { step: (step: RouteStep) => heard.push(step) }
  let decision = route(snapshot, liveOf(snapshot, live), attempt, now, listener)
  const found = differences('expect', scenario.expect, decision, heard)
  for (const [index, step] of scenario.next.entries()) {
    if (decision.kind !== 'ring') return [...found, `then[${index}]: the call is over already`]
    configuration = changedConfiguration(configuration, step.with)
    snapshot = snapshotOf(configuration)
    now = step.at ?? now
    live = { ...live, ...step.live }
    heard = []
    decision = proceed(
      snapshot,
      liveOf(snapshot, live),
      attempt,
      decision,
      outcomeOf(snapshot, step.after),
      now,
      listener,
    )
    found.push(...differences(`then[${index}]`, step.expect, decision, heard))
  }
  return found
}

export function attemptOf(snapshot: Snapshot, call: PlainMap): Attempt {
  const known = ['from', 'trunk', 'name', 'anonymous', 'dials', 'domain', 'ownDiversions', 'device']
  fieldsOf(call, 'call', known)
  return {
    caller: callerOf(snapshot, call),
    dialled: textOf(call['dials'], 'call: dials'),
    domain: textOf(call['domain'] ?? '', 'call: domain'),
    ownDiversions: Number(call['ownDiversions'] ?? 0),
  }
}

function callerOf(snapshot: Snapshot, call: PlainMap): Caller {
  const from = textOf(call['from'] ?? '', 'call: from')
  if (call['trunk'] === undefined) {
    const user = userOf(snapshot, from)
    const device = call['device'] === undefined ? user.devices[0] : user.devices.find(({ id }) => id === call['device'])
    if (device === undefined) throw new Error(`call: ${from} has no such device`)
    return { kind: 'device', user, device }
  }
  return {
    kind: 'trunk',
    trunk: trunkOf(snapshot, textOf(call['trunk'], 'call: trunk')),
    number: from,
    name: textOf(call['name'] ?? '', 'call: name'),
    anonymous: call['anonymous'] === 'true' || from === '',
  }
}

const liveFields = [
  'unregistered',
  'lines',
  'channels',
  'outsideForwards',
  'lastAnswered',
  'idleSince',
  'trunkStates',
  'tollUse',
]

export function liveOf(snapshot: Snapshot, facts: PlainMap): Live {
  fieldsOf(facts, 'live', liveFields)
  const unregistered = listOf(facts['unregistered'] ?? [], 'live: unregistered')
  for (const id of unregistered) userOf(snapshot, textOf(id, 'live: unregistered'))
  const counts = (name: string, exists: (id: string) => unknown) => {
    const map = mapOf(facts[name] ?? {}, `live: ${name}`)
    for (const id of Object.keys(map)) exists(id)
    return (id: string) => Number(map[id] ?? 0)
  }
  const lines = counts('lines', (id) => userOf(snapshot, id))
  const channels = counts('channels', (id) => trunkOf(snapshot, id))
  const outsideForwards = counts('outsideForwards', (id) => (id.includes(':') ? null : userOf(snapshot, id)))
  const lastAnswered = mapOf(facts['lastAnswered'] ?? {}, 'live: lastAnswered')
  const trunkStates = mapOf(facts['trunkStates'] ?? {}, 'live: trunkStates')
  for (const [id, state] of Object.entries(trunkStates)) {
    trunkOf(snapshot, id)
    if (state !== 'up' && state !== 'unregistered' && state !== 'down') throw new Error(`live: trunkStates: ${id}`)
  }
  // Seconds and calls by counter, day and key, as records name them: `high/2026-03-02/anna`.
  const tollUse = mapOf(facts['tollUse'] ?? {}, 'live: tollUse')
  for (const name of Object.keys(tollUse)) {
    const [counter = '', date = '', key = ''] = name.split('/')
    const isCounter = (counter === 'calls' && date === 'now') || tollCounters.includes(counter)
    if (!isCounter || !(key.includes(':') || userOf(snapshot, key))) throw new Error(`live: tollUse: ${name}`)
  }
  const idleSince = mapOf(facts['idleSince'] ?? {}, 'live: idleSince')
  return {
    registered: (user) => user.devices.length > 0 && !unregistered.includes(user.id),
    linesInUse: (user) => lines(user.id),
    channelsInUse: (trunk) => channels(trunk.id),
    trunkState: (trunk) => (trunkStates[trunk.id] as TrunkState | undefined) ?? 'up',
    outsideForwards: (by) => outsideForwards(by.kind === 'user' ? by.id : by.key),
    tollUse: (key, counter, day) => {
      const date = counter === 'calls' ? 'now' : new Date(day * 86_400_000).toISOString().slice(0, 10)
      return Number(tollUse[`${counter}/${date}/${key}`] ?? 0)
    },
    lastAnswered: (group) => placeOf(group, lastAnswered[group.id]),
    idleSince: (user) => (idleSince[user.id] === undefined ? 0 : Date.parse(textOf(idleSince[user.id], 'idleSince'))),
  }
}

const tollCounters = ['low', 'medium', 'high', 'outsideHours']

function placeOf(group: RingGroup, member: Plain | undefined): number {
  return group.members.findIndex((each) => (each.kind === 'user' ? each.userId : each.number) === member) + 1
}

function userOf(snapshot: Snapshot, id: string): User {
  const user = snapshot.users.get(id)
  if (user === undefined) throw new Error(`there is no user ${id}`)
  return user
}

function trunkOf(snapshot: Snapshot, id: string): Trunk {
  const trunk = snapshot.trunks.find((each) => each.id === id)
  if (trunk === undefined) throw new Error(`there is no trunk ${id}`)
  return trunk
}

export function outcomeOf(snapshot: Snapshot, after: Plain): Outcome {
  if (after === 'busy') return { kind: 'busy' }
  if (after === 'no answer') return { kind: 'noAnswer' }
  if (after === 'not reachable') return { kind: 'unreachable' }
  const fields = fieldsOf(mapOf(after, 'after'), 'after', ['trunkSays', 'phrase', 'forwardedBy', 'to', 'ringing'])
  if (fields['trunkSays'] !== undefined) {
    const reason = textOf(fields['phrase'] ?? 'Its Words', 'after: phrase')
    return { kind: 'trunkFailed', status: Number(fields['trunkSays']), reason, rang: false }
  }
  return {
    kind: 'redirected',
    by: userOf(snapshot, textOf(fields['forwardedBy'], 'after: forwardedBy')),
    dialled: textOf(fields['to'], 'after: to'),
    ringing: fields['ringing'] === 'true',
  }
}

/** A decision as scenarios write it: plain data, every field there. */
export function asData(decision: Decision): Readonly<Record<string, unknown>> {
  if (decision.kind === 'refuse') {
    const { status, reason, feature } = decision
    return { refuse: status, phrase: reason, ...(feature === undefined ? {} : { feature: featureData(feature) }) }
  }
  if (decision.kind === 'voicemail') {
    const { of, otherwise, discard } = decision
    return { voicemail: named(of), status: otherwise.status, discard }
  }
  return {
    ring: decision.targets.map(targetData),
    seconds: decision.ringSeconds,
    forwardedBy: decision.diversions.map(({ by, cause }) => ({ ...named(by), cause })),
  }
}

/** `{ user: ID }` or `{ ringGroup: ID }`. */
function named(callee: Callee): Readonly<Record<string, string>> {
  return { [callee.kind]: callee.id }
}

function featureData({ name, dialled, argument }: FeatureRequest) {
  return { name, dialled, means: argument === null ? '' : meaningOf(argument) }
}

function meaningOf(argument: Reading): string {
  switch (argument.kind) {
    case 'callee':
      return argument.callee.id
    case 'ownNumber':
      return argument.number.number
    case 'outsideNumber':
      return argument.number
    case 'nothing':
      return ''
  }
}

function targetData(target: Target) {
  const { ringSeconds, recording } = target
  const common = {
    seconds: ringSeconds,
    record: recordData(recording),
    announcedFirst: recording?.announcedFirst ?? false,
    beep: recording?.beep ?? false,
  }
  if (target.kind === 'user') {
    const { user, name, anonymous } = target.shown
    return { user: target.user.id, shows: user, name, anonymous, ...common }
  }
  return {
    trunk: target.trunk.id,
    number: target.number,
    shows: target.callerNumber,
    name: target.callerName,
    asserts: target.assertedNumber,
    hidden: target.hidden,
    emergency: target.emergency,
    onBehalfOf: target.onBehalfOf?.id ?? '',
    ...common,
  }
}

export function recordData(plan: RecordingPlan | null) {
  if (plan === null) return 'nobody'
  return plan.parties.map(({ owner, starts, announceToCaller, announceToCallee }) => {
    const both = announceToCaller && announceToCallee
    const announceTo = both ? 'both' : announceToCaller ? 'caller' : announceToCallee ? 'callee' : 'nobody'
    return { ...named(owner), starts, announceTo }
  })
}

function differences(place: string, expected: PlainMap, decision: Decision, heard: readonly RouteStep[]): string[] {
  const { because, ...wanted } = expected
  const data = asData(decision)
  const found: string[] = []
  compare(found, place, withWholeTargets(wanted), data)
  // What decides is asked for in full: a refusal is no ring of which one field fits.
  const kinds = ['ring', 'refuse', 'voicemail']
  if (!kinds.some((kind) => wanted[kind] !== undefined)) found.push(`${place}: nothing is expected`)
  found.push(...missingReasons(place, listOf(because ?? [], `${place}: because`), heard))
  return found.length === 0
    ? []
    : [
        ...found,
        `  decided: ${JSON.stringify(data)}`,
        ...heard.map((step) => `  ${step.step}: ${step.verdict}, ${step.because}`),
      ]
}

/** Whom to ring may be written as the id of a user alone. */
function withWholeTargets(expected: PlainMap): PlainMap {
  if (expected['ring'] === undefined) return expected
  const ring = listOf(expected['ring'], 'ring').map((target) =>
    typeof target === 'string' ? { user: target } : target,
  )
  return { ...expected, ring }
}

/** Fields that are expected are compared, lists as a whole, all as text. */
function compare(found: string[], place: string, expected: Plain, actual: unknown): void {
  if (typeof expected === 'string') {
    const is = typeof actual === 'object' ? JSON.stringify(actual) : String(actual)
    if (is !== expected) found.push(`${place}: ${expected} is expected, not ${is}`)
  } else if (Array.isArray(expected)) {
    const list = Array.isArray(actual) ? actual : []
    if (list.length !== expected.length) found.push(`${place}: ${expected.length} are expected, not ${list.length}`)
    for (const [index, each] of expected.entries()) compare(found, `${place}[${index}]`, each, list[index])
  } else {
    for (const [name, each] of Object.entries(expected)) {
      compare(found, `${place}.${name}`, each, (actual as Readonly<Record<string, unknown>> | undefined)?.[name])
    }
  }
}

/** The reasons that are not among the steps, in this order; others may stand between them. */
function missingReasons(place: string, because: readonly Plain[], heard: readonly RouteStep[]): string[] {
  const found: string[] = []
  let next = 0
  for (const each of because) {
    const { rule, user, says, ...step } = mapOf(each, `${place}: because`)
    const [[name, verdict] = ['', '']] = Object.entries(step)
    const index = heard.findIndex(
      (one, at) =>
        at >= next &&
        one.step === name &&
        one.verdict === verdict &&
        (rule === undefined || one.rule === rule) &&
        (user === undefined || one.user === user) &&
        (says === undefined || one.because.includes(textOf(says, 'says'))),
    )
    if (index < 0) found.push(`${place}: no step ${JSON.stringify(each)} at its place`)
    else next = index + 1
  }
  return found
}
