/**
 * How the journal's files are written, byte by byte. All numbers are little-endian.
 *
 * A file starts with its header, twice, because without it no record of the file could be read:
 *
 *     0  'RDJOURNL'      8  version      12  mark      16  seed      20  CRC-32 of bytes 0 to 19      24  zero (to 32)
 *
 * Every version keeps these 32 bytes as they are, so that an old program recognises a newer file and leaves it alone.
 * After the headers come records, one behind the other:
 *
 *     0  mark   4  check   8  CRC-32 of the body   12  value bytes, or REMOVED   16  kind and key bytes   20  body
 *
 * The body is the kind's letter, the key, the value. `check` covers the three numbers after it, so that a damaged length
 * is noticed before anything of that length is read. `mark` and `seed` (the CRC's start value) are drawn at random for
 * each journal: values hold text that came from the network, and after damage, when the next record is searched for,
 * nobody must be able to have written something that looks like one.
 */
import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { EntryKind } from './entries.ts'

export const JOURNAL_VERSION = 1
export const FILE_HEADER_BYTES = 64
export const RECORD_HEADER_BYTES = 20
/** Longest key and value together. Far above any dialog; it bounds what a damaged length can ask for. */
export const LONGEST_BODY_BYTES = 16 * 1024 * 1024

const FILE_MAGIC = 'RDJOURNL'
const HEADER_COPY_BYTES = 32
const REMOVED = 0xffffffff

/** What the files of one journal have in common and no other journal has. */
export interface JournalIdentity {
  readonly mark: number
  readonly seed: number
}

export type FileHeader =
  | { readonly state: 'valid'; readonly version: number; readonly identity: JournalIdentity }
  | { readonly state: 'damaged' }

/** Marks an event, which is told once and is nobody's state: it is handed to the records and then forgotten. */
export const EVENT_LETTER = 'e'

const letterOfKind = {
  call: 'c',
  obligation: 'o',
  registration: 'r',
  subscription: 's',
  trunk: 't',
  sound: 'm',
  lastCaller: 'l',
  toll: 'f',
  message: 'i',
} as const satisfies Record<EntryKind, string>

/** Whether the record at `at`, which is whole, tells an event. */
export function isEvent(buffer: Buffer, at: number): boolean {
  return buffer[at + RECORD_HEADER_BYTES] === EVENT_LETTER.charCodeAt(0)
}

/** The character that stands for a kind in the file. */
export function kindLetter(kind: EntryKind): string {
  return letterOfKind[kind]
}

/** The kind a letter stands for; undefined for one this version does not know. */
export function kindOfLetter(letter: string): EntryKind | undefined {
  if (letter === 'c') return 'call'
  if (letter === 'r') return 'registration'
  if (letter === 'o') return 'obligation'
  if (letter === 's') return 'subscription'
  if (letter === 't') return 'trunk'
  if (letter === 'm') return 'sound'
  if (letter === 'l') return 'lastCaller'
  if (letter === 'f') return 'toll'
  if (letter === 'i') return 'message'
  return undefined
}

export function newIdentity(): JournalIdentity {
  const random = randomBytes(8)
  // No zero byte in the mark: files have long runs of zeros after a power cut, and the search looks for its bytes.
  return { mark: (random.readUInt32LE(0) | 0x01010101) >>> 0, seed: random.readUInt32LE(4) }
}

export function encodeFileHeader(identity: JournalIdentity): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES)
  header.write(FILE_MAGIC, 0, 'latin1')
  header.writeUInt32LE(JOURNAL_VERSION, 8)
  header.writeUInt32LE(identity.mark, 12)
  header.writeUInt32LE(identity.seed, 16)
  header.writeUInt32LE(crc32(header.subarray(0, 20)), 20)
  header.copy(header, HEADER_COPY_BYTES, 0, HEADER_COPY_BYTES)
  return header
}

