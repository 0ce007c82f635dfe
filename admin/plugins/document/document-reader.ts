import { Worker } from 'node:worker_threads'
import type { DocumentEntry, EntriesRead } from '../../../engine/config/document-entries.ts'
import { entriesOf } from '../../../engine/config/document-entries.ts'
import { steppingAside } from '../../../engine/control/give-way.ts'
import type { ReadingReport, ReadingTask } from './document-thread.ts'

/** A text up to so many characters is read at once: that takes less time than to start a thread. */
const readAtOnce = 64 * 1024
/** Documents that may wait while another is being read: each is held in memory. */
const mostWaiting = 2

export interface ReadingLimits {
  /** Longest time to read one document, in milliseconds. */
  readonly milliseconds: number
  /** Memory to read one document in, in megabytes. */
  readonly megabytes: number
}

/** Enough for 100 000 users in JSON, or 20 000 in YAML; and for a processor that is busy with calls. */
const standardLimits: ReadingLimits = { milliseconds: 180_000, megabytes: 1024 }

/**
 * Takes the text of documents apart. A long one is read in a thread of its own, one after the other and with limits of time
 * and memory, so that the process goes on answering whatever stands in it, and calls do not wait.
 */
export class DocumentReader {
  readonly #limits: ReadingLimits
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()
  #worker: Worker | null = null
  #closed = false

  constructor(limits: ReadingLimits = standardLimits) {
    this.#limits = limits
  }

  /** `null` where too many wait already. Never throws for what stands in the text. */
  async read(text: string, fileName: string): Promise<EntriesRead | null> {
    if (text.length <= readAtOnce) return entriesOf(text, fileName)
    if (this.#waiting > mostWaiting) return null
    this.#waiting++
    const turn = this.#last.then(() => this.#inThread({ text, fileName })).finally(() => this.#waiting--)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  async #inThread(task: ReadingTask): Promise<EntriesRead> {
    const { milliseconds, megabytes } = this.#limits
    if (this.#closed) throw new Error('The process ends')
    // A thread begins with the priority of whoever starts it, and takes half a second to load what it reads with.
    const worker = await steppingAside(
      async () =>
        new Worker(new URL('./document-thread.js', import.meta.url), {
          workerData: task,
          resourceLimits: { maxOldGenerationSizeMb: megabytes },
        }),
    )
    return new Promise((resolve, reject) => {
      this.#worker = worker
      const late = setTimeout(() => {
        resolve(tooMuch(`takes more than ${milliseconds / 1000} s to read`))
        void worker.terminate()
      }, milliseconds)
      const entries: DocumentEntry[] = []
      worker.on('message', (report: ReadingReport) => {
        if (report.entries === null) {
          resolve({ entries: report.hasEntries ? entries : null, problems: report.problems })
          return
        }
        for (const entry of report.entries) entries.push(entry)
        worker.postMessage('more')
      })
      worker.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
          resolve(tooMuch(`takes more than ${megabytes} MB of memory to read`))
        } else reject(error)
      })
      worker.once('exit', () => {
        clearTimeout(late)
        reject(new Error('A document was not read to the end'))
      })
    })
  }
}

function tooMuch(what: string): EntriesRead {
  const cure = 'Write it as JSON, or in several documents that are applied without prune'
  return { entries: null, problems: [{ path: '', value: '', message: `this document ${what}`, cure }] }
}
