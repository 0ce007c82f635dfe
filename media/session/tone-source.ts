import type { ToneStep } from '../protocol.ts'
import type { FrameSource } from '../session-sound.ts'

const rate = 8000
const frameSamples = 160
/** Amplitude of a sine at 0 dBm0: A-law's loudest one is at 3.14 dBm0 (ITU-T G.711). */
const amplitudeAt0 = 32_767 / 10 ** (3.14 / 20)

/** Tones and pauses, one after the other. Frequencies go on without a step where the same one follows. */
export class ToneSource implements FrameSource {
  readonly fault = ''
  readonly #steps: readonly ToneStep[]
  readonly #loop: boolean
  #step = 0
  /** Samples of the present step that are done, and of all steps. */
  #done = 0
  #time = 0

  constructor(steps: readonly ToneStep[], loop: boolean) {
    this.#steps = steps.filter((step) => step.milliseconds > 0)
    this.#loop = loop
  }

  next(frame: Int16Array): boolean {
    let filled = 0
    while (filled < frameSamples) {
      const step = this.#steps[this.#step]
      if (step === undefined) break
      const samples = Math.round((step.milliseconds * rate) / 1000)
      const count = Math.min(frameSamples - filled, samples - this.#done)
      this.#fill(frame, filled, count, step)
      filled += count
      this.#done += count
      if (this.#done < samples) continue
      this.#done = 0
      this.#step++
      if (this.#loop && this.#step === this.#steps.length) this.#step = 0
    }
    frame.fill(0, filled)
    return filled > 0
  }

  close(): void {
    this.#step = this.#steps.length
  }

  #fill(frame: Int16Array, from: number, count: number, { frequencies, level }: ToneStep): void {
    const amplitude = amplitudeAt0 * 10 ** (level / 20)
    for (let index = 0; index < count; index++) {
      let sum = 0
      for (const frequency of frequencies) sum += Math.sin((2 * Math.PI * frequency * this.#time) / rate)
      frame[from + index] = Math.max(-32_768, Math.min(32_767, Math.round(sum * amplitude)))
      this.#time++
    }
  }
}
