/** A recording: one channel, samples from -1 to 1. */
export interface Recording {
  readonly samplesPerSecond: number
  readonly samples: readonly number[]
}

/** Reads a WAV file of 16-bit PCM with one channel; its length is taken from the file, as a recorder may still write it. */
export function readWav(bytes: Buffer): Recording {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('No WAV file')
  let samplesPerSecond = 0
  for (let at = 12; at + 8 <= bytes.length; ) {
    const kind = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    if (kind === 'fmt ') {
      const [format, channels, bits] = [
        bytes.readUInt16LE(at + 8),
        bytes.readUInt16LE(at + 10),
        bytes.readUInt16LE(at + 22),
      ]
      if (format !== 1 || channels !== 1 || bits !== 16) throw new Error('Not 16-bit PCM with one channel')
      samplesPerSecond = bytes.readUInt32LE(at + 12)
    }
    if (kind === 'data') {
      const samples: number[] = []
      for (let offset = at + 8; offset + 1 < bytes.length; offset += 2) samples.push(bytes.readInt16LE(offset) / 32_768)
      return { samplesPerSecond, samples }
    }
    at += 8 + length + (length % 2)
  }
  throw new Error('No data in the WAV file')
}

/**
 * What part of a recording's power (0 to 1) lies at one frequency in hertz: Goertzel's algorithm over the whole of it.
 * Silence has none.
 */
export function toneShare(recording: Recording, frequency: number): number {
  const { samples, samplesPerSecond } = recording
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / samplesPerSecond)
  let [last, beforeLast, power] = [0, 0, 0]
  for (const sample of samples) {
    const next = sample + turn * last - beforeLast
    beforeLast = last
    last = next
    power += sample * sample
  }
  // A sine of amplitude a has the power n·a²/2 and the Goertzel power (n·a/2)².
  if (power / Math.max(1, samples.length) < 1e-6) return 0
  return ((last * last + beforeLast * beforeLast - turn * last * beforeLast) * 2) / (samples.length * power)
}

/** A WAV file of 16-bit PCM with one channel. */
export function wavFile(samplesPerSecond: number, samples: Buffer): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + samples.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(samplesPerSecond, 24)
  header.writeUInt32LE(samplesPerSecond * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(samples.length, 40)
  return Buffer.concat([header, samples])
}

/** A sine at a third of full scale, so many seconds of it, as a WAV file. */
export function toneFile(frequency: number, samplesPerSecond: number, seconds: number): Buffer {
  const samples = Buffer.alloc(samplesPerSecond * seconds * 2)
  for (let at = 0; at < samples.length / 2; at++) {
    samples.writeInt16LE(Math.round(Math.sin((2 * Math.PI * frequency * at) / samplesPerSecond) * 11_000), at * 2)
  }
  return wavFile(samplesPerSecond, samples)
}
