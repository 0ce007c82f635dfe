/** RTP packets (RFC 3550 §5.1), read and changed where they stand. */

export const rtpHeaderBytes = 12

/** Payload types that RTP may not use where RTCP shares its port (RFC 5761 §4): the second byte of RTCP packets. */
const firstRtcpType = 192
const lastRtcpType = 223

/** Whether a packet on a port that both share is RTCP. At least two bytes are there. */
export function isRtcp(memory: Uint8Array, place: number): boolean {
  const type = memory[place + 1]!
  return type >= firstRtcpType && type <= lastRtcpType
}

/** Bytes from the packet's beginning to its payload; -1 where it is no RTP packet, or one that was cut short. */
export function payloadOffset(memory: Uint8Array, place: number, length: number): number {
  if (length < rtpHeaderBytes) return -1
  const first = memory[place]!
  if (first >> 6 !== 2) return -1
  let offset = rtpHeaderBytes + (first & 0x0f) * 4
  if ((first & 0x10) !== 0) {
    if (offset + 4 > length) return -1
    offset += 4 + ((memory[place + offset + 2]! << 8) | memory[place + offset + 3]!) * 4
  }
  return offset <= length ? offset : -1
}

/**
 * Bytes of payload behind `offset`, without padding; -1 where the padding is longer than the packet. Of SRTP only once it
 * is decrypted: the padding is encrypted too.
 */
export function payloadBytes(memory: Uint8Array, place: number, length: number, offset: number): number {
  if ((memory[place]! & 0x20) === 0) return length - offset
  const padding = memory[place + length - 1]!
  if (padding === 0 || offset + padding > length) return -1
  return length - offset - padding
}

export function payloadTypeOf(memory: Uint8Array, place: number): number {
  return memory[place + 1]! & 0x7f
}

export function hasMarker(memory: Uint8Array, place: number): boolean {
  return memory[place + 1]! >= 0x80
}

export function sequenceOf(memory: Uint8Array, place: number): number {
  return (memory[place + 2]! << 8) | memory[place + 3]!
}

export function timestampOf(memory: Uint8Array, place: number): number {
  return word(memory, place + 4)
}

export function ssrcOf(memory: Uint8Array, place: number): number {
  return word(memory, place + 8)
}

/** Writes all but the first byte, which says what else the header holds. */
export function rewriteHeader(
  memory: Uint8Array,
  place: number,
  marker: boolean,
  payloadType: number,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  memory[place + 1] = marker ? payloadType | 0x80 : payloadType
  memory[place + 2] = sequence >> 8
  memory[place + 3] = sequence
  putWord(memory, place + 4, timestamp)
  putWord(memory, place + 8, ssrc)
}

/** 32 bits in the network's order. */
export function word(memory: Uint8Array, place: number): number {
  return ((memory[place]! << 24) | (memory[place + 1]! << 16) | (memory[place + 2]! << 8) | memory[place + 3]!) >>> 0
}

export function putWord(memory: Uint8Array, place: number, value: number): void {
  memory[place] = value >>> 24
  memory[place + 1] = value >>> 16
  memory[place + 2] = value >>> 8
  memory[place + 3] = value
}
