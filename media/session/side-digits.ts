import { TelephoneEvents } from '../digits/telephone-events.ts'
import { ToneDetector } from '../digits/tone-detector.ts'
import { hasMarker } from '../rtp/rtp-header.ts'
import { linear } from '../sound/g711.ts'
import type { KnownFormat } from './format-table.ts'

/** The keys that one side presses: as telephone events (RFC 4733), and as tones where they are looked for. */
export class SideDigits {
  readonly #events = new TelephoneEvents()
  #tones: ToneDetector | null = null
  readonly #pressed: (digit: string, by: 'event' | 'tone') => void

  /** @param pressed told of a key once, when it begins to be sure */
  constructor(pressed: (digit: string, by: 'event' | 'tone') => void) {
    this.#pressed = pressed
  }

  /** Whether every packet of sound has to be looked into. */
  get needsSamples(): boolean {
    return this.#tones !== null
  }

  /** Whether the sound that was just taken is that of a key. */
  get isTone(): boolean {
    return this.#tones?.isPressed === true
  }

  lookForTones(looks: boolean): void {
    if (!looks) this.#tones = null
    else this.#tones ??= new ToneDetector()
  }

  /** Takes what a valid packet at `place` holds, from `start` on. */
  take(
    known: KnownFormat,
    memory: Buffer,
    place: number,
    start: number,
    bytes: number,
    timestamp: number,
    now: number,
  ) {
    if (known.isEvent) {
      const digit = this.#events.packet(memory, start, bytes, timestamp, hasMarker(memory, place), now)
      if (digit !== '') this.#pressed(digit, 'event')
    } else if (this.#tones !== null && known.law !== null) {
      for (const digit of this.#tones.take(memory, start, bytes, linear[known.law])) this.#pressed(digit, 'tone')
    }
  }
}
