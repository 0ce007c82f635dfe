/**
 * A thread that explains calls by a snapshot of its own, compiled from the store as the engine compiles its. Before each
 * answer it takes in what was committed meanwhile.
 */
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { SnapshotCompiler } from '../../../engine/config/compile/snapshot-compiler.ts'
import { PastSnapshots } from '../../../engine/config/past-snapshots.ts'
import { finish } from '../../../engine/config/slices.ts'
import type { Snapshot } from '../../../engine/config/snapshot.ts'
import type { ConfigurationStore } from '../../../engine/config/store/configuration-store.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import { stepAside } from '../../../engine/control/give-way.ts'
import { KnownFacts } from '../../../engine/control/known-facts.ts'
import { CallRecords } from '../../../engine/records/call-records.ts'
import { recordsDatabaseName } from '../../../engine/records/records-file.ts'
import { attemptFromText } from '../../../engine/router/attempt-from-text.ts'
import { explain } from '../../../engine/router/explain.ts'
import { explainPast } from '../../../engine/router/explain-past.ts'
import { formatExplanation } from '../../../engine/router/format-explanation.ts'
import type {
  ExplainAnswer,
  ExplainAttempt,
  ExplainQuestion,
  NumberedAnswer,
  NumberedQuestion,
} from './explain-questions.ts'

const dataFolder = workerData as string
/** How long earlier configurations are kept when nobody asks any more, in milliseconds. */
const keptFor = 60_000

/** The newest configuration, compiled. */
class NewestSnapshot {
  #opened: ConfigurationStore | null = null
  #compiler = new SnapshotCompiler()
  #snapshot: Snapshot | null = null
  #dataVersion = -1

  /** @throws StoreError, or Error where the configuration cannot be compiled */
  async get(): Promise<Snapshot> {
    const store = await this.store()
    const dataVersion = store.dataVersion()
    if (this.#snapshot !== null && dataVersion === this.#dataVersion) return this.#snapshot
    this.#snapshot = this.#snapshot === null ? await this.#load(store) : await this.#follow(store, this.#snapshot)
    this.#dataVersion = dataVersion
    return this.#snapshot
  }

  /** @throws StoreError where it cannot be opened */
  async store(): Promise<ConfigurationStore> {
    this.#opened ??= await openStore(dataFolder, { readOnly: true })
    return this.#opened
  }

  async #load(store: ConfigurationStore): Promise<Snapshot> {
    const { entities, revision } = await store.load()
    this.#compiler = new SnapshotCompiler()
    const changes = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
    return finish(this.#compiler.compile(changes, revision))
  }

  async #follow(store: ConfigurationStore, before: Snapshot): Promise<Snapshot> {
    const { entities, revision } = await store.changesSince(before.revision)
    if (revision === before.revision) return before
    try {
      const changes = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
      return finish(this.#compiler.compile(changes, revision))
    } catch {
      // A compiler that has failed is of no use any more; whether it was the change shows in a new one.
      return this.#load(store)
    }
  }
}

/** The records of calls, and the configurations by which they were decided. Given up when nobody has asked for a while. */
class Past {
  readonly #records = new CallRecords(join(dataFolder, recordsDatabaseName))
  readonly #newest: NewestSnapshot
  #snapshots: PastSnapshots | null = null
  #forgetting: NodeJS.Timeout | null = null

  constructor(newest: NewestSnapshot) {
    this.#newest = newest
  }

  async explain(id: string): Promise<ExplainAnswer> {
    const record = await this.#records.find(id)
    if (record === null) {
      return { kind: 'no record', message: 'There is no record of a call with this id: `ringdown records` lists them' }
    }
    this.#snapshots ??= new PastSnapshots(await this.#newest.store())
    if (this.#forgetting !== null) clearTimeout(this.#forgetting)
    this.#forgetting = setTimeout(() => {
      this.#snapshots = null
    }, keptFor)
    this.#forgetting.unref()
    const snapshots = await this.#snapshots.all(record.steps.map(({ revision }) => revision))
    const past = explainPast(record, (revision) => snapshots.get(revision) ?? null)
    if (!past.ok) return { kind: 'no record', message: `This call cannot be explained. ${past.message}` }
    return { kind: 'explained', explanation: past.explanation, text: formatExplanation(past.explanation) }
  }
}

async function answer(question: ExplainQuestion): Promise<ExplainAnswer> {
  try {
    return question.kind === 'call' ? await past.explain(question.id) : explainAttempt(question, await newest.get())
  } catch (error) {
    return { kind: 'no configuration', message: error instanceof Error ? error.message : String(error) }
  }
}

function explainAttempt(question: ExplainAttempt, snapshot: Snapshot): ExplainAnswer {
  const reading = attemptFromText(snapshot, question.caller, question.dialled)
  if (!reading.ok) return { kind: 'not understood', message: reading.message }
  const facts = question.facts === null ? null : new KnownFacts(question.facts)
  const explanation = explain(snapshot, facts, reading.attempt, question.at)
  const { users, trunks } = facts?.missing ?? { users: [], trunks: [] }
  if (users.length + trunks.length > 0) return { kind: 'facts needed', users, trunks }
  return { kind: 'explained', explanation, text: formatExplanation(explanation) }
}

stepAside()
const newest = new NewestSnapshot()
const past = new Past(newest)
/** One after the other: the snapshot is followed by one of them at a time. */
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', ({ number, question }: NumberedQuestion) => {
  last = last.then(async () => {
    const given: NumberedAnswer = { number, answer: await answer(question) }
    parentPort?.postMessage(given)
  })
})
