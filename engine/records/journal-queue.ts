import type { EntryPlace, JournalIdentity } from './journal-format.ts'
import {
  copyEntry,
  ENTRY_HEADER_BYTES,
  encodeEntry,
  entryBytes,
  entryKey,
  FULL_GROUP_BYTES,
  isEvent,
  isWritable,
  RECORD_HEADER_BYTES,
  scanEntries,
  sealGroup,
} from './journal-format.ts'

const FIRST_BYTES = 64 * 1024
/** A longer buffer is given back when it has been written: it grew while the disk was not writable. */
const KEPT_BYTES = 4 * 1024 * 1024

/** No group is open. */
const none = -1

/** The entries that wait to be written, encoded in groups, in one buffer that is used again and again. */
export class EntryQueue {
  buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  used = 0
  readonly #identity: JournalIdentity
  /** Where the group begins that more entries are added to. */
  #groupAt = none

  constructor(identity: JournalIdentity) {
    this.#identity = identity
  }

  /**
   * Returns false, and queues nothing, for a key and value that are longer than an entry may be.
   * @param value `null`: the entry is over
   */
  add(letter: string, key: string, value: string | null): boolean {
    if (!isWritable(key, value ?? '')) return false
    this.#makeRoom(entryBytes(key, value ?? ''))
    this.#added(encodeEntry(this.buffer, this.used, letter, key, value))
    return true
  }

  /** Adds an entry as it stands in another buffer. */
  copy(from: Buffer, entry: EntryPlace): void {
    this.#makeRoom(ENTRY_HEADER_BYTES + entry.keyBytes + Math.max(entry.valueBytes, 0))
    this.#added(copyEntry(from, entry, this.buffer, this.used))
  }

  /** What is queued is whole from now on: to be called before it is written. */
  seal(): void {
    if (this.#groupAt === none) return
    sealGroup(this.buffer, this.#groupAt, this.used, this.#identity)
    this.#groupAt = none
  }

  clear(): void {
    this.used = 0
    this.#groupAt = none
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  /**
   * Keeps the newest state of each entry only, and if these are longer than `longest` bytes, drops the oldest of them.
   * Returns how many entries' newest state was dropped.
   */
  shrink(longest: number): number {
    this.seal()
    const before = this.buffer
    const newest = new Map<string, EntryPlace>()
    scanEntries(before, 0, this.used, this.#identity, (body, keyBytes, valueBytes) => {
      // Each event is one of its own.
      const key = isEvent(before, body) ? `e${body}` : entryKey(before, body, keyBytes)
      newest.delete(key)
      newest.set(key, { body, keyBytes, valueBytes })
    })
    let bytes = 0
    for (const entry of newest.values()) bytes += bytesOf(entry)
    let dropped = 0
    this.buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
    this.used = 0
    for (const entry of newest.values()) {
      if (bytes > longest) {
        bytes -= bytesOf(entry)
        dropped += 1
      } else this.copy(before, entry)
    }
    return dropped
  }

  #makeRoom(bytes: number): void {
    const needed = this.used + RECORD_HEADER_BYTES + bytes
    if (needed > this.buffer.length) this.#grow(needed)
    if (this.#groupAt !== none) return
    this.#groupAt = this.used
    this.used += RECORD_HEADER_BYTES
  }

  #added(end: number): void {
    this.used = end
    if (end - this.#groupAt >= FULL_GROUP_BYTES) this.seal()
  }

  #grow(needed: number): void {
    const longer = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(longer, 0, 0, this.used)
    this.buffer = longer
  }
}

function bytesOf({ keyBytes, valueBytes }: EntryPlace): number {
  return ENTRY_HEADER_BYTES + keyBytes + Math.max(valueBytes, 0)
}
