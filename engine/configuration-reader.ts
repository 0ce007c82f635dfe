import { Worker } from 'node:worker_threads'
import type { ChangedEntity } from './config/compile/changes-by-kind.ts'
import type { Body, Kind } from './config/entities/kind.ts'

/** To the thread that reads the configuration (config-thread.ts). */
export type ReadingOrder =
  | { readonly order: 'open'; readonly dataFolder: string }
  /** `since` null: everything. */
  | { readonly order: 'read'; readonly since: number | null }
  /** The next part: the thread sends none by itself, so that no turn of this one has more than one to unpack. */
  | { readonly order: 'more' }

/** Some of the changes, all of one kind. */
export interface ReadPart {
  readonly kind: Kind
  readonly ids: readonly string[]
  /** Their bodies as JSON, one after the other; `null` of what was deleted. */
  readonly text: string
  /** Where each body ends in it. */
  readonly ends: readonly number[]
}

export type ReadingReport =
  | ({ readonly report: 'part' } & ReadPart)
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

/** Parts of what changed that are taken over one after the other, and milliseconds in which calls are served between later ones. */
const partsWithoutRest = 2
const restBetweenParts = 8

/** What it reads it soon hands over: it needs less room for new objects than the engine itself (engine-process.ts). */
const resourceLimits = { maxYoungGenerationSizeMb: 16 }

/**
 * What an entity is from now on, as text until somebody asks. Read all at once, the bodies of an import were most of what
 * collections of garbage had to move while calls waited; read one by one they are gone before the next.
 */
class UnreadChange implements ChangedEntity {
  readonly kind: Kind
  readonly id: string
  readonly #text: string

  constructor(kind: Kind, id: string, text: string) {
    this.kind = kind
    this.id = id
    this.#text = text
  }

  /** Read anew each time. */
  get after(): Body | null {
    return JSON.parse(this.#text) as Body | null
  }
}

function takePart({ kind, ids, text, ends }: ReadPart, changes: ChangedEntity[]): void {
  let begin = 0
  for (const [index, id] of ids.entries()) {
    changes.push(new UnreadChange(kind, id, text.slice(begin, ends[index])))
    begin = ends[index] ?? begin
  }
}

interface ReadingUnderWay {
  /** Calls wait for it: it is of everything. */
  awaited: boolean
  /** Taken over. */
  parts: number
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
    // Who takes over in the middle of it waits for it.
    if (this.#underWay !== null) this.#underWay.awaited = true
    if (this.#dataFolder === dataFolder) return
    this.#dataFolder = dataFolder
    this.#tell({ order: 'open', dataFolder })
  }

  read(since: number | null): Promise<Reading> {
    if (this.#underWay !== null) throw new Error('The configuration is being read already')
    return new Promise((resolve, reject) => {
      this.#underWay = { awaited: since === null, parts: 0, changes: [], resolve, reject }
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
      takePart(report, underWay.changes)
      // A long list is taken over as it is compiled: with rests.
      if (underWay.awaited || ++underWay.parts <= partsWithoutRest) this.#tell({ order: 'more' })
      else setTimeout(() => this.#tell({ order: 'more' }), restBetweenParts)
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
