/** Every call that was ever decided can be decided again from its record, with the same path and for the same reasons. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { titleOf } from '../../engine/calls/route-notes.ts'
import { applyDocument } from '../../engine/config/apply-document.ts'
import { SnapshotCompiler } from '../../engine/config/compile/snapshot-compiler.ts'
import type { ConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import { openConfigurationWriter } from '../../engine/config/configuration-writer.ts'
import type { EntityChange } from '../../engine/config/entities/kind.ts'
import { PastSnapshots } from '../../engine/config/past-snapshots.ts'
import { finish } from '../../engine/config/slices.ts'
import type { Snapshot } from '../../engine/config/snapshot.ts'
import { answeredText, beganText, endedText, wentOnText } from '../../engine/records/call-event-text.ts'
import type { CallEvents } from '../../engine/records/call-events.ts'
import type { CallRecord } from '../../engine/records/call-record.ts'
import { CallRecordWriter } from '../../engine/records/call-record-writer.ts'
import { CallRecords } from '../../engine/records/call-records.ts'
import { openRecordsDatabase } from '../../engine/records/records-database.ts'
import type { Decision } from '../../engine/router/decision.ts'
import type { Fact } from '../../engine/router/explain.ts'
import { explainPast, replayed } from '../../engine/router/explain-past.ts'
import { formatExplanation } from '../../engine/router/format-explanation.ts'
import { attemptOfPast } from '../../engine/router/past-call.ts'
import type { Path } from '../../engine/router/past-path.ts'
import { isSamePath, PathFinder } from '../../engine/router/past-path.ts'
import { Chance } from '../simulation/chance.ts'
import type { GivenAnswer } from './random-calls.ts'
import { people, playCall } from './random-calls.ts'
import { randomCompany, randomUser } from './random-company.ts'

const calls = Number(process.env['REPLAYED_CALLS'] ?? 10_000)
const seed = Number(process.env['REPLAY_SEED'] ?? 1)
const callsOfRevision = 250
const author = { actor: 'test', address: '', source: 'start' as const }

t.test(`${calls} calls with every outcome are explained from their records as they went (seed ${seed})`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-replay-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const chance = new Chance(seed, 1)
  const configuration = await openConfigurationWriter(folder)
  t.teardown(() => configuration.close())
  const given = new Map<string, GivenAnswer[]>()
  const recording = openRecording(join(folder, 'records.db'))
  const seen = new Set<string>()
  const paths = { same: 0, other: 0, finder: new PathFinder() }
  for await (const snapshots of revisions(configuration, Math.ceil(calls / callsOfRevision), chance)) {
    for (let index = 0; index < callsOfRevision && given.size < calls; index++) {
      const id = `call${given.size}`
      given.set(id, playCall(id, Date.UTC(2026, 2, 1, 9, index), snapshots, recording.events, chance))
    }
  }
  recording.close()

  const past = new PastSnapshots(configuration.store)
  const records = new CallRecords(join(folder, 'records.db'))
  t.teardown(() => records.close())
  let replays = 0
  let before: number | null = null
  do {
    const page: Awaited<ReturnType<CallRecords['list']>> = await records.list({}, before, 1000)
    before = page.next
    for (const record of page.records) {
      const answers = given.get(record.id) ?? []
      const snapshots = await past.all(record.steps.map(({ revision }) => revision))
      const snapshotAt = (revision: number) => snapshots.get(revision) ?? null
      const facts = new Map<string, Fact>()
      const replay = replayed(record, snapshotAt, facts)
      if (!replay.ok) throw new Error(`${record.id}: ${replay.message}`)
      const found = replay.steps.map(({ decision, steps, rules }, index) => ({
        decision: comparable(decision),
        heard: steps,
        rings: decision.kind === 'ring' ? decision.targets.map(titleOf).join(', ') : '',
        rules,
        outcome: record.steps[index]?.after,
      }))
      const expected = answers.map(({ decision, heard }, index) => ({
        decision: comparable(decision),
        heard,
        rings: record.steps[index]?.rings,
        rules: record.steps[index]?.rules,
        outcome: record.steps[index]?.after,
      }))
      if (!same(found, expected)) t.same(found, expected, record.id)
      const assumed = [...facts.values()].filter((fact) => fact.assumed)
      if (assumed.length > 0) t.same(assumed, [], `${record.id}: everything that was asked is in the record`)
      const explained = explainPast(record, snapshotAt)
      if (!explained.ok) throw new Error(`${record.id}: ${explained.message}`)
      const { differences } = explained.explanation.past ?? { differences: ['no past'] }
      if (differences.length > 0) t.same(differences, [], record.id)
      if (!formatExplanation(explained.explanation).includes('dialled')) t.fail(record.id)
      for (const { after, detail, rules } of record.steps) {
        seen.add(after)
        for (const { step } of rules) seen.add(step)
        if (detail !== '') seen.add(`detail of ${after}`)
      }
      seen.add(`outcome ${record.outcome}`)
      for (const { facts: asked } of record.steps)
        if (asked.some((fact) => fact.startsWith('toll:'))) seen.add('limits')
      checkPaths(t, record, snapshotAt, paths)
      if (record.steps.some(({ revision }) => revision !== record.revision)) seen.add('changed while it rang')
      replays++
    }
  } while (before !== null)
  t.equal(replays, calls, 'every call has its record')
  t.ok(paths.same > calls / 100 && paths.other > calls / 100, `${paths.same} paths stay and ${paths.other} change`)
  for (const what of [
    ...['busy', 'noAnswer', 'unreachable', 'trunkFailed', 'redirected'],
    ...['forward all', 'no answer', 'not reachable', 'block list'],
    'limits',
    ...['detail of trunkFailed', 'detail of redirected', 'changed while it rang'],
    ...['outcome answered', 'outcome busy', 'outcome noAnswer', 'outcome refused', 'outcome failed'],
  ]) {
    t.ok(seen.has(what), `among them: ${what}`)
  }
})

/** The path through the configuration of then is that of the record; and whether another is the same shows in all of it. */
function checkPaths(
  t: Test,
  record: CallRecord,
  snapshotAt: (revision: number) => Snapshot | null,
  paths: { same: number; other: number; readonly finder: PathFinder },
): void {
  const snapshot = snapshotAt(record.revision)
  const attempt = snapshot === null ? null : attemptOfPast(snapshot, record)
  if (snapshot === null || attempt?.ok !== true) throw new Error(record.id)
  const call = { at: record.startedAt, steps: record.steps, answered: record.answeredAt !== null }
  const path = paths.finder.follow(snapshot, attempt.attempt, call)
  const rung = path.decisions.map(({ decision }) =>
    decision.kind === 'ring' ? decision.targets.map(titleOf).join(', ') : '',
  )
  const last = record.steps.at(-1)
  if (last?.revision === record.revision) {
    const recorded = record.steps.map(({ rings }) => rings)
    if (!same(rung, recorded)) t.same(rung, recorded, `${record.id}: the path is the recorded one`)
    const end = record.answeredAt !== null ? 'answered' : 'refused'
    if (path.end !== end) t.equal(path.end, end, record.id)
    return
  }
  const later = snapshotAt(last?.revision ?? 0)
  const next = later === null ? null : attemptOfPast(later, record)
  if (later === null || next?.ok !== true) throw new Error(record.id)
  const other = paths.finder.follow(later, next.attempt, call)
  const isSame = isSamePath(path, other)
  const whole = ({ decisions, end }: Path) => ({ end, decisions: decisions.map(({ decision }) => pathOnly(decision)) })
  if (isSame !== same(whole(path), whole(other)))
    t.same(whole(path), whole(other), `${record.id}: said to be ${isSame}`)
  if (isSame) paths.same++
  else paths.other++
}

