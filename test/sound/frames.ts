/**
 * Sound that can be recognised to the sample: frames of 20 ms of G.711 mu-law with one tone each, another one from frame to
 * frame, so that whatever comes back says which frame it is, and where it begins.
 */
import { encoded } from '../../media/sound/g711.ts'

export const frameSamples = 160
/** Tones come again after so many frames. */
export const differentFrames = 60
const samplesPerSecond = 8000
const loudness = 9000

/** Hz of a frame: a whole number of waves fits into it, so that each begins alike. The two sides have no tone in common. */
export function frameTone(side: 0 | 1, index: number): number {
  return 300 + 50 * ((index % differentFrames) + side * 3)
}

const made: (Buffer | undefined)[][] = [[], []]

/** The bytes of a frame that a side says. */
export function frameOf(side: 0 | 1, index: number): Buffer {
  const place = index % differentFrames
  const known = made[side]?.[place]
  if (known !== undefined) return known
  const bytes = Buffer.alloc(frameSamples)
  // The callee's begin at another place of the wave.
  const turn = side === 0 ? 0.4 : 2.1
  for (let sample = 0; sample < frameSamples; sample++) {
    const phase = (2 * Math.PI * frameTone(side, place) * sample) / samplesPerSecond + turn
    bytes[sample] = encoded.mu[Math.round(loudness * Math.sin(phase)) & 0xffff] ?? 0
  }
  made[side]![place] = bytes
  return bytes
}

export interface FoundFrame {
  readonly index: number
  /** Sample at which it begins. */
  readonly at: number
}

/**
 * Looks through a channel for the frames of a side, in their order. Silence and other sound between them is passed over; a
 * frame counts where at least its greater part is there byte for byte, as a recorder leaves out or doubles a few samples.
 */
export function findFrames(channel: Uint8Array, side: 0 | 1): FoundFrame[] {
  const heads = new Map<string, number>()
  for (let index = 0; index < differentFrames; index++) heads.set(headOf(frameOf(side, index), 0), index)
  const found: FoundFrame[] = []
  for (let at = 0; at + frameSamples <= channel.length; ) {
    const place = heads.get(headOf(channel, at))
    if (place === undefined || !isMostly(channel, at, frameOf(side, place))) {
      at++
      continue
    }
    const before = found.at(-1)?.index ?? -1
    const ahead = (place - ((before + 1) % differentFrames) + differentFrames) % differentFrames
    found.push({ index: before + 1 + ahead, at })
    at += frameSamples - 8
  }
  return found
}

const headSamples = 24

function headOf(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, headSamples).toString('latin1')
}

function isMostly(channel: Uint8Array, at: number, frame: Uint8Array): boolean {
  let same = 0
  for (let index = 0; index < frameSamples; index++) if (channel[at + index] === frame[index]) same++
  return same > frameSamples / 2
}
