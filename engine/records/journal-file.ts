import { mkdirSync } from 'node:fs'
import {
  answeredText,
  beganText,
  endedText,
  heardText,
  recordedText,
  transferredText,
  wentOnText,
} from './call-event-text.ts'
import type { CallBegan, CallEvents, CallWentOn, EndedBy, HeardQuality, RecordedParty } from './call-events.ts'
import type { EntryKind, Journal, RecoveredEntries } from './entries.ts'
import { JournalCompactor } from './journal-compactor.ts'
import { EVENT_LETTER, kindLetter } from './journal-format.ts'
import { LogWriter } from './journal-log.ts'
import { EntryQueue } from './journal-queue.ts'
import { recoverJournal } from './journal-recovery.ts'
import { messageSettledText, messageTakenText } from './message-event-text.ts'
import type { MessageEvents, MessageTaken, SettledState } from './message-events.ts'

/** Where the journal tells the operator about its state; a pino logger fits. */
export interface JournalLogger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface JournalOptions {
  readonly log: JournalLogger
  /** A log that is this long is closed and a new one begun. Default 32 MiB. */
  readonly segmentBytes?: number
  /** Closed logs are compacted when they have this many bytes, and more than the last snapshot. Default two segments. */
  readonly compactAfterBytes?: number
  /** Most that is kept in memory while the disk cannot be written. Default 16 MiB. */
  readonly queueBytes?: number
  /** Default 1000. */
  readonly syncEveryMilliseconds?: number
  /** Where records are made of the events of calls; without it events are let go. */
  readonly records?: { readonly path: string; readonly days: number }
}

export interface OpenJournal {
  readonly journal: Journal
  /** Takes what is told of calls, for their records. */
  readonly events: CallEvents
  /** Likewise of messages. */
  readonly messageEvents: MessageEvents
  readonly recovered: RecoveredEntries
  /** They are taken up: their texts, which are as large as all state, go, and the other thread starts. */
  forgetRecovered(): void
  /**
   * Writes what was queued since the last call, in one write. To be called at the end of a turn, before its messages
   * leave; costs next to nothing if nothing is queued. Never throws.
   */
  flush(): void
  /** Writes and syncs what is queued and ends the other thread. */
  close(): Promise<void>
  /** Entries that were put, now or before the start, and not removed. */
  readonly openEntries: number
  /** False while what was put would not survive a crash. */
  readonly healthy: boolean
  /** Since the start. */
  readonly bytesWritten: number
}

const MEBIBYTE = 1024 * 1024
/** How often a write that failed is tried again, and what no turn has flushed is written. */
const TICK_MILLISECONDS = 100
/** Errors at the start that an operator has to cure; with any other (a full disk) the engine starts and tries again. */
const FATAL_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'])

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

