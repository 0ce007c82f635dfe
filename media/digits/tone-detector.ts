/** DTMF in the sound (ITU-T Q.23, Q.24), at 8000 Hz. */

const rate = 8000
/** 12.75 ms: Q.24 asks that 40 ms be found, and three blocks fit into that wherever it begins. */
const blockSamples = 102
const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]
const keys = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D']

const coefficients = Float64Array.from(
  [...rows, ...columns],
  (frequency) => 2 * Math.cos((2 * Math.PI * frequency) / rate),
)

/** About -36 dBm0 for each tone, as the square of what the filter gives. */
const leastEnergy = (400 * blockSamples) ** 2 / 4
/** Column over row at most 4 dB, row over column at most 8 dB (Q.24: what networks do to them). */
const normalTwist = 10 ** 0.4
const reverseTwist = 10 ** 0.8
/** The strongest of a group over the others of it. */
const alone = 4
/** Part of the block's whole energy that the two tones must be: speech has more beside. */
const leastShare = 0.75
/** Before a key is told of its tone has been there for so long at most, in milliseconds: three blocks, and a packet. */
export const toneLead = 60
/** Blocks in which a tone must be, and must be absent, to be believed. */
const blocksOn = 2
const blocksOff = 2

/** Hears key presses in one side's sound. */
export class ToneDetector {
  readonly #one = new Float64Array(8)
  readonly #two = new Float64Array(8)
  #energy = 0
  #samples = 0
  #hit = ''
  #hits = 0
  #misses = 0
  /** What is being pressed and has been told. */
  #pressed = ''

  /** Whether a key that was told of is still pressed. */
  get isPressed(): boolean {
    return this.#pressed !== ''
  }

  /**
   * Takes bytes of G.711.
   * @param expanded the sample of each byte
   * @returns digits whose press was made out within these bytes
   */
  take(memory: Uint8Array, place: number, bytes: number, expanded: Int16Array): string {
    let found = ''
    for (let index = 0; index < bytes; index++) {
      this.#filter(expanded[memory[place + index]!]!)
      if (++this.#samples === blockSamples) found += this.#judge()
    }
    return found
  }

  /** Goertzel's recursion for the eight frequencies. */
  #filter(sample: number): void {
    this.#energy += sample * sample
    const one = this.#one
    const two = this.#two
    for (let tone = 0; tone < 8; tone++) {
      const next = sample + coefficients[tone]! * one[tone]! - two[tone]!
      two[tone] = one[tone]!
      one[tone] = next
    }
  }

  #judge(): string {
    const hit = this.#blockDigit()
    this.#one.fill(0)
    this.#two.fill(0)
    this.#energy = 0
    this.#samples = 0
    if (hit !== '' && hit === this.#hit) this.#hits++
    else this.#hits = hit === '' ? 0 : 1
    this.#hit = hit
    this.#misses = hit === this.#pressed ? 0 : this.#misses + 1
    if (this.#pressed !== '' && this.#misses >= blocksOff) this.#pressed = ''
    if (this.#hits < blocksOn || hit === this.#pressed) return ''
    this.#pressed = hit
    this.#misses = 0
    return hit
  }

  /** The digit of the block just filled; '' where there is none. */
  #blockDigit(): string {
    const row = this.#strongest(0)
    const column = this.#strongest(4)
    if (row < 0 || column < 0) return ''
    const low = this.#power(row)
    const high = this.#power(column)
    if (high > low * normalTwist || low > high * reverseTwist) return ''
    // A tone of amplitude a gives (a n / 2)^2, and its samples' squares add up to a^2 n / 2.
    if (low + high < (leastShare * this.#energy * blockSamples) / 2) return ''
    return keys[row * 4 + column - 4] ?? ''
  }

  /** The one of four that stands out and is loud enough; -1: none. */
  #strongest(first: number): number {
    let best = first
    for (let tone = first + 1; tone < first + 4; tone++) if (this.#power(tone) > this.#power(best)) best = tone
    const most = this.#power(best)
    if (most < leastEnergy) return -1
    for (let tone = first; tone < first + 4; tone++) {
      if (tone !== best && this.#power(tone) * alone > most) return -1
    }
    return best
  }

  #power(tone: number): number {
    const one = this.#one[tone]!
    const two = this.#two[tone]!
    return one * one + two * two - coefficients[tone]! * one * two
  }
}
