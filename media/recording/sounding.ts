/** Made-up sides of a conversation for tests: tones in packets, and what stands in a recording. */
import type { Law } from '../sound/g711.ts'
import { encoded, linear } from '../sound/g711.ts'
import { ConversationRecorder } from './conversation-recorder.ts'

export const packetSamples = 160

/** One packet of a tone, which goes on from packet to packet. */
export function tonePacket(frequency: number, from: number, law: Law = 'mu', samples = packetSamples): Uint8Array {
  return Uint8Array.from({ length: samples }, (_, index) => {
    const sample = Math.round(8000 * Math.sin((2 * Math.PI * frequency * (from + index)) / 8000))
    return encoded[law][sample & 0xffff] ?? 0
  })
}

/** A recorder that keeps everything. */
export class KeptRecording {
  readonly pieces: Uint8Array[] = []
  readonly recorder: ConversationRecorder
  #expected = 0
  /** Pieces that did not follow each other. */
  misplaced = 0

  constructor() {
    this.recorder = new ConversationRecorder({
      append: (position, bytes) => {
        if (position !== this.#expected) this.misplaced++
        this.#expected = position + bytes.length
        this.pieces.push(Uint8Array.from(bytes))
      },
    })
  }

  /** One channel as samples. */
  channel(side: 0 | 1, law: Law = 'mu'): Int16Array {
    const bytes = Buffer.concat(this.pieces)
    return Int16Array.from({ length: bytes.length / 2 }, (_, index) => linear[law][bytes[index * 2 + side] ?? 0] ?? 0)
  }
}

/** Share of the power of a stretch that is at one frequency, 0 to 1 (Goertzel). */
export function shareOf(frequency: number, samples: Int16Array, from = 0, to = samples.length): number {
  let first = 0
  let second = 0
  let power = 0
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / 8000)
  for (let index = from; index < to; index++) {
    const sample = samples[index] ?? 0
    const next = sample + factor * first - second
    second = first
    first = next
    power += sample * sample
  }
  if (power === 0) return 0
  const at = first * first + second * second - factor * first * second
  return (2 * at) / (power * (to - from))
}
