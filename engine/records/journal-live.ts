import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readCallEvent } from './call-event-text.ts'
import type { BegunCall } from './entries.ts'
import type { JournalFile } from './journal-folder.ts'
import { keepDamagedCopy } from './journal-folder.ts'
import type { EntryPlace, JournalIdentity, Stretch } from './journal-format.ts'
import {
  entryKey,
  entryValue,
  FILE_HEADER_BYTES,
  isEvent,
  JOURNAL_VERSION,
  newIdentity,
  readFileHeader,
  removed,
  scanEntries,
} from './journal-format.ts'

/** An entry of a file. */
interface Place {
  file: JournalFile
  body: number
  readonly keyBytes: number
  valueBytes: number
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

/** The newest state of each entry that is not removed: where it stands in the files. Values stay on disk. */
export class LiveEntries {
  /** One line for people for each damaged place. */
  readonly damage: string[] = []
  readonly #folder: string
  readonly #identity: JournalIdentity
  readonly #notesBeginnings: boolean
  readonly #reader = new FileReader()
  readonly #places = new Map<string, Place>()
  /** Events of calls that began, oldest first, and when the newest did (ms since the epoch). */
  #begun: { readonly at: number; readonly text: string }[] = []
  #newest = 0

  /** @param notesBeginnings whether `begun` will be asked for */
  constructor(folder: string, identity: JournalIdentity, notesBeginnings: boolean) {
    this.#folder = folder
    this.#identity = identity
    this.#notesBeginnings = notesBeginnings
  }

  /**
   * Takes in the next file, in the journal's order. What follows the last undamaged group of the newest log is a write
   * that the crash cut short: returned, so that it can be cut off, and no damage.
   */
  add(file: JournalFile, isNewestLog: boolean): Stretch | undefined {
    const bytes = this.#reader.read(file.path)
    const visit = (body: number, keyBytes: number, valueBytes: number) => {
      if (isEvent(bytes, body)) {
        if (this.#notesBeginnings) this.#noteBegin(bytes, { body, keyBytes, valueBytes })
        return
      }
      const key = entryKey(bytes, body, keyBytes)
      const known = this.#places.get(key)
      // Deleted even when it is set again: a Map keeps the order of first insertion, and oldest first means last write.
      if (known !== undefined) this.#places.delete(key)
      if (valueBytes === removed) return
      if (known === undefined) this.#places.set(key, { file, body, keyBytes, valueBytes })
      else {
        known.file = file
        known.body = body
        known.valueBytes = valueBytes
        this.#places.set(key, known)
      }
    }
    const identity = this.#identity
    const { damaged, tail } = scanEntries(bytes, FILE_HEADER_BYTES, bytes.length, identity, visit)
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
  #noteBegin(bytes: Buffer, entry: EntryPlace): void {
    const valueAt = entry.body + entry.keyBytes
    if (bytes[valueAt] !== 98 || bytes[valueAt + 1] !== 10) return
    const timeAt = bytes.indexOf(10, valueAt + 2) + 1
    const at = Number(bytes.toString('latin1', timeAt, bytes.indexOf(10, timeAt)))
    if (!(at > this.#newest - copiesTime)) return
    this.#newest = Math.max(this.#newest, at)
    if (this.#begun.length >= mostBegun) this.#begun = this.#begun.filter((one) => one.at > this.#newest - copiesTime)
    if (this.#begun.length < mostBegun) this.#begun.push({ at, text: entryValue(bytes, entry) })
  }

  /** Visits the live entries, oldest first. `key` starts with the kind's letter. The buffer is used again afterwards. */
  forEach(visit: (key: string, buffer: Buffer, entry: EntryPlace) => void): void {
    let current: JournalFile | undefined
    let bytes: Buffer = Buffer.alloc(0)
    for (const [key, place] of this.#places) {
      if (place.file !== current) {
        current = place.file
        bytes = this.#reader.read(current.path)
      }
      visit(key, bytes, place)
    }
  }
}
