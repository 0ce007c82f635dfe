import { putWord, word } from './rtp-header.ts'

/** RTCP packet types (RFC 3550 §12.1). */
const senderReport = 200
const receiverReport = 201
const sourceDescription = 202

/** What one party reports of what it sends. */
export interface SenderInfo {
  readonly ssrc: number
  /** Milliseconds since 1970. */
  readonly wallClock: number
  readonly rtpTimestamp: number
  readonly packets: number
  readonly bytes: number
}

/** What one party reports of what it receives (RFC 3550 §6.4.1). */
export interface ReportBlock {
  ssrc: number
  /** In 256ths, since the report before. */
  fractionLost: number
  /** Signed. */
  lost: number
  extendedHighest: number
  /** In units of the clock. */
  jitter: number
  /** The middle 32 bits of the NTP time of the last sender report, 0: none; and since then, in 65536ths of a second. */
  lastReport: number
  sinceLastReport: number
}

/** What is taken out of somebody's RTCP. */
export interface RtcpReader {
  /** @param middle the middle 32 bits of the report's NTP time */
  senderReport(ssrc: number, middle: number): void
  /** The object is used again for the next. */
  report(block: ReportBlock): void
}

/** One that says nothing. */
export function emptyReport(): ReportBlock {
  return { ssrc: 0, fractionLost: 0, lost: 0, extendedHighest: 0, jitter: 0, lastReport: 0, sinceLastReport: 0 }
}

const block = emptyReport()

/** Seconds between 1900 and 1970. */
const ntpEpoch = 2_208_988_800

/** The middle 32 bits of an NTP time: seconds in 16 bits, and as many of their fraction. */
export function ntpMiddle(wallClock: number): number {
  return ((ntpHigh(wallClock) << 16) | (ntpLow(wallClock) >>> 16)) >>> 0
}

function ntpHigh(wallClock: number): number {
  return (Math.floor(wallClock / 1000) + ntpEpoch) >>> 0
}

function ntpLow(wallClock: number): number {
  return Math.floor(((wallClock % 1000) / 1000) * 0x1_0000_0000) >>> 0
}

/**
 * Reads a compound packet: its beginning must be right (RFC 3550 A.2), unknown packets in it are passed over.
 * @returns false where it is none, or its lengths do not fit; what stood before the fault has been told
 */
export function readRtcp(memory: Uint8Array, place: number, length: number, reader: RtcpReader): boolean {
  if (length < 8 || memory[place]! >> 6 !== 2 || (memory[place]! & 0x20) !== 0) return false
  const first = memory[place + 1]!
  if (first !== senderReport && first !== receiverReport) return false
  let offset = 0
  while (offset + 4 <= length) {
    const at = place + offset
    if (memory[at]! >> 6 !== 2) return false
    const bytes = (((memory[at + 2]! << 8) | memory[at + 3]!) + 1) * 4
    if (offset + bytes > length) return false
    const type = memory[at + 1]!
    if (type === senderReport || type === receiverReport) readReport(memory, at, bytes, type === senderReport, reader)
    offset += bytes
  }
  return offset === length
}

function readReport(memory: Uint8Array, at: number, bytes: number, hasSender: boolean, reader: RtcpReader): void {
  let offset = hasSender ? 28 : 8
  if (bytes < offset) return
  if (hasSender) {
    reader.senderReport(word(memory, at + 4), ((word(memory, at + 8) << 16) | (word(memory, at + 12) >>> 16)) >>> 0)
  }
  for (let left = memory[at]! & 0x1f; left > 0 && offset + 24 <= bytes; left--, offset += 24) {
    const from = at + offset
    block.ssrc = word(memory, from)
    block.fractionLost = memory[from + 4]!
    block.lost = (word(memory, from + 4) << 8) >> 8
    block.extendedHighest = word(memory, from + 8)
    block.jitter = word(memory, from + 12)
    block.lastReport = word(memory, from + 16)
    block.sinceLastReport = word(memory, from + 20)
    reader.report(block)
  }
}

/**
 * Writes a compound packet: a report, with sender's part where there is one, and our name (RFC 3550 §6.5.1).
 * @param name latin letters
 * @returns its length
 */
export function writeRtcp(
  memory: Uint8Array,
  place: number,
  ssrc: number,
  sender: SenderInfo | null,
  received: ReportBlock | null,
  name: string,
): number {
  let offset = 4
  putWord(memory, place + offset, ssrc)
  offset += 4
  if (sender !== null) {
    putWord(memory, place + offset, ntpHigh(sender.wallClock))
    putWord(memory, place + offset + 4, ntpLow(sender.wallClock))
    putWord(memory, place + offset + 8, sender.rtpTimestamp)
    putWord(memory, place + offset + 12, sender.packets)
    putWord(memory, place + offset + 16, sender.bytes)
    offset += 20
  }
  if (received !== null) offset += writeBlock(memory, place + offset, received)
  writeStart(memory, place, received === null ? 0 : 1, sender === null ? receiverReport : senderReport, offset)
  return offset + writeDescription(memory, place + offset, ssrc, name)
}

function writeBlock(memory: Uint8Array, at: number, received: ReportBlock): number {
  putWord(memory, at, received.ssrc)
  // 24 bits, signed (RFC 3550 A.3).
  putWord(memory, at + 4, Math.max(-0x80_0000, Math.min(0x7f_ffff, received.lost)))
  memory[at + 4] = received.fractionLost
  putWord(memory, at + 8, received.extendedHighest)
  putWord(memory, at + 12, received.jitter)
  putWord(memory, at + 16, received.lastReport)
  putWord(memory, at + 20, received.sinceLastReport)
  return 24
}

function writeDescription(memory: Uint8Array, at: number, ssrc: number, name: string): number {
  putWord(memory, at + 4, ssrc)
  // CNAME is item 1; at least one zero ends the list, and fills up the word.
  memory[at + 8] = 1
  memory[at + 9] = name.length
  for (let index = 0; index < name.length; index++) memory[at + 10 + index] = name.charCodeAt(index)
  const end = 10 + name.length
  const bytes = (end + 4) & ~3
  memory.fill(0, at + end, at + bytes)
  writeStart(memory, at, 1, sourceDescription, bytes)
  return bytes
}

function writeStart(memory: Uint8Array, at: number, count: number, type: number, bytes: number): void {
  memory[at] = 0x80 | count
  memory[at + 1] = type
  const words = bytes / 4 - 1
  memory[at + 2] = words >> 8
  memory[at + 3] = words
}
