/** Moves and deletes recordings when their time is over, and compresses new ones; one after the other, in the background. */
import type { Logger } from 'pino'
import type { Catalogue, RecordingRow } from './catalogue.ts'
import type { RecordingStore } from './recording-store.ts'

export interface RetentionOptions {
  readonly catalogue: Catalogue
  readonly store: RecordingStore
  readonly log: Logger
  readonly clock: () => number
  /** Told of each recording that is deleted because its time is over. */
  readonly deleted: (row: RecordingRow) => Promise<void>
}

export class Retention {
  readonly #options: RetentionOptions
  #running: Promise<number> | null = null
  #closed = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** Does what is due. @returns how many recordings it was */
  async run(): Promise<number> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<number> {
    const { catalogue, clock, log } = this.#options
    let done = 0
    for (;;) {
      const due = await catalogue.due(clock())
      let moved = 0
      for (const row of due) {
        if (this.#closed) return done
        try {
          await this.#carryOut(row)
          moved++
        } catch (error) {
          log.error(
            { err: error, recording: row.id },
            'A recording could not be moved or deleted though its time is over',
          )
        }
      }
      done += moved
      // Those that fail would be found again and again.
      if (moved === 0 || moved < due.length) return done
    }
  }

  async #carryOut(row: RecordingRow): Promise<void> {
    const { store, deleted } = this.#options
    if (row.state === 'retrieved') await store.giveBack(row)
    else if (row.state === 'hot' && row.cold_days > 0) await store.archive(row)
    else {
      await store.delete(row.id)
      await deleted(row)
    }
  }
}
