import { Worker } from 'node:worker_threads'
import type { ListenerBody } from '../engine/config/entities/listener.ts'

/** What to make the configuration of, at the start and when told to look again. */
export interface ConfigurationTask {
  readonly dataFolder: string
  /** Path of the document that the configuration is to agree with; '' where it is the store's own. */
  readonly document: string
  /** Text of the document to begin with where nothing is stored yet. */
  readonly initial: string
  /** An address other than loopback at which the sample company may not be reached; '' where there is none, or not known. */
  readonly outsideAddress: string
}

/** How the configuration stands afterwards. */
export type ConfigurationReport =
  | {
      readonly ok: true
      readonly revision: number
      /** Whether a document was applied and changed something. */
      readonly changed: boolean
      /** Whether the store was empty, and with what it has begun: `initial`, or the document of a former version. */
      readonly begun: 'not' | 'initial' | 'former'
      /** Why the document was not applied, one line each; the configuration is what it was. */
      readonly problems: readonly string[]
      readonly warnings: readonly string[]
      readonly listeners: readonly ListenerBody[]
      /** It has the sample company's trunk, which trusts a port of this machine. */
      readonly sampleTrunk: boolean
    }
  /** There is nothing to serve: because of the store, else because of the document. */
  | { readonly ok: false; readonly problems: readonly string[]; readonly isStore: boolean }

/** Carries a task out in a thread, so that the memory a large configuration takes is given back. */
export function prepareConfiguration(task: ConfigurationTask): Promise<ConfigurationReport> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./prepare-configuration-thread.js', import.meta.url), { workerData: task })
    const failed = (why: string) =>
      resolve({ ok: false, problems: [`The configuration cannot be read: ${why}`], isStore: true })
    worker.once('message', resolve)
    worker.once('error', (error) => failed(error.message))
    worker.once('exit', () => failed('the thread ended'))
  })
}
