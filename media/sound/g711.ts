/**
 * G.711: a sample in one byte, by μ-law (payload type 0 of RFC 3551) or A-law (8). Tables, because each byte of sound
 * passes here.
 */

export type Law = 'mu' | 'A'

/** Sixteen-bit sample to μ-law. */
function muLawOf(sample: number): number {
  const bias = 0x84
  const sign = sample < 0 ? 0x80 : 0
  let magnitude = Math.min(Math.abs(sample), 32_635) + bias
  let exponent = 7
  for (let mask = 0x4000; exponent > 0 && (magnitude & mask) === 0; mask >>= 1) exponent--
  magnitude = (magnitude >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | magnitude) & 0xff
}

function linearOfMuLaw(byte: number): number {
  const code = ~byte & 0xff
  const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
  return (code & 0x80) === 0 ? magnitude : -magnitude
}

/** Sixteen-bit sample to A-law: thirteen bits count, even bits are turned round. */
function aLawOf(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767) >> 4
  let exponent = 0
  while (exponent < 7 && magnitude >> (exponent + 4) > 0) exponent++
  const mantissa = (exponent === 0 ? magnitude : magnitude >> (exponent - 1)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}

function linearOfALaw(byte: number): number {
  const code = byte ^ 0x55
  const exponent = (code >> 4) & 7
  const mantissa = code & 0x0f
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1)
  return (code & 0x80) === 0 ? -magnitude : magnitude
}

function decoding(of: (byte: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, byte) => of(byte))
}

/** From bytes to samples of sixteen bits. */
export const linear: Readonly<Record<Law, Int16Array>> = {
  mu: decoding(linearOfMuLaw),
  A: decoding(linearOfALaw),
}

/** From samples, as an index of sixteen bits without sign (`sample & 0xffff`), to bytes. */
export const encoded: Readonly<Record<Law, Uint8Array>> = {
  mu: Uint8Array.from({ length: 65_536 }, (_, index) => muLawOf((index << 16) >> 16)),
  A: Uint8Array.from({ length: 65_536 }, (_, index) => aLawOf((index << 16) >> 16)),
}

const identity = Uint8Array.from({ length: 256 }, (_, byte) => byte)

function between(from: Law, to: Law): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => encoded[to][(linear[from][byte] ?? 0) & 0xffff] ?? 0)
}

/** From the bytes of one law to those of the other: `recoded.mu.A` is from μ-law to A-law. */
export const recoded: Readonly<Record<Law, Readonly<Record<Law, Uint8Array>>>> = {
  mu: { mu: identity, A: between('mu', 'A') },
  A: { mu: between('A', 'mu'), A: identity },
}

/** The byte of silence. */
export const silence: Readonly<Record<Law, number>> = { mu: 0xff, A: 0xd5 }
