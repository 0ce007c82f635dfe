/**
 * A thread that explains calls by a snapshot of its own, compiled from the store as the engine compiles its. Before each
 * answer it takes in what was committed meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SnapshotCompiler } from '../../../engine/config/compile/snapshot-compiler.ts'
import type { Snapshot } from '../../../engine/config/snapshot.ts'
import type { ConfigurationStore } from '../../../engine/config/store/configuration-store.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import { KnownFacts } from '../../../engine/control/known-facts.ts'
import { attemptFromText } from '../../../engine/router/attempt-from-text.ts'
import { explain } from '../../../engine/router/explain.ts'
import { formatExplanation } from '../../../engine/router/format-explanation.ts'
import type { ExplainAnswer, ExplainQuestion, NumberedAnswer, NumberedQuestion } from './explain-questions.ts'

/** The newest configuration, compiled. */
class NewestSnapshot {
  #store: ConfigurationStore | null = null
  #compiler = new SnapshotCompiler()
  #snapshot: Snapshot | null = null
  #dataVersion = -1

  /** @throws StoreError, or Error where the configuration cannot be compiled */
  async get(): Promise<Snapshot> {
    this.#store ??= await openStore(workerData as string, { readOnly: true })
    const store = this.#store
    const dataVersion = store.dataVersion()
    if (this.#snapshot !== null && dataVersion === this.#dataVersion) return this.#snapshot
    this.#snapshot = this.#snapshot === null ? await this.#load(store) : await this.#follow(store, this.#snapshot)
    this.#dataVersion = dataVersion
    return this.#snapshot
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

function finish(compilation: Generator<void, Snapshot>): Snapshot {
  for (;;) {
    const step = compilation.next()
    if (step.done === true) return step.value
  }
}

async function answer(question: ExplainQuestion, newest: NewestSnapshot): Promise<ExplainAnswer> {
  let snapshot: Snapshot
  try {
    snapshot = await newest.get()
  } catch (error) {
    return { kind: 'no configuration', message: error instanceof Error ? error.message : String(error) }
  }
  const reading = attemptFromText(snapshot, question.caller, question.dialled)
  if (!reading.ok) return { kind: 'not understood', message: reading.message }
  const facts = question.facts === null ? null : new KnownFacts(question.facts)
  const explanation = explain(snapshot, facts, reading.attempt, question.at)
  const { users, trunks } = facts?.missing ?? { users: [], trunks: [] }
  if (users.length + trunks.length > 0) return { kind: 'facts needed', users, trunks }
  return { kind: 'explained', explanation, text: formatExplanation(explanation) }
}

const newest = new NewestSnapshot()
/** One after the other: the snapshot is followed by one of them at a time. */
let last: Promise<void> = Promise.resolve()

parentPort?.on('message', (question: NumberedQuestion) => {
  last = last.then(async () => {
    const given: NumberedAnswer = { number: question.number, answer: await answer(question, newest) }
    parentPort?.postMessage(given)
  })
})