function pathOnly(decision: Decision): unknown {
  if (decision.kind === 'refuse') return decision
  if (decision.kind === 'voicemail') return `voicemail of ${decision.of.id}`
  const targets = decision.targets.map((target) =>
    target.kind === 'user' ? target.user.id : `${target.trunk.id} ${target.number}`,
  )
  return { targets, ringSeconds: decision.ringSeconds, by: decision.diversions.map(({ by }) => by.id) }
}

/** Pairs of configurations, each changed a little after the one before, in the store and as the engine compiles them. */
async function* revisions(
  configuration: ConfigurationWriter,
  count: number,
  chance: Chance,
): AsyncGenerator<readonly [Snapshot, Snapshot]> {
  const compiler = new SnapshotCompiler()
  const compiled = (changes: readonly EntityChange[], revision: number) => finish(compiler.compile(changes, revision))
  const first = await applyDocument(configuration, randomCompany(people, chance), 'company.json', author, {
    prune: true,
  })
  if (!first.ok) throw new Error(JSON.stringify(first))
  let snapshot = compiled(first.changes, first.revision)
  for (let pairs = 0; pairs < count; ) {
    const writes = Array.from({ length: 4 }, () => {
      const number = chance.below(people)
      return { kind: 'user' as const, id: `u${number}`, body: randomUser(number, people, chance) }
    })
    const written = await configuration.write(writes, author)
    // Chance makes forwards that go in a circle, which are refused.
    if (!written.ok || written.changes.length === 0) continue
    const next = compiled(written.changes, written.revision)
    yield [snapshot, next]
    snapshot = next
    pairs++
  }
}

/** Events go through the journal's text into the database, as in the engine. */
function openRecording(path: string): { readonly events: CallEvents; close(): void } {
  const database = openRecordsDatabase(path, false)
  const writer = new CallRecordWriter(database)
  const take = (text: string) => writer.take(text)
  return {
    events: {
      began: (event) => take(beganText(event)),
      wentOn: (event) => take(wentOnText(event)),
      transferred: () => undefined,
      recorded: () => undefined,
      heard: () => undefined,
      answered: (id, at, callee) => take(answeredText(id, at, callee)),
      ended: (id, at, by, status, phrase) => take(endedText(id, at, by, status, phrase)),
    },
    close: () => {
      writer.write({ log: 1, offset: 0 })
      database.connection.close()
    },
  }
}

/** Without the objects of a snapshot, which are others in each compilation. */
function comparable(decision: Decision): unknown {
  if (decision.kind === 'refuse') return decision
  if (decision.kind === 'voicemail') return { ...decision, of: decision.of.id, diversions: decision.diversions.length }
  const { targets, ringSeconds, diversions } = decision
  return {
    targets: targets.map((target) =>
      target.kind === 'user'
        ? { ...target, user: target.user.id }
        : {
            ...target,
            trunk: target.trunk.id,
            onBehalfOf: target.onBehalfOf?.id ?? null,
            charge: target.charge === null ? null : { ...target.charge, placer: target.charge.placer.id },
          },
    ),
    ringSeconds,
    diversions: diversions.map(({ by, cause }) => [by.id, cause]),
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
