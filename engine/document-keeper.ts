import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { compile } from './config/compile/compile-document.ts'
import type { Document } from './config/document.ts'
import type { Snapshot } from './config/snapshot.ts'

export interface DocumentTask {
  readonly path: string
}

export type DocumentReport =
  | { readonly document: Document; readonly problems: readonly []; readonly warnings: readonly string[] }
  | { readonly document: null; readonly problems: readonly string[] }

/** The copy of the last document that came into force. */
interface LastGood {
  /** Which file it was: path, size and time of change. A document that is still the same needs no checking again. */
  readonly source: string
  readonly revision: number
  readonly document: Document
}

export interface DocumentKeeperOptions {
  readonly dataFolder: string
  readonly path: string
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** One line for people where a document must not come into force here, else `null`. */
  readonly refuse: (document: Document) => string | null
  readonly inForce: (snapshot: Snapshot) => void
}

/** Name of the copy in the data folder. */
export const lastGoodName = 'company.last-good.json'

/**
 * Brings the document into force, at the start and when told to. One with mistakes changes nothing: what was last in
 * force stays, over restarts too.
 */
export class DocumentKeeper {
  readonly #options: DocumentKeeperOptions
  #revision = 0
  #problems: readonly string[] = []
  #compileMilliseconds = 0
  #listeners = ''
  #loading: Promise<void> | null = null
  #again = false

  constructor(options: DocumentKeeperOptions) {
    this.#options = options
  }

  /** Number of the configuration in force; 0 where there is none. */
  get revision(): number {
    return this.#revision
  }

  /** How long the snapshot in force took to compile. */
  get compileMilliseconds(): number {
    return this.#compileMilliseconds
  }

  /** What is wrong with the newest document, one line each; none where it is in force. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** At the start: the copy if the document has not changed since, else the document, else the copy all the same. */
  async start(): Promise<void> {
    const lastGood = this.#readLastGood()
    const unchanged = lastGood !== null && lastGood.source === sourceOf(this.#options.path)
    if (lastGood !== null) {
      this.#revision = lastGood.revision - 1
      if (unchanged && this.#apply(lastGood.document)) return
      this.#revision = lastGood.revision
    }
    if (await this.#readAndApply()) return
    if (lastGood === null || unchanged) return
    this.#revision = lastGood.revision - 1
    const problems = this.#problems
    if (this.#apply(lastGood.document)) {
      this.#options.log.warn({ revision: this.#revision }, 'The last document without mistakes is in force')
    }
    this.#problems = problems
  }

  /** Reads the document again. Orders that come while one is carried out are carried out once, after it. */
  reload(): Promise<void> {
    if (this.#loading !== null) {
      this.#again = true
      return this.#loading
    }
    this.#loading = this.#reload()
    return this.#loading
  }

  async #reload(): Promise<void> {
    do {
      this.#again = false
      const applied = await this.#readAndApply()
      if (!applied)
        this.#options.log.error({ revision: this.#revision }, 'The document was not taken: the old one stays')
    } while (this.#again)
    this.#loading = null
  }

  async #readAndApply(): Promise<boolean> {
    const { path, log } = this.#options
    const source = sourceOf(path)
    const report = await readInThread({ path })
    if (report.document === null) {
      this.#fail(report.problems)
      return false
    }
    for (const warning of report.warnings) log.warn({ document: path }, warning)
    if (!this.#apply(report.document)) return false
    this.#keep({ source, revision: this.#revision, document: report.document })
    return true
  }

  #apply(document: Document): boolean {
    const refusal = this.#options.refuse(document)
    if (refusal !== null) {
      this.#fail([refusal])
      return false
    }
    let snapshot: Snapshot
    const began = performance.now()
    try {
      snapshot = compile(document, this.#revision + 1)
    } catch (error) {
      this.#fail([error instanceof Error ? error.message : String(error)])
      return false
    }
    this.#compileMilliseconds = performance.now() - began
    this.#revision++
    this.#problems = []
    this.#options.inForce(snapshot)
    this.#options.log.info({ revision: this.#revision, users: snapshot.users.size }, 'Configuration is in force')
    const listeners = JSON.stringify(document.listeners ?? [])
    if (this.#listeners !== '' && this.#listeners !== listeners) {
      this.#options.log.warn({}, 'Changed listeners are used from the next start on')
    }
    this.#listeners = listeners
    return true
  }

  #fail(problems: readonly string[]): void {
    this.#problems = problems
    for (const problem of problems) this.#options.log.error({ document: this.#options.path }, problem)
  }

  #readLastGood(): LastGood | null {
    try {
      const lastGood = JSON.parse(readFileSync(join(this.#options.dataFolder, lastGoodName), 'utf8')) as LastGood
      return typeof lastGood.revision === 'number' && typeof lastGood.document === 'object' ? lastGood : null
    } catch {
      // None yet, or cut off by a power failure: then the document itself is read.
      return null
    }
  }

  #keep(lastGood: LastGood): void {
    const file = join(this.#options.dataFolder, lastGoodName)
    try {
      writeFileSync(`${file}.new`, JSON.stringify(lastGood), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'The copy of the document could not be written')
    }
  }
}

function sourceOf(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path)
    return `${path} ${ino} ${size} ${mtimeMs}`
  } catch {
    return ''
  }
}

function readInThread(task: DocumentTask): Promise<DocumentReport> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./document-thread.js', import.meta.url), { workerData: task })
    worker.once('message', resolve)
    worker.once('error', (error) => resolve({ document: null, problems: [`It could not be read: ${error.message}`] }))
    worker.once('exit', () => resolve({ document: null, problems: ['It could not be read: the thread ended'] }))
  })
}