/** Reads the header from whichever of its two copies is whole. */
export function readFileHeader(start: Buffer): FileHeader {
  for (let at = 0; at + HEADER_COPY_BYTES <= start.length && at < FILE_HEADER_BYTES; at += HEADER_COPY_BYTES) {
    const isWhole =
      start.toString('latin1', at, at + 8) === FILE_MAGIC &&
      start.readUInt32LE(at + 20) === crc32(start.subarray(at, at + 20))
    if (isWhole) {
      const identity = { mark: start.readUInt32LE(at + 12), seed: start.readUInt32LE(at + 16) }
      return { state: 'valid', version: start.readUInt32LE(at + 8), identity }
    }
  }
  return { state: 'damaged' }
}

function headerCheck(bodyCrc: number, valueBytes: number, keyBytes: number, seed: number): number {
  let mixed = Math.imul(bodyCrc ^ seed, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ valueBytes, 0x85ebca77)
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ keyBytes, 0xc2b2ae3d)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function sealRecord(buffer: Buffer, at: number, end: number, identity: JournalIdentity, valueBytes: number): void {
  const keyBytes = end - at - RECORD_HEADER_BYTES - (valueBytes === REMOVED ? 0 : valueBytes)
  // A bare Uint8Array is made in 35 ns, where Buffer's subarray takes 85.
  const body = new Uint8Array(
    buffer.buffer,
    buffer.byteOffset + at + RECORD_HEADER_BYTES,
    end - at - RECORD_HEADER_BYTES,
  )
  const bodyCrc = crc32(body, identity.seed)
  buffer.writeUInt32LE(identity.mark, at)
  buffer.writeUInt32LE(headerCheck(bodyCrc, valueBytes, keyBytes, identity.seed), at + 4)
  buffer.writeUInt32LE(bodyCrc, at + 8)
  buffer.writeUInt32LE(valueBytes, at + 12)
  buffer.writeUInt32LE(keyBytes, at + 16)
}

/** Bytes a record takes; for a removal the value is ''. */
export function recordBytes(key: string, value: string): number {
  return RECORD_HEADER_BYTES + 1 + key.length + value.length
}

/** Writes a put at `at`, where the caller has made room, and returns the place after it. */
export function encodePut(
  buffer: Buffer,
  at: number,
  identity: JournalIdentity,
  letter: string,
  key: string,
  value: string,
): number {
  const body = at + RECORD_HEADER_BYTES
  buffer[body] = letter.charCodeAt(0)
  buffer.write(key, body + 1, 'latin1')
  const valueAt = body + 1 + key.length
  buffer.write(value, valueAt, 'latin1')
  const end = valueAt + value.length
  sealRecord(buffer, at, end, identity, value.length)
  return end
}

/** Writes a removal at `at`, where the caller has made room, and returns the place after it. */
export function encodeRemove(
  buffer: Buffer,
  at: number,
  identity: JournalIdentity,
  letter: string,
  key: string,
): number {
  const body = at + RECORD_HEADER_BYTES
  buffer[body] = letter.charCodeAt(0)
  buffer.write(key, body + 1, 'latin1')
  const end = body + 1 + key.length
  sealRecord(buffer, at, end, identity, REMOVED)
  return end
}

/**
 * Length of the record at `at`, or 0 if there is none before `end`. The header is sound then; what follows it may be
 * damaged.
 */
export function recordLength(buffer: Buffer, at: number, end: number, identity: JournalIdentity): number {
  if (at + RECORD_HEADER_BYTES > end || buffer.readUInt32LE(at) !== identity.mark) return 0
  const bodyCrc = buffer.readUInt32LE(at + 8)
  const valueBytes = buffer.readUInt32LE(at + 12)
  const keyBytes = buffer.readUInt32LE(at + 16)
  if (buffer.readUInt32LE(at + 4) !== headerCheck(bodyCrc, valueBytes, keyBytes, identity.seed)) return 0
  const bodyBytes = keyBytes + (valueBytes === REMOVED ? 0 : valueBytes)
  const isLength = keyBytes >= 1 && bodyBytes <= LONGEST_BODY_BYTES && at + RECORD_HEADER_BYTES + bodyBytes <= end
  return isLength ? RECORD_HEADER_BYTES + bodyBytes : 0
}

