/**
 * How messages lie in the memory that the thread which serves calls and the one which reads them back share. It is cut
 * into segments that are filled one after the other and begun anew when all are full: the oldest goes first. Entries do
 * not reach over the end of a segment. All numbers are little-endian.
 *
 * The head holds two 32-bit numbers for each segment: its turn (0: never used; rising by one from segment to segment) and
 * the bytes used; then the number of the segment that is filled (-1: none yet), and one that is not used. Whoever reads copies a segment and looks at its turn before and after: another one means that it was
 * begun anew meanwhile, and what was copied is no good. `net/batching-socket/keeping.c` writes the same.
 */
import type { Transport } from '../sip/transport.ts'

export const segmentBytes = 256 * 1024
/** Characters kept of one message; what is longer is cut, and its length is kept. */
export const mostText = 16 * 1024

/**
 * An entry: its length in bytes (4), kind (1), transport (1), listener (1), length of the address (1), port (2), two
 * unused bytes, time in milliseconds since the epoch (a double), length of the message as it was (4), address, text.
 */
export const entryHead = 24
export const placeOf = { length: 0, kind: 4, transport: 5, listener: 6, addressLength: 7, port: 8, time: 12, whole: 20 }

export const transports: readonly Transport[] = ['UDP', 'TCP', 'TLS', 'WS', 'WSS']

export const kinds = {
  received: 1,
  sent: 2,
  /** A call began: its id, a space, and the Call-ID of the caller's leg. */
  began: 3,
} as const

/** Bytes of the head for so many segments. */
export function headBytes(segments: number): number {
  return segments * 8 + 8
}

/** How many segments fit in so many bytes, at least two. */
export function segmentsIn(bytes: number): number {
  return Math.max(2, Math.floor((bytes - 8) / (segmentBytes + 8)))
}
