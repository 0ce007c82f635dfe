import type { FrameSource } from '../session-sound.ts'

export const frameSamples = 160
/** Milliseconds of a frame. */
export const frameTime = 20

/** Takes samples out of a source of frames, however many are wanted. */
export class SidePlayer {
  readonly id: string
  readonly how: 'replace' | 'mix'
  /** Names its numbering towards the stream that is sent. */
  readonly stretch: number
  isOver = false
  /** Of its packets, where it sends them itself. */
  sequence = 0
  timestamp = 0
  readonly #source: FrameSource
  readonly #frame = new Int16Array(frameSamples)
  #taken = 0
  #hasBegun = false

  constructor(id: string, how: 'replace' | 'mix', stretch: number, source: FrameSource) {
    this.id = id
    this.how = how
    this.stretch = stretch
    this.#source = source
  }

  get fault(): string {
    return this.#source.fault
  }

  /** The next sample; 0 when it is over. A frame is taken as soon as the one before is used up: so the end shows at once. */
  next(): number {
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.#takeFrame()
    }
    if (this.isOver) return 0
    const sample = this.#frame[this.#taken++]!
    if (this.#taken === frameSamples) this.#takeFrame()
    return sample
  }

  close(): void {
    this.isOver = true
    this.#source.close()
  }

  #takeFrame(): void {
    this.#taken = 0
    this.isOver = !this.#source.next(this.#frame)
  }
}