/** Length of the whole and undamaged record at `at`, or 0 if there is none before `end`. */
export function validRecordLength(buffer: Buffer, at: number, end: number, identity: JournalIdentity): number {
  const length = recordLength(buffer, at, end, identity)
  return length > 0 && isSound(buffer, at, length, identity) ? length : 0
}

/** Whether the body of the record at `at`, whose header is sound, is undamaged. */
export function isSound(buffer: Buffer, at: number, length: number, identity: JournalIdentity): boolean {
  // As in `sealRecord`.
  const body = new Uint8Array(buffer.buffer, buffer.byteOffset + at + RECORD_HEADER_BYTES, length - RECORD_HEADER_BYTES)
  return crc32(body, identity.seed) === buffer.readUInt32LE(at + 8)
}

/** Length of the record at `at`, or 0; of those that remove nothing, only the header is looked at. */
function quickRecordLength(buffer: Buffer, at: number, end: number, identity: JournalIdentity): number {
  const length = recordLength(buffer, at, end, identity)
  return length === 0 || !isRemoval(buffer, at) || isSound(buffer, at, length, identity) ? length : 0
}

export function isRemoval(buffer: Buffer, at: number): boolean {
  return buffer.readUInt32LE(at + 12) === REMOVED
}

/** The kind's letter followed by the key: what identifies an entry in the whole journal. */
export function recordKey(buffer: Buffer, at: number): string {
  const body = at + RECORD_HEADER_BYTES
  return buffer.toString('latin1', body, body + buffer.readUInt32LE(at + 16))
}

/** Where the value of the record at `at` begins. */
export function recordValueAt(buffer: Buffer, at: number): number {
  return at + RECORD_HEADER_BYTES + buffer.readUInt32LE(at + 16)
}

export function recordValue(buffer: Buffer, at: number): string {
  const valueAt = recordValueAt(buffer, at)
  return buffer.toString('latin1', valueAt, valueAt + buffer.readUInt32LE(at + 12))
}

export interface Stretch {
  readonly offset: number
  readonly bytes: number
}

export interface ScanResult {
  /** Places with undamaged records after them. */
  readonly damaged: readonly Stretch[]
  /** What follows the last undamaged record, if anything: a torn write, as a rule. */
  readonly tail: Stretch | undefined
}

/**
 * Calls `visit` for each undamaged record between `start` and `end`. After damage it looks for the next place where
 * mark, check and CRC agree. The cost is bounded by the file's size: a CRC is only calculated where `check` is right.
 * @param quick visits puts and events unread, at half the cost: whoever uses one must see whether it `isSound`
 */
export function scanRecords(
  buffer: Buffer,
  start: number,
  end: number,
  identity: JournalIdentity,
  visit: (offset: number, length: number) => void,
  quick = false,
): ScanResult {
  const lengthAt = quick ? quickRecordLength : validRecordLength
  const bytes = buffer.subarray(0, end)
  const mark = Buffer.alloc(4)
  mark.writeUInt32LE(identity.mark)
  const damaged: Stretch[] = []
  let badFrom = -1
  let at = start
  while (at < end) {
    const length = lengthAt(bytes, at, end, identity)
    if (length > 0) {
      if (badFrom >= 0) damaged.push({ offset: badFrom, bytes: at - badFrom })
      badFrom = -1
      visit(at, length)
      at += length
    } else {
      if (badFrom < 0) badFrom = at
      const next = bytes.indexOf(mark, at + 1)
      at = next < 0 ? end : next
    }
  }
  return { damaged, tail: badFrom < 0 ? undefined : { offset: badFrom, bytes: end - badFrom } }
}
