/** A thread that looks through the whole configuration once, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { SnapshotCompiler } from '../../../engine/config/compile/snapshot-compiler.ts'
import { Configuration } from '../../../engine/config/configuration.ts'
import { finish } from '../../../engine/config/slices.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import { stepAside } from '../../../engine/control/give-way.ts'
import { lintConfiguration } from '../../../engine/lint/lint-configuration.ts'

export interface LintTask {
  readonly dataFolder: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

stepAside()
const { dataFolder, now } = workerData as LintTask
const store = await openStore(dataFolder, { readOnly: true })
const { entities, revision } = await store.load()
const configuration = Configuration.empty()
const loaded = configuration.change(entities)
if (!loaded.ok) {
  const [first] = loaded.problems
  throw new Error(`The configuration does not pass its own checks: ${first?.kind} ${first?.id}: ${first?.message}`)
}
const changes = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
const snapshot = finish(new SnapshotCompiler().compile(changes, revision))
parentPort?.postMessage(lintConfiguration(configuration, snapshot, now))
await store.close()
