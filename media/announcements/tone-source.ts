/** Tones as frames of samples. */
import type { ToneStep } from '../protocol.ts'
import type { FrameSource } from '../session-sound.ts'

const samplesPerMillisecond = 8
/** Level of a sine that just fits (ITU-T G.711, A-law), in dBm0, and its largest sample. */
const loudest = 3.14
const largest = 32_767
/** Within which a tone comes and goes, in samples: 5 ms, so that nobody hears a click. */
const ramp = 40
/** Most steps, and longest step in milliseconds, that are taken. */
const mostSteps = 1000
const longestStep = 600_000

export class ToneSource implements FrameSource {
  readonly fault: string
  readonly #steps: readonly ToneStep[]
  readonly #loop: boolean
  #step = 0
  /** Sample within the step. */
  #at = 0
  #ended: boolean

  constructor(steps: readonly ToneStep[], loop: boolean) {
    const fits = steps.length <= mostSteps && steps.every(({ milliseconds }) => isLength(milliseconds))
    const long = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    this.fault = fits && long > 0 ? '' : 'these are no tones: nothing in them takes time, or too much'
    this.#steps = steps
    this.#loop = loop
    this.#ended = this.fault !== ''
  }

  next(frame: Int16Array): boolean {
    frame.fill(0)
    if (this.#ended) return false
    let filled = 0
    while (filled < frame.length && !this.#ended) {
      const step = this.#steps[this.#step]
      const length = Math.round((step?.milliseconds ?? 0) * samplesPerMillisecond)
      const count = Math.min(frame.length - filled, length - this.#at)
      if (step !== undefined) this.#add(step, length, frame, filled, count)
      filled += count
      this.#at += count
      if (this.#at >= length) this.#advance()
    }
    return filled > 0
  }

  close(): void {
    this.#ended = true
  }

  #advance(): void {
    this.#at = 0
    this.#step++
    if (this.#step < this.#steps.length) return
    this.#step = 0
    this.#ended = !this.#loop
  }

  #add(step: ToneStep, length: number, frame: Int16Array, from: number, count: number): void {
    const peak = largest * 10 ** ((Math.min(step.level, loudest) - loudest) / 20)
    const rises = this.#isSilent(this.#step - 1)
    const falls = this.#isSilent(this.#step + 1)
    for (const frequency of step.frequencies) {
      const turn = (2 * Math.PI * frequency) / 8000
      for (let index = 0; index < count; index++) {
        const at = this.#at + index
        let gain = peak
        if (rises && at < ramp) gain = (peak * at) / ramp
        else if (falls && length - at < ramp) gain = (peak * (length - at)) / ramp
        frame[from + index] = clamped((frame[from + index] ?? 0) + gain * Math.sin(turn * at))
      }
    }
  }

  /** Whether nothing sounds before or after a tone, so that it has to come or go. */
  #isSilent(step: number): boolean {
    if (step >= 0 && step < this.#steps.length) return this.#steps[step]?.frequencies.length === 0
    if (!this.#loop) return true
    const around = step < 0 ? this.#steps.at(-1) : this.#steps[0]
    return around?.frequencies.length === 0
  }
}

function isLength(milliseconds: number): boolean {
  return milliseconds >= 0 && milliseconds <= longestStep
}

function clamped(sample: number): number {
  return sample > largest ? largest : sample < -largest ? -largest : Math.round(sample)
}