class JournalInFolder implements Journal, CallEvents, MessageEvents, OpenJournal {
  recovered: RecoveredEntries
  readonly #log: JournalLogger
  readonly #queue: EntryQueue
  readonly #writer: LogWriter
  readonly #compactor: JournalCompactor
  readonly #queueBytes: number
  readonly #open: Record<EntryKind, Set<string>> = {
    call: new Set(),
    obligation: new Set(),
    registration: new Set(),
    subscription: new Set(),
    trunk: new Set(),
    sound: new Set(),
    lastCaller: new Set(),
    toll: new Set(),
    message: new Set(),
  }
  readonly #tick: NodeJS.Timeout
  #isWritable = true
  /** Something is queued that must be written before this turn's messages leave. */
  #urgent = false
  #dropped = 0
  readonly #keepsRecords: boolean
  #closing: Promise<void> | undefined
  #bytesWritten = 0

  constructor(folder: string, options: JournalOptions) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const recovery = recoverJournal(folder)
    this.recovered = recovery.recovered
    for (const entry of recovery.recovered.entries) this.#open[entry.kind].add(entry.key)
    this.#log = options.log
    this.#keepsRecords = options.records !== undefined
    this.#queueBytes = options.queueBytes ?? 16 * MEBIBYTE
    this.#queue = new EntryQueue(recovery.identity)
    const segmentBytes = options.segmentBytes ?? 32 * MEBIBYTE
    const firstOwnLog = recovery.highestNumber + 1
    this.#compactor = new JournalCompactor(folder, recovery, {
      log: options.log,
      compactAfterBytes: options.compactAfterBytes ?? 2 * segmentBytes,
      syncEveryMilliseconds: options.syncEveryMilliseconds ?? 1000,
      records: options.records === undefined ? null : { ...options.records, living: [...this.#open.call], firstOwnLog },
    })
    this.#writer = new LogWriter(folder, recovery.identity, firstOwnLog, segmentBytes, {
      opened: (path, closedBytes) => this.#compactor.logOpened(path, this.#writer.number, closedBytes),
    })
    try {
      this.#writer.open()
    } catch (error) {
      if (FATAL_CODES.has(codeOf(error))) {
        void this.#compactor.close()
        throw error
      }
      this.#writeFailed(error)
    }
    this.#tick = setInterval(() => this.#onTick(), TICK_MILLISECONDS)
    this.#tick.unref()
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  get journal(): Journal {
    return this
  }

  get events(): CallEvents {
    return this
  }

  get messageEvents(): MessageEvents {
    return this
  }

  get openEntries(): number {
    return this.#open.call.size + this.#open.obligation.size + this.#open.registration.size + this.#open.trunk.size
  }

  get healthy(): boolean {
    return this.#isWritable && this.#compactor.syncs
  }

  put(kind: EntryKind, key: string, value: string): void {
    if (!this.#queue.add(kindLetter(kind), key, value)) {
      this.#log.error(
        `journal: a ${kind} entry of ${key.length + value.length} bytes is too long and would not survive`,
      )
      return
    }
    this.#open[kind].add(key)
    this.#urgent = true
    if (!this.#isWritable) this.#limitQueue()
  }

  remove(kind: EntryKind, key: string): void {
    // What is not open has no record that could come back.
    if (!this.#open[kind].delete(key)) return
    this.#queue.add(kindLetter(kind), key, null)
    // A call or obligation that is over and comes back is only ended once more, so its removal waits for the next
    // record or tick: that saves nearly half of a call's writes. A phone that left must not come back,
    // and a message that was delivered must not be delivered again.
    if (kind === 'registration' || kind === 'trunk' || kind === 'message') this.#urgent = true
    if (!this.#isWritable) this.#limitQueue()
  }

  // --- events of calls

  began(event: CallBegan): void {
    this.#tell(beganText(event))
    // With nothing else in the journal, a refused call has only this.
    this.#urgent = true
  }

  wentOn(event: CallWentOn): void {
    this.#tell(wentOnText(event))
  }

  answered(id: string, at: number, callee: RecordedParty): void {
    this.#tell(answeredText(id, at, callee))
  }

  transferred(id: string, at: number, by: RecordedParty, into: string): void {
    this.#tell(transferredText(id, at, by, into))
  }

  recorded(id: string, at: number, recording: string): void {
    this.#tell(recordedText(id, at, recording))
  }

  heard(id: string, at: number, quality: readonly HeardQuality[]): void {
    this.#tell(heardText(id, at, quality))
    // It comes after all else of its call: nothing that has to be written may follow.
    this.#urgent = true
  }

  ended(id: string, at: number, by: EndedBy, status: number, phrase: string): void {
    this.#tell(endedText(id, at, by, status, phrase))
  }

  taken(message: MessageTaken): void {
    this.#tell(messageTakenText(message))
  }

  settled(id: string, at: number, state: SettledState): void {
    this.#tell(messageSettledText(id, at, state))
  }

  #tell(text: string): void {
    if (!this.#keepsRecords) return
    if (!this.#queue.add(EVENT_LETTER, '', text)) {
      this.#log.error(`journal: an event of ${text.length} bytes is too long and is missing in the records`)
    }
    if (!this.#isWritable) this.#limitQueue()
  }

  forgetRecovered(): void {
    this.recovered = { entries: [], damage: [] }
    this.#compactor.begin()
  }

  flush(): void {
    if (this.#urgent && this.#isWritable) this.#write()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#tick)
    this.#write()
    this.#writer.close()
    await this.#compactor.close()
  }

  #write(): void {
    this.#queue.seal()
    try {
      this.#writer.append(this.#queue.buffer, this.#queue.used)
    } catch (error) {
      this.#writeFailed(error)
      return
    }
    this.#bytesWritten += this.#queue.used
    this.#queue.clear()
    this.#urgent = false
    if (this.#isWritable) return
    this.#isWritable = true
    const lost = this.#dropped === 0 ? 'nothing is missing' : `the newest state of ${this.#dropped} entries is missing`
    this.#dropped = 0
    this.#log.info(`journal is written again, ${lost}`)
  }

  #writeFailed(error: unknown): void {
    if (!this.#isWritable) return
    this.#isWritable = false
    const reason = error instanceof Error ? error.message : String(error)
    this.#log.error(`journal cannot be written: ${reason}; calls go on but would not survive a crash`)
  }

  #limitQueue(): void {
    if (this.#queue.used <= this.#queueBytes) return
    const dropped = this.#queue.shrink(this.#queueBytes / 2)
    if (dropped > 0 && this.#dropped === 0) {
      this.#log.error('journal: more is waiting to be written than memory is set aside for; the oldest is dropped')
    }
    this.#dropped += dropped
  }

  #onTick(): void {
    if (this.#queue.used > 0 || !this.#isWritable) this.#write()
    this.#compactor.tick()
  }
}

/**
 * Opens the journal in `folder`, which is created if need be, and reads what it holds. One process at a time: the caller
 * sees to that. Throws, with nothing changed, if the folder cannot be used or the journal is of a newer version.
 */
export function openJournal(folder: string, options: JournalOptions): OpenJournal {
  return new JournalInFolder(folder, options)
}
