/** Headers of WAV files of G.711, as we write them: RIFF, fmt with its extension's length, fact, data. */
import type { Law } from './g711.ts'

/** Bytes before the sound. */
export const wavHeaderLength = 58
/** Where the three lengths stand that change with the file: of RIFF, in samples, of the data. */
const riffLengthAt = 4
const sampleCountAt = 46
const dataLengthAt = 54

/** Samples a second. */
const rate = 8000

/** The longest that a WAV file can say. */
const longest = 0xffff_ffff

/** `WAVE_FORMAT_ALAW` and `WAVE_FORMAT_MULAW`. */
const formatTag: Readonly<Record<Law, number>> = { A: 6, mu: 7 }

/**
 * @param channels 1 or 2
 * @param dataLength of the sound, in bytes
 */
export function wavHeader(law: Law, channels: number, dataLength: number): Buffer {
  const header = Buffer.alloc(wavHeaderLength)
  header.write('RIFF', 0, 'latin1')
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(18, 16)
  header.writeUInt16LE(formatTag[law], 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels, 28)
  header.writeUInt16LE(channels, 32)
  header.writeUInt16LE(8, 34)
  header.write('fact', 38, 'latin1')
  header.writeUInt32LE(4, 42)
  header.write('data', 50, 'latin1')
  header.writeUInt32LE(Math.min(dataLength + wavHeaderLength - 8, longest), riffLengthAt)
  header.writeUInt32LE(Math.min(Math.floor(dataLength / channels), longest), sampleCountAt)
  header.writeUInt32LE(Math.min(dataLength, longest), dataLengthAt)
  return header
}
