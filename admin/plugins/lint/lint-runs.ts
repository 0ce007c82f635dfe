import { Worker } from 'node:worker_threads'
import type { LintResult } from '../../../engine/lint/lint-configuration.ts'
import type { LintTask } from './lint-thread.ts'

/** How long a result is good though time has moved on, in milliseconds. */
const goodFor = 60_000
/** Longest run, in milliseconds. */
const longestRun = 120_000

/** Looks through the configuration in a thread of its own; who asks while one runs gets its result. */
export class LintRuns {
  readonly #dataFolder: string
  readonly #clock: () => number
  #last: { readonly result: LintResult; readonly at: number } | null = null
  #running: Promise<LintResult> | null = null
  #worker: Worker | null = null

  constructor(dataFolder: string, clock: () => number) {
    this.#dataFolder = dataFolder
    this.#clock = clock
  }

  /**
   * @param revision of the configuration now: an older result is not good
   * @throws Error where the configuration cannot be read
   */
  async result(revision: number): Promise<LintResult> {
    const last = this.#last
    if (last !== null && last.result.revision === revision && this.#clock() - last.at < goodFor) return last.result
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #run(): Promise<LintResult> {
    const at = this.#clock()
    const result = await new Promise<LintResult>((resolve, reject) => {
      const task: LintTask = { dataFolder: this.#dataFolder, now: at }
      const worker = new Worker(new URL('./lint-thread.js', import.meta.url), { workerData: task })
      this.#worker = worker
      worker.unref()
      const late = setTimeout(() => void worker.terminate(), longestRun)
      late.unref()
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => {
        clearTimeout(late)
        reject(new Error('The configuration was not looked through to the end'))
      })
    })
    this.#last = { result, at }
    return result
  }
}
