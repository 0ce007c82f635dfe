/** A thread that looks through the whole configuration once, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { Configuration } from '../../../engine/config/configuration.ts'
import { openStore } from '../../../engine/config/store/open-store.ts'
import { lintConfiguration } from './lint-configuration.ts'

export interface LintTask {
  readonly dataFolder: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

const { dataFolder, now } = workerData as LintTask
const store = await openStore(dataFolder, { readOnly: true })
const { entities, revision } = await store.load()
const configuration = Configuration.empty()
const loaded = configuration.change(entities)
if (!loaded.ok) {
  const [first] = loaded.problems
  throw new Error(`The configuration does not pass its own checks: ${first?.kind} ${first?.id}: ${first?.message}`)
}
parentPort?.postMessage(lintConfiguration(configuration, revision, now))
await store.close()
