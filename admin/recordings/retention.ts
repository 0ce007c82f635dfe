/** Moves and deletes recordings when their time is over, one after the other, in the background. */
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
  #running: Promise<void> | null = null
  #closed = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** Does what is due. */
  async run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    const { catalogue, clock, log } = this.#options
    for (;;) {
      const due = await catalogue.due(clock())
      let moved = 0
      for (const row of due) {
        if (this.#closed) return
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
      // Those that fail would be found again and again.
      if (moved === 0 || moved < due.length) return
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
