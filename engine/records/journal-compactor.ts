import { Worker } from 'node:worker_threads'
import type { RecordKeeping } from './call-record-keeper.ts'
import type { JournalLogger } from './journal-file.ts'
import type { Recovery } from './journal-recovery.ts'
import type { FromJournalWorker, JournalWorkerData, ToJournalWorker } from './journal-worker.ts'

export interface CompactorOptions {
  readonly log: JournalLogger
  readonly compactAfterBytes: number
  readonly syncEveryMilliseconds: number
  readonly records: RecordKeeping | null
}

/** So many small files, of so many starts, are made into one whatever their size. */
const MOST_FILES_AT_START = 8
/** How many ticks the other thread waits at most for what was recovered to be taken up. */
const START_TICKS = 50
/** How many ticks pass before what failed is tried again. */
const RETRY_TICKS = 50

/** The main thread's hold on the journal's other thread: decides when to compact and starts the thread again. */
export class JournalCompactor {
  readonly #data: JournalWorkerData
  readonly #options: CompactorOptions
  /** What recovery has already reported is not reported again when it is compacted away. */
  readonly #knownDamage: Set<string>
  #worker: Worker | undefined
  #activePath = ''
  #activeNumber = 0
  #closedBytes: number
  #askedBytes = 0
  #snapshotBytes: number
  #isCompacting = false
  #isDue: boolean
  #compactionFails = false
  #syncs = true
  #retryIn = 0
  /** Ticks until the other thread starts whether it was told to or not; 0 when it has. */
  #startIn = 0
  #isClosing = false

  constructor(folder: string, recovery: Recovery, options: CompactorOptions) {
    const { syncEveryMilliseconds, records } = options
    this.#data = { folder, identity: recovery.identity, syncEveryMilliseconds, records }
    this.#options = options
    this.#knownDamage = new Set(recovery.recovered.damage)
    this.#closedBytes = recovery.logBytes
    this.#snapshotBytes = recovery.snapshotBytes
    // A damaged file is compacted away at once, or every start would report it again.
    this.#isDue = recovery.recovered.damage.length > 0 || recovery.fileCount > MOST_FILES_AT_START
    // Loading its modules takes a processor that whoever takes up calls after a crash needs for itself.
    if (recovery.recovered.entries.length > 0) this.#startIn = START_TICKS
    else this.#start()
  }

  /** What was recovered has been taken up: the other thread may start. */
  begin(): void {
    if (this.#startIn === 0) return
    this.#startIn = 0
    this.#start()
    this.#compactWhenDue()
  }

  /** False while the disk does not take what was written. */
  get syncs(): boolean {
    return this.#syncs
  }

  logOpened(path: string, number: number, closedBytes: number): void {
    this.#activePath = path
    this.#activeNumber = number
    this.#closedBytes += closedBytes
    this.#post({ type: 'active', path, number })
    this.#compactWhenDue()
  }

  /** To be called regularly: tries again what failed. */
  tick(): void {
    if (this.#startIn > 1) this.#startIn--
    else if (this.#startIn === 1) this.begin()
    if (this.#retryIn === 0) return
    this.#retryIn -= 1
    if (this.#retryIn > 0) return
    if (this.#worker === undefined) this.#start()
    this.#compactWhenDue()
  }

  async close(): Promise<void> {
    // What happened to calls still has to get into the records.
    this.begin()
    this.#isClosing = true
    const worker = this.#worker
    if (worker === undefined) return
    await new Promise<void>((resolve) => {
      worker.ref()
      worker.once('exit', () => resolve())
      this.#post({ type: 'close' })
    })
  }

  #post(message: ToJournalWorker): void {
    this.#worker?.postMessage(message)
  }

  #start(): void {
    const worker = new Worker(new URL('./journal-worker.js', import.meta.url), { workerData: this.#data })
    this.#worker = worker
    // The journal alone does not keep a process alive.
    worker.unref()
    worker.on('message', (message: FromJournalWorker) => this.#received(message))
    worker.on('error', (error) => {
      this.#options.log.error(
        `journal: the thread that syncs and compacts failed and is started again: ${error.message}`,
      )
    })
    worker.on('exit', () => {
      this.#worker = undefined
      this.#isCompacting = false
      if (!this.#isClosing) this.#retryIn = RETRY_TICKS
    })
    if (this.#activePath !== '') this.#post({ type: 'active', path: this.#activePath, number: this.#activeNumber })
  }

  #compactWhenDue(): void {
    if (this.#isCompacting || this.#retryIn > 0 || this.#worker === undefined || this.#activeNumber < 2) return
    const isLong = this.#closedBytes >= Math.max(this.#options.compactAfterBytes, this.#snapshotBytes)
    if (!isLong && !this.#isDue) return
    this.#isCompacting = true
    this.#askedBytes = this.#closedBytes
    this.#post({ type: 'compact', upTo: this.#activeNumber - 1 })
  }

  #received(message: FromJournalWorker): void {
    const { log } = this.#options
    switch (message.type) {
      case 'compacted':
        this.#isCompacting = false
        this.#isDue = false
        this.#closedBytes -= this.#askedBytes
        this.#snapshotBytes = message.snapshotBytes
        for (const line of message.damage) if (!this.#knownDamage.has(line)) log.warn(`journal: ${line}`)
        if (this.#compactionFails) log.info('journal is compacted again')
        this.#compactionFails = false
        this.#compactWhenDue()
        break
      case 'compactionFailed':
        this.#isCompacting = false
        this.#retryIn = RETRY_TICKS
        if (!this.#compactionFails) log.error(`journal cannot be compacted and grows: ${message.reason}`)
        this.#compactionFails = true
        break
      case 'synced':
        this.#syncs = true
        log.info('journal is synced to disk again')
        break
      case 'recorded':
        log.info('call records are written again; nothing is missing')
        break
      case 'recordsFailed':
        log.error(`call records cannot be written: ${message.reason}; calls go on and are recorded when it works again`)
        break
      case 'syncFailed':
        this.#syncs = false
        log.error(`journal cannot be synced to disk: ${message.reason}; calls go on but would not survive a power cut`)
        break
    }
  }
}
