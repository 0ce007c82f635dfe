import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { logPath } from './journal-folder.ts'
import type { JournalIdentity } from './journal-format.ts'
import { encodeFileHeader } from './journal-format.ts'

export interface LogEvents {
  /** A new log is being written; the one before it, if any, is closed and had this many bytes. */
  opened(path: string, closedBytes: number): void
}

/**
 * Appends to the newest log and begins a new one when it is long enough. Every write says where it goes, so what a
 * failed or short write left behind is cut off before the next, and never read as a record.
 */
export class LogWriter {
  readonly #folder: string
  readonly #identity: JournalIdentity
  readonly #logBytes: number
  readonly #events: LogEvents
  #number: number
  #descriptor = -1
  #offset = 0
  #rollAt = 0
  #isTorn = false

  /** `number` is that of the first log, which is created by the first `append`. */
  constructor(folder: string, identity: JournalIdentity, number: number, logBytes: number, events: LogEvents) {
    this.#folder = folder
    this.#identity = identity
    this.#number = number
    this.#logBytes = logBytes
    this.#events = events
  }

  /** Number of the log that is written to. */
  get number(): number {
    return this.#number
  }

  /** Creates the first log. Throws what the file system throws; it can be tried again. */
  open(): void {
    if (this.#descriptor >= 0) return
    this.#descriptor = this.#create(this.#number)
    this.#events.opened(logPath(this.#folder, this.#number), 0)
  }

  /** Writes the first `length` bytes at the end. Throws what the file system throws; it can be tried again. */
  append(bytes: Buffer, length: number): void {
    this.open()
    if (this.#isTorn) ftruncateSync(this.#descriptor, this.#offset)
    this.#isTorn = true
    let written = 0
    while (written < length) {
      written += writeSync(this.#descriptor, bytes, written, length - written, this.#offset + written)
    }
    this.#isTorn = false
    this.#offset += length
    if (this.#offset >= this.#rollAt) this.#roll()
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }

  #create(number: number): number {
    // The number is new, so a file of that name can only be what an attempt before this one left.
    const descriptor = openSync(logPath(this.#folder, number), 'w', 0o600)
    const header = encodeFileHeader(this.#identity)
    try {
      let written = 0
      while (written < header.length) {
        written += writeSync(descriptor, header, written, header.length - written, written)
      }
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    this.#offset = header.length
    this.#rollAt = this.#logBytes
    return descriptor
  }

  #roll(): void {
    const closedBytes = this.#offset
    let next: number
    try {
      next = this.#create(this.#number + 1)
    } catch {
      // This log can be written, so go on with it and ask for a new one somewhat later.
      this.#rollAt = closedBytes + Math.ceil(this.#logBytes / 8)
      return
    }
    closeSync(this.#descriptor)
    this.#descriptor = next
    this.#number += 1
    this.#events.opened(logPath(this.#folder, this.#number), closedBytes)
  }
}
