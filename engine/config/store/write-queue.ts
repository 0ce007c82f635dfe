import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from './database.ts'
import { StoreError } from './store-error.ts'

/** How long to try for the write lock, in milliseconds: far longer than a bulk import holds it. */
export const defaultPatience = 10_000

/** Between two tries, in milliseconds. */
const retryPause = 10

/** Gives write transactions their turn: one after the other here, and waiting for other processes without blocking. */
export class WriteQueue {
  readonly #database: Database | null
  readonly #patience: number
  #last: Promise<unknown> = Promise.resolve()

  /** @param database `null` where the store was opened only to read */
  constructor(database: Database | null, patience = defaultPatience) {
    this.#database = database
    this.#patience = patience
  }

  /**
   * Runs `work` in a write transaction; what it throws undoes everything.
   * @throws StoreError `locked` where another process does not give the lock back
   */
  run<Result>(work: (database: Database) => Result | Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => this.#transaction(work))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Settles when everything asked for until now is done. */
  async idle(): Promise<void> {
    await this.#last
  }

  close(): void {
    this.#database?.close()
  }

  async #transaction<Result>(work: (database: Database) => Result | Promise<Result>): Promise<Result> {
    const database = this.#database
    if (database === null) throw new Error('the store was opened only to read')
    await waitForLock(database.path, this.#patience, () => database.beginWriting())
    try {
      const result = await work(database)
      database.commit()
      return result
    } catch (error) {
      database.rollback()
      throw error
    }
  }
}

/**
 * Tries until `taken` says that the lock is ours.
 * @param patience milliseconds
 * @throws StoreError `locked` where it never is
 */
export async function waitForLock(path: string, patience: number, taken: () => boolean): Promise<void> {
  const deadline = performance.now() + patience
  while (!taken()) {
    if (performance.now() >= deadline) {
      throw new StoreError(
        'locked',
        `The configuration in ${path} is being written by another process, for ${patience / 1000} s already`,
        'try again, or find out who holds it (fuser)',
      )
    }
    await pause(retryPause)
  }
}
