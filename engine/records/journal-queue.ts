import type { JournalIdentity } from './journal-format.ts'
import { encodePut, encodeRemove, LONGEST_BODY_BYTES, recordBytes, recordKey, scanRecords } from './journal-format.ts'

const FIRST_BYTES = 64 * 1024
/** A longer buffer is given back when it has been written: it grew while the disk was not writable. */
const KEPT_BYTES = 4 * 1024 * 1024

/** The records that wait to be written, encoded, in one buffer that is used again and again. */
export class RecordQueue {
  buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  used = 0
  readonly #identity: JournalIdentity

  constructor(identity: JournalIdentity) {
    this.#identity = identity
  }

  /** Returns false, and queues nothing, for a key and value that are longer than a record may be. */
  put(letter: string, key: string, value: string): boolean {
    const bytes = recordBytes(key, value)
    if (bytes > LONGEST_BODY_BYTES) return false
    if (this.used + bytes > this.buffer.length) this.#grow(this.used + bytes)
    this.used = encodePut(this.buffer, this.used, this.#identity, letter, key, value)
    return true
  }

  /** As `put`. */
  remove(letter: string, key: string): boolean {
    const bytes = recordBytes(key, '')
    if (bytes > LONGEST_BODY_BYTES) return false
    if (this.used + bytes > this.buffer.length) this.#grow(this.used + bytes)
    this.used = encodeRemove(this.buffer, this.used, this.#identity, letter, key)
    return true
  }

  clear(): void {
    this.used = 0
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  /**
   * Keeps the newest record of each entry only, and if these are longer than `longest` bytes, drops the oldest of them.
   * Returns how many entries' newest state was dropped.
   */
  shrink(longest: number): number {
    const newest = new Map<string, { offset: number; length: number }>()
    scanRecords(this.buffer, 0, this.used, this.#identity, (offset, length) => {
      const key = recordKey(this.buffer, offset)
      newest.delete(key)
      newest.set(key, { offset, length })
    })
    let bytes = 0
    for (const record of newest.values()) bytes += record.length
    let dropped = 0
    let end = 0
    for (const { offset, length } of newest.values()) {
      if (bytes > longest) {
        bytes -= length
        dropped += 1
        continue
      }
      // Offsets rise, so nothing is overwritten that is still to be moved.
      this.buffer.copy(this.buffer, end, offset, offset + length)
      end += length
    }
    this.used = end
    return dropped
  }

  #grow(needed: number): void {
    const longer = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(longer, 0, 0, this.used)
    this.buffer = longer
  }
}
