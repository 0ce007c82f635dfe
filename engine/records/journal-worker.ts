/** The journal's other thread: syncs once a second what the main thread has written, and compacts closed logs. */
import { closeSync, fdatasyncSync, fstatSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Compaction } from './journal-compaction.ts'
import { compact } from './journal-compaction.ts'
import { syncFolder } from './journal-folder.ts'
import type { JournalIdentity } from './journal-format.ts'

export interface JournalWorkerData {
  readonly folder: string
  readonly identity: JournalIdentity
  readonly syncEveryMilliseconds: number
}

export type ToJournalWorker =
  | { readonly type: 'active'; readonly path: string }
  | { readonly type: 'compact'; readonly upTo: number }
  | { readonly type: 'close' }

export type FromJournalWorker =
  | ({ readonly type: 'compacted' } & Compaction)
  | { readonly type: 'compactionFailed'; readonly reason: string }
  | { readonly type: 'synced' }
  | { readonly type: 'syncFailed'; readonly reason: string }

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

class ActiveLog {
  readonly #folder: string
  #path = ''
  #descriptor = -1
  #syncedBytes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Syncs and lets go of the log before. */
  change(path: string): void {
    try {
      this.sync()
    } finally {
      this.close()
      this.#path = path
    }
    this.sync()
  }

  sync(): void {
    if (this.#path === '') return
    if (this.#descriptor < 0) {
      // The new log's name has to survive a power cut as well.
      syncFolder(this.#folder)
      this.#descriptor = openSync(this.#path, 'r+')
      this.#syncedBytes = 0
    }
    const { size } = fstatSync(this.#descriptor)
    if (size === this.#syncedBytes) return
    fdatasyncSync(this.#descriptor)
    this.#syncedBytes = size
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }
}

function serve(port: NonNullable<typeof parentPort>, data: JournalWorkerData): void {
  const active = new ActiveLog(data.folder)
  let isClosing = false
  let syncFails = false
  const report = (message: FromJournalWorker) => port.postMessage(message)

  const trySync = (work: () => void) => {
    try {
      work()
      if (syncFails) report({ type: 'synced' })
      syncFails = false
    } catch (error) {
      if (!syncFails) report({ type: 'syncFailed', reason: reasonOf(error) })
      syncFails = true
    }
  }

  // One step at a time, so that a long compaction does not delay the sync.
  const runCompaction = (steps: Generator<string, Compaction, undefined>) => {
    try {
      // Thrown into the compaction, so that it closes and deletes what it has begun.
      const step = isClosing ? steps.throw(new Error('the journal is being closed')) : steps.next()
      if (step.done === true) report({ type: 'compacted', ...step.value })
      else setImmediate(runCompaction, steps)
    } catch (error) {
      if (!isClosing) report({ type: 'compactionFailed', reason: reasonOf(error) })
    }
  }

  const timer = setInterval(() => trySync(() => active.sync()), data.syncEveryMilliseconds)
  port.on('message', (message: ToJournalWorker) => {
    switch (message.type) {
      case 'active':
        trySync(() => active.change(message.path))
        break
      case 'compact':
        runCompaction(compact(data.folder, data.identity, message.upTo))
        break
      case 'close':
        isClosing = true
        clearInterval(timer)
        trySync(() => active.sync())
        active.close()
        port.close()
        break
    }
  })
}

if (parentPort !== null) serve(parentPort, workerData as JournalWorkerData)
