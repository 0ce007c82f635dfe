import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readCallEvent } from './call-event-text.ts'
import type { BegunCall } from './entries.ts'
import type { JournalFile } from './journal-folder.ts'
import { keepDamagedCopy } from './journal-folder.ts'
import type { JournalIdentity, Stretch } from './journal-format.ts'
import {
  FILE_HEADER_BYTES,
  isEvent,
  isRemoval,
  isSound,
  JOURNAL_VERSION,
  newIdentity,
  readFileHeader,
  recordKey,
  recordValue,
  recordValueAt,
  scanRecords,
} from './journal-format.ts'

interface Place {
  file: JournalFile
  offset: number
  length: number
}

/** Copies of an INVITE may come for 64 T1 (RFC 3261 §17.2.1), and a little more where a restart took its time (ms). */
const copiesTime = 64_000

/** More than begin within that time; what is beyond is not known to have begun. */
const mostBegun = 500_000

/** One file at a time in a buffer that is used again for the next. */
class FileReader {
  #buffer = Buffer.alloc(0)

  read(path: string, longest = Number.POSITIVE_INFINITY): Buffer {
    const descriptor = openSync(path, 'r')
    try {
      const size = Math.min(fstatSync(descriptor).size, longest)
      if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size)
      let filled = 0
      while (filled < size) {
        const read = readSync(descriptor, this.#buffer, filled, size - filled, filled)
        if (read === 0) break
        filled += read
      }
      return this.#buffer.subarray(0, filled)
    } finally {
      closeSync(descriptor)
    }
  }
}

/**
 * Finds out which journal the files belong to. Throws if one was written by a newer version or belongs to another
 * journal; nothing has been changed then.
 */
export function identifyJournal(files: readonly JournalFile[]): JournalIdentity {
  const reader = new FileReader()
  let identity: JournalIdentity | undefined
  for (const file of files) {
    const header = readFileHeader(reader.read(file.path, FILE_HEADER_BYTES))
    if (header.state === 'damaged') continue
    if (header.version > JOURNAL_VERSION) {
      throw new Error(
        `journal ${file.path} was written by a newer version of Ringdown (format ${header.version}, this one reads up ` +
          `to ${JOURNAL_VERSION}): start that version, or move the journal's folder away to begin without it`,
      )
    }
    if (identity !== undefined && (identity.mark !== header.identity.mark || identity.seed !== header.identity.seed)) {
      throw new Error(`journal ${file.path} belongs to another journal than the files before it: move it away`)
    }
    identity = header.identity
  }
  return identity ?? newIdentity()
}

/** Found by a quick look at the journal: a careful one is needed. */
export class DamagedRecordError extends Error {}

/** The newest record of each entry that is not removed: where it stands in the files. Values stay on disk. */
export class LiveRecords {
  /** One line for people for each damaged place. */
  readonly damage: string[] = []
  readonly #folder: string
  readonly #identity: JournalIdentity
  readonly #quick: boolean
  readonly #reader = new FileReader()
  readonly #places = new Map<string, Place>()
  /** Events of calls that began, oldest first, and when the newest did (ms since the epoch). */
  #begun: { readonly at: number; readonly text: string }[] = []
  #newest = 0

  /**
   * @param quick reads only what is still live in the end, which is little of what was written: `forEach` then throws a
   *   `DamagedRecordError` where that is damaged, and what is damaged and no longer live is not noticed
   */
  constructor(folder: string, identity: JournalIdentity, quick: boolean) {
    this.#folder = folder
    this.#identity = identity
    this.#quick = quick
  }

  /**
   * Takes in the next file, in the journal's order. What follows the last undamaged record of the newest log is a write
   * that the crash cut short: returned, so that it can be cut off, and no damage.
   */
  add(file: JournalFile, isNewestLog: boolean): Stretch | undefined {
    const bytes = this.#reader.read(file.path)
    const visit = (offset: number, length: number) => {
      if (isEvent(bytes, offset)) {
        if (!this.#quick) this.#noteBegin(recordValueAt(bytes, offset), bytes, offset)
        return
      }
      const key = recordKey(bytes, offset)
      const known = this.#places.get(key)
      // Deleted even when it is set again: a Map keeps the order of first insertion, and oldest first means last write.
      if (known !== undefined) this.#places.delete(key)
      if (isRemoval(bytes, offset)) return
      if (known === undefined) this.#places.set(key, { file, offset, length })
      else {
        known.file = file
        known.offset = offset
        known.length = length
        this.#places.set(key, known)
      }
    }
    const identity = this.#identity
    const { damaged, tail } = scanRecords(bytes, FILE_HEADER_BYTES, bytes.length, identity, visit, this.#quick)
    if (isNewestLog && bytes.length < FILE_HEADER_BYTES) return { offset: 0, bytes: bytes.length }
    const bad = [...damaged]
    if (bytes.length > 0 && readFileHeader(bytes).state === 'damaged') {
      bad.unshift({ offset: 0, bytes: Math.min(bytes.length, FILE_HEADER_BYTES) })
    }
    if (tail !== undefined && !isNewestLog) bad.push(tail)
    const first = bad[0]
    if (first !== undefined) {
      const copy = keepDamagedCopy(this.#folder, file, first.offset)
      for (const place of bad) {
        this.damage.push(
          `${file.path}: ${place.bytes} bytes at offset ${place.offset} are damaged and skipped; ${copy}`,
        )
      }
    }
    return isNewestLog ? tail : undefined
  }

  /** Calls that began within the last minute of the journal. */
  begun(): BegunCall[] {
    const calls: BegunCall[] = []
    for (const { at, text } of this.#begun) {
      const event = at > this.#newest - copiesTime ? readCallEvent(text) : null
      if (event?.kind !== 'began' || !(event.sequence >= 0)) continue
      calls.push({ callId: event.callId, fromTag: event.fromTag, sequence: event.sequence })
    }
    return calls
  }

  /** A whole log may be full of events: only when it was is read of those that are old. */
  #noteBegin(valueAt: number, bytes: Buffer, offset: number): void {
    if (bytes[valueAt] !== 98 || bytes[valueAt + 1] !== 10) return
    const timeAt = bytes.indexOf(10, valueAt + 2) + 1
    const at = Number(bytes.toString('latin1', timeAt, bytes.indexOf(10, timeAt)))
    if (!(at > this.#newest - copiesTime)) return
    this.#newest = Math.max(this.#newest, at)
    if (this.#begun.length >= mostBegun) this.#begun = this.#begun.filter((one) => one.at > this.#newest - copiesTime)
    if (this.#begun.length < mostBegun) this.#begun.push({ at, text: recordValue(bytes, offset) })
  }

  /** Visits the live records, oldest first. `key` starts with the kind's letter. The buffer is used again afterwards. */
  forEach(visit: (key: string, buffer: Buffer, offset: number, length: number) => void): void {
    let current: JournalFile | undefined
    let bytes: Buffer = Buffer.alloc(0)
    for (const [key, place] of this.#places) {
      if (place.file !== current) {
        current = place.file
        bytes = this.#reader.read(current.path)
      }
      if (this.#quick && !isSound(bytes, place.offset, place.length, this.#identity)) {
        throw new DamagedRecordError(`${current.path}: the record at ${place.offset} is damaged`)
      }
      visit(key, bytes, place.offset, place.length)
    }
  }
}
