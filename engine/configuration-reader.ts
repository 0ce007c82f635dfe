import { Worker } from 'node:worker_threads'
import type { ChangedEntity } from './config/compile/changes-by-kind.ts'

/** To the thread that reads the configuration (config-thread.ts). */
export type ReadingOrder =
  | { readonly order: 'open'; readonly dataFolder: string }
  /** `since` null: everything. */
  | { readonly order: 'read'; readonly since: number | null }
  /** The next part: the thread sends none by itself, so that no turn of this one has more than one to unpack. */
  | { readonly order: 'more' }

export type ReadingReport =
  /** Some of the changes, as JSON: a list of `ChangedEntity`. */
  | { readonly report: 'part'; readonly text: string }
  | { readonly report: 'end'; readonly revision: number; readonly whole: boolean }
  /** One line for people. */
  | { readonly report: 'failed'; readonly message: string }
  /** Somebody has written. */
  | { readonly report: 'changed' }

export interface Reading {
  /** Newest revision in it. */
  readonly revision: number
  /** Whether it is everything there is, and not what changed. */
  readonly whole: boolean
  readonly changes: readonly ChangedEntity[]
}

/** Where the configuration comes from. */
export interface ConfigurationSource {
  /**
   * What changed after a revision, or everything. One reading at a time. Rejects with one line for people.
   * @param since `null`: everything
   */
  read(since: number | null): Promise<Reading>
}

/** Pause before a thread that ended by a fault is started again, in milliseconds. */
const restartPause = 1000

/** What it reads it soon hands over: it needs less room for new objects than the engine itself (engine-process.ts). */
const resourceLimits = { maxYoungGenerationSizeMb: 16 }

interface ReadingUnderWay {
  readonly changes: ChangedEntity[]
  readonly resolve: (reading: Reading) => void
  readonly reject: (error: Error) => void
}

/** The other thread, which reads the database so that calls need not wait for it. Made before there is anything to read. */
export class ConfigurationReader implements ConfigurationSource {
  #worker: Worker | null
  #dataFolder = ''
  #changed: () => void = () => undefined
  #underWay: ReadingUnderWay | null = null
  #restart: NodeJS.Timeout | null = null
  #closed = false

  constructor() {
    this.#worker = this.#start()
  }

  /** From now on it reads this folder, unless it does already. `changed`: somebody has written; looked at every second. */
  open(dataFolder: string, changed: () => void): void {
    this.#changed = changed
    if (this.#dataFolder === dataFolder) return
    this.#dataFolder = dataFolder
    this.#tell({ order: 'open', dataFolder })
  }

  read(since: number | null): Promise<Reading> {
    if (this.#underWay !== null) throw new Error('The configuration is being read already')
    return new Promise((resolve, reject) => {
      this.#underWay = { changes: [], resolve, reject }
      this.#worker ??= this.#startAgain()
      this.#tell({ order: 'read', since })
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#restart !== null) clearTimeout(this.#restart)
    await this.#worker?.terminate()
  }

  #tell(order: ReadingOrder): void {
    this.#worker?.postMessage(order)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./config-thread.js', import.meta.url), { resourceLimits })
    worker.on('message', (report: ReadingReport) => this.#take(report))
    worker.on('error', (error) => this.#ended(worker, error.message))
    worker.on('exit', () => this.#ended(worker, 'its thread ended'))
    return worker
  }

  #startAgain(): Worker {
    const worker = this.#start()
    if (this.#dataFolder !== '') worker.postMessage({ order: 'open', dataFolder: this.#dataFolder })
    return worker
  }

  #take(report: ReadingReport): void {
    if (report.report === 'changed') {
      this.#changed()
      return
    }
    const underWay = this.#underWay
    if (underWay === null) return
    if (report.report === 'part') {
      for (const change of JSON.parse(report.text) as ChangedEntity[]) underWay.changes.push(change)
      this.#tell({ order: 'more' })
      return
    }
    this.#underWay = null
    if (report.report === 'failed') underWay.reject(new Error(report.message))
    else underWay.resolve({ revision: report.revision, whole: report.whole, changes: underWay.changes })
  }

  #ended(worker: Worker, why: string): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const underWay = this.#underWay
    this.#underWay = null
    underWay?.reject(new Error(`The configuration could not be read: ${why}`))
    if (this.#closed) return
    this.#restart = setTimeout(() => {
      this.#worker ??= this.#startAgain()
      this.#changed()
    }, restartPause)
  }
}
