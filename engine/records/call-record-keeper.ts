/** Keeps the records of calls up with the journal, and survives a database that cannot be used for a while. */
import { CallRecordWriter } from './call-record-writer.ts'
import { JournalEvents } from './journal-events.ts'
import type { JournalIdentity } from './journal-format.ts'
import { isMessageEvent } from './message-event-text.ts'
import { MessageHistoryWriter } from './message-history-writer.ts'
import type { OpenRecords } from './records-database.ts'
import { openRecordsDatabase } from './records-database.ts'

export interface RecordKeeping {
  /** Path of the database. */
  readonly path: string
  /** Days for which records are kept; 0 = for ever. */
  readonly days: number
  /** Ids of the calls that the journal held at the start. */
  readonly living: readonly string[]
  /** Number of the first log that this process writes. */
  readonly firstOwnLog: number
}

/** Reads whose rows are written at once: a transaction writes the last pages of table and indexes anew each time. */
const mostReads = 4

const dayMilliseconds = 86_400_000
const hourMilliseconds = 3_600_000

export class CallRecordKeeper {
  readonly #folder: string
  readonly #identity: JournalIdentity
  readonly #keeping: RecordKeeping
  #database: OpenRecords | null = null
  #writer: CallRecordWriter | null = null
  #messages: MessageHistoryWriter | null = null
  #events: JournalEvents | null = null
  #hasConcluded = false
  #prunedAt = 0

  constructor(folder: string, identity: JournalIdentity, keeping: RecordKeeping) {
    this.#folder = folder
    this.#identity = identity
    this.#keeping = keeping
  }

  /**
   * Takes the next events from the journal into the records. Throws what file system and SQLite throw; it can be called
   * again then.
   * @param newest number of the log that is being written
   * @returns whether there is more to do
   */
  advance(newest: number): boolean {
    try {
      const { writer, messages, events } = this.#opened()
      const take = (text: string) => {
        if (isMessageEvent(text)) messages.take(text)
        else writer.take(text)
      }
      let more = events.read(newest, take)
      for (let reads = 1; more && reads < mostReads; reads++) more = events.read(newest, take)
      if (!more && !this.#hasConcluded) {
        writer.concludeLost()
        this.#hasConcluded = true
      }
      writer.write(events.place, () => messages.write())
      messages.written()
      return more || this.#prune(writer)
    } catch (error) {
      // What was taken and not written is read again from where the database says.
      this.close()
      throw error
    }
  }

  /** Whether everything in the logs up to this number is in the records. */
  isPast(log: number): boolean {
    return this.#events !== null && this.#events.place.log > log
  }

  close(): void {
    this.#writer = null
    this.#messages = null
    this.#events = null
    this.#database?.connection.close()
    this.#database = null
  }

  #opened(): {
    readonly writer: CallRecordWriter
    readonly messages: MessageHistoryWriter
    readonly events: JournalEvents
  } {
    const [before, beforeMessages, beforeEvents] = [this.#writer, this.#messages, this.#events]
    if (before !== null && beforeMessages !== null && beforeEvents !== null) {
      return { writer: before, messages: beforeMessages, events: beforeEvents }
    }
    this.#database = openRecordsDatabase(this.#keeping.path, false)
    const writer = new CallRecordWriter(this.#database)
    writer.resume(this.#hasConcluded ? null : new Set(this.#keeping.living), Date.now())
    const events = new JournalEvents(this.#folder, this.#identity, writer.progress(), this.#keeping.firstOwnLog)
    const messages = new MessageHistoryWriter(this.#database)
    this.#writer = writer
    this.#messages = messages
    this.#events = events
    return { writer, messages, events }
  }

  #prune(writer: CallRecordWriter): boolean {
    if (this.#keeping.days === 0) return false
    const now = Date.now()
    if (now - this.#prunedAt < hourMilliseconds) return false
    if (writer.prune(now - this.#keeping.days * dayMilliseconds)) return true
    this.#prunedAt = now
    return false
  }
}
