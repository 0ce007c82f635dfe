/** Tries one proposed change on calls of the past. It saves nothing. */
import { join } from 'node:path'
import { SnapshotCompiler } from '../../../engine/config/compile/snapshot-compiler.ts'
import { Configuration } from '../../../engine/config/configuration.ts'
import type { EntityChange } from '../../../engine/config/entities/kind.ts'
import { finish } from '../../../engine/config/slices.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import type { CallRecord } from '../../../engine/records/call-record.ts'
import { CallRecords } from '../../../engine/records/call-records.ts'
import { longestPage } from '../../../engine/records/page.ts'
import { recordsDatabaseName } from '../../../engine/records/records-file.ts'
import { attemptFromText } from '../../../engine/router/attempt-from-text.ts'
import { attemptOfPast } from '../../../engine/router/past-call.ts'
import { readCallsList } from './calls-list.ts'
import type { ComparedCall } from './compare-calls.ts'
import { CallComparison } from './compare-calls.ts'
import { tryChange } from './try-change.ts'
import type { ChangedEntity, WhatIfAnswer, WhatIfTask } from './whatif-task.ts'

/** Entities that are named; all are counted. */
const mostNamed = 100

/** @throws Error where the configuration or the records cannot be read */
export async function answerWhatIf(task: WhatIfTask): Promise<WhatIfAnswer> {
  const { dataFolder, change, calls, limit, now } = task
  const list = 'csv' in calls ? readCallsList(calls.csv, now) : null
  if (list?.ok === false) return { kind: 'problems', problems: list.problems }
  const store = await openStore(dataFolder, { readOnly: true })
  const { entities, revision } = await store.load()
  await store.close()
  const compiler = new SnapshotCompiler()
  const loaded = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
  const before = finish(compiler.compile(loaded, revision))
  const configuration = Configuration.empty()
  const fits = configuration.change(entities)
  if (!fits.ok) throw new Error(`The configuration does not pass its own checks: ${fits.problems[0]?.message}`)
  const tried = tryChange(configuration, change)
  if (!tried.ok) return { kind: 'problems', problems: tried.problems }
  const after = finish(compiler.compile(tried.changes, revision + 1))
  const comparison = new CallComparison(before, after, limit)
  if (list !== null) {
    for (const { id, caller, dialled, at } of list.calls) {
      const attemptIn: ComparedCall['attemptIn'] = (snapshot) => attemptFromText(snapshot, caller, dialled)
      comparison.add({ id, at, caller, dialled, steps: [], answered: false, attemptIn })
    }
  } else if ('last' in calls) {
    for await (const call of recordedCalls(dataFolder, calls.last)) comparison.add(call)
  }
  return {
    kind: 'compared',
    revision,
    changesInAll: tried.changes.length,
    changes: tried.changes.slice(0, mostNamed).map(nameOf),
    warnings: tried.warnings,
    comparison: comparison.result(),
  }
}

/** The newest, page by page. */
async function* recordedCalls(dataFolder: string, count: number): AsyncGenerator<ComparedCall> {
  const records = new CallRecords(join(dataFolder, recordsDatabaseName))
  let left = count
  let before: number | null = null
  try {
    do {
      const page: Awaited<ReturnType<CallRecords['list']>> = await records.list({}, before, Math.min(left, longestPage))
      for (const record of page.records) yield comparedCall(record)
      left -= page.records.length
      before = page.next
    } while (before !== null && left > 0)
  } finally {
    records.close()
  }
}

function comparedCall(record: CallRecord): ComparedCall {
  return {
    id: record.id,
    at: record.startedAt,
    caller: record.caller.title,
    dialled: record.dialled,
    steps: record.steps,
    answered: record.answeredAt !== null,
    attemptIn: (snapshot) => attemptOfPast(snapshot, record),
  }
}

function nameOf({ kind, id, before, after }: EntityChange): ChangedEntity {
  return { kind, id, change: before === null ? 'added' : after === null ? 'deleted' : 'changed' }
}
