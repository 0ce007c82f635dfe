/** Reads the events of calls and messages out of the journal's logs, in order, while the newest log is still being written. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { JournalPlace } from './call-record-writer.ts'
import { listJournal, logPath } from './journal-folder.ts'
import type { EntryVisitor, JournalIdentity } from './journal-format.ts'
import {
  entryValue,
  FILE_HEADER_BYTES,
  isEvent,
  isSound,
  recordLength,
  scanEntries,
  visitEntries,
} from './journal-format.ts'

/** Read at once: bounds the time between two looks at other work. */
const CHUNK_BYTES = 1024 * 1024

export class JournalEvents {
  readonly #folder: string
  readonly #identity: JournalIdentity
  readonly #firstOwnLog: number
  #log: number
  #offset: number
  #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)

  /**
   * @param place where an earlier reader stopped; its log may be gone, which means that all of it was read
   * @param firstOwnLog number of the first log that this process writes
   */
  constructor(folder: string, identity: JournalIdentity, place: JournalPlace, firstOwnLog: number) {
    this.#folder = folder
    this.#identity = identity
    this.#firstOwnLog = firstOwnLog
    this.#log = place.log
    this.#offset = Math.max(place.offset, FILE_HEADER_BYTES)
  }

  get place(): JournalPlace {
    return { log: this.#log, offset: this.#offset }
  }

  /**
   * Hands over the next events.
   * @param newest number of the log that is being written
   * @returns false when everything that is there has been read
   */
  read(newest: number, take: (text: string) => void): boolean {
    const read = this.#readChunk()
    if (read > 0) {
      const whole = this.#scan(read, (body, keyBytes, valueBytes) => {
        if (isEvent(this.#buffer, body)) take(entryValue(this.#buffer, { body, keyBytes, valueBytes }))
      })
      this.#offset += whole
      if (whole > 0) return true
      // Not even one group: the buffer is too short for it, or it is not all there yet.
      if (read === this.#buffer.length) {
        this.#buffer = Buffer.allocUnsafeSlow(this.#buffer.length * 2)
        return true
      }
    }
    if (this.#log >= newest) return false
    const next = this.#nextLog()
    if (next === null) return false
    // What is left of a log that is closed was cut short by a crash.
    this.#log = next
    this.#offset = FILE_HEADER_BYTES
    return true
  }

  /** Visits the entries among the first `end` bytes; returns how many bytes are whole groups. */
  #scan(end: number, visit: EntryVisitor): number {
    // What this process wrote comes from the page cache, as it was written.
    const isOwn = this.#log >= this.#firstOwnLog
    let at = 0
    for (;;) {
      const length = recordLength(this.#buffer, at, end, this.#identity)
      if (length === 0 || !(isOwn || isSound(this.#buffer, at, length, this.#identity))) break
      visitEntries(this.#buffer, at, length, visit)
      at += length
    }
    if (at === end) return end
    const { tail } = scanEntries(this.#buffer, at, end, this.#identity, visit)
    return tail === undefined ? end : tail.offset
  }

  #readChunk(): number {
    let descriptor: number
    try {
      descriptor = openSync(logPath(this.#folder, this.#log), 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
      throw error
    }
    try {
      return readSync(descriptor, this.#buffer, 0, this.#buffer.length, this.#offset)
    } finally {
      closeSync(descriptor)
    }
  }

  #nextLog(): number | null {
    const logs = listJournal(this.#folder).files.filter(({ sort, number }) => sort === 'log' && number > this.#log)
    return logs[0]?.number ?? null
  }
}
