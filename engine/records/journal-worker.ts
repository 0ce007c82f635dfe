/**
 * The journal's other thread: once a second it syncs what the main thread has written and makes records of the calls that
 * ended; it compacts closed logs.
 */
import { closeSync, fdatasyncSync, fstatSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { CallRecordKeeper, RecordKeeping } from './call-record-keeper.ts'
import type { Compaction } from './journal-compaction.ts'
import { compact } from './journal-compaction.ts'
import { listJournal, syncFolder } from './journal-folder.ts'
import type { JournalIdentity } from './journal-format.ts'

export interface JournalWorkerData {
  readonly folder: string
  readonly identity: JournalIdentity
  readonly syncEveryMilliseconds: number
  /** `null`: events of calls are let go. */
  readonly records: RecordKeeping | null
}

export type ToJournalWorker =
  | { readonly type: 'active'; readonly path: string; readonly number: number }
  | { readonly type: 'compact'; readonly upTo: number }
  | { readonly type: 'close' }

export type FromJournalWorker =
  | ({ readonly type: 'compacted' } & Compaction)
  | { readonly type: 'compactionFailed'; readonly reason: string }
  | { readonly type: 'synced' }
  | { readonly type: 'syncFailed'; readonly reason: string }
  | { readonly type: 'recorded' }
  | { readonly type: 'recordsFailed'; readonly reason: string }

/** Logs that wait for the records before they are compacted all the same: a database that is broken for good must not fill
 * the disk with the journal. */
const mostUnrecordedLogs = 16
/** Longest time for the last records when the journal is closed. */
const closingMilliseconds = 2000

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

/** Brings the records up to date step by step, so that nothing else waits long. */
class Recording {
  readonly #keeper: CallRecordKeeper
  readonly #report: (message: FromJournalWorker) => void
  #newest = 0
  #isRunning = false
  #fails = false
  #deadline = Number.POSITIVE_INFINITY
  #then: (() => void)[] = []

  constructor(keeper: CallRecordKeeper, report: (message: FromJournalWorker) => void) {
    this.#keeper = keeper
    this.#report = report
  }

  set newest(number: number) {
    this.#newest = number
  }

  /** Reads on from where it stopped. `then` is called when all is read or it failed. */
  run(then: (() => void) | null): void {
    if (then !== null) this.#then.push(then)
    if (this.#isRunning || this.#newest === 0) {
      if (!this.#isRunning) this.#done()
      return
    }
    this.#isRunning = true
    this.#step()
  }

  isPast(log: number): boolean {
    return this.#keeper.isPast(log)
  }

  /** Reads what there is, for a while; what is left is read at the next start. */
  close(then: () => void): void {
    this.#deadline = performance.now() + closingMilliseconds
    this.run(() => {
      this.#keeper.close()
      then()
    })
  }

  #step(): void {
    let more = false
    try {
      more = this.#keeper.advance(this.#newest) && performance.now() < this.#deadline
      if (this.#fails) this.#report({ type: 'recorded' })
      this.#fails = false
    } catch (error) {
      if (!this.#fails) this.#report({ type: 'recordsFailed', reason: reasonOf(error) })
      this.#fails = true
    }
    if (more) setImmediate(() => this.#step())
    else this.#done()
  }

  #done(): void {
    this.#isRunning = false
    for (const then of this.#then.splice(0)) then()
  }
}

function serve(port: NonNullable<typeof parentPort>, data: JournalWorkerData, keeper: CallRecordKeeper | null): void {
  const active = new ActiveLog(data.folder)
  let isClosing = false
  let syncFails = false
  const report = (message: FromJournalWorker) => port.postMessage(message)
  const recording = keeper === null ? null : new Recording(keeper, report)

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

  const compactTo = (upTo: number) => {
    const isBehind = recording !== null && !recording.isPast(upTo)
    if (isBehind && listJournal(data.folder, upTo).files.length <= mostUnrecordedLogs) {
      report({ type: 'compactionFailed', reason: 'it holds calls that the call records lack' })
    } else runCompaction(compact(data.folder, data.identity, upTo))
  }

  const timer = setInterval(() => {
    trySync(() => active.sync())
    recording?.run(null)
  }, data.syncEveryMilliseconds)
  port.on('message', (message: ToJournalWorker) => {
    switch (message.type) {
      case 'active':
        trySync(() => active.change(message.path))
        if (recording !== null) recording.newest = message.number
        break
      case 'compact':
        if (recording === null) compactTo(message.upTo)
        else recording.run(() => compactTo(message.upTo))
        break
      case 'close':
        isClosing = true
        clearInterval(timer)
        trySync(() => active.sync())
        active.close()
        if (recording === null) port.close()
        else recording.close(() => port.close())
        break
    }
  })
}

async function keeperFor(data: JournalWorkerData): Promise<CallRecordKeeper | null> {
  if (data.records === null) return null
  // SQLite is loaded only where it is needed.
  const module = await import('./call-record-keeper.ts')
  return new module.CallRecordKeeper(data.folder, data.identity, data.records)
}

if (parentPort !== null) {
  const data = workerData as JournalWorkerData
  serve(parentPort, data, await keeperFor(data))
}
