/**
 * Where the packets of one side stand in a recording. RTP's time stamps say how packets follow each other, the time of
 * their arrival where they stand in the conversation. Arrival is late by the network's delay, never early, so the least
 * lateness of some seconds is how far the sender's clock has drifted: its samples are left out or doubled one by one
 * until it fits. Where time stamps make no sense any more (another source, a jump, a sender that stood still), the
 * packet stands where it arrived.
 *
 * All positions and spans are in samples of 8 kHz. Nothing is allocated here.
 */

/** How late a packet may be and still be kept: 200 ms. */
export const horizon = 1600
/** How far ahead of its arrival it may stand: 250 ms. */
const furthestAhead = 2000
/** Longest packet: 200 ms. */
export const longestPacket = 1600

/** Packets over which the least lateness is taken: a second of the usual ones. */
const windowPackets = 50
/** What the clock may be wrong by: 4 ms. */
const tolerated = 32
/** Later than this for a whole window: the sender stood still. 60 ms. */
const stoodStill = 480

/** Words of a side by their place (recorder-memory.ts): 1 where it is known how time stamps stand to positions. */
const anchored = 0
const lastTimestamp = 1
const lastPosition = 2
/** End of what stands furthest on. */
const endWord = 3
const leastWord = 4
const leastBeforeWord = 5
const countWord = 6
const unknown = Number.MAX_SAFE_INTEGER

export class SideTimeline {
  readonly #words: Float64Array
  readonly #at: number
  /** Where the newest stretch begins that follows its time stamps, and how much before it is free. */
  #first = 0
  #room = 0

  /**
   * @param words the recorder's
   * @param at where this side's begin
   */
  constructor(words: Float64Array, at: number) {
    this.#words = words
    this.#at = at
    words.fill(0, at, at + countWord + 1)
    words[at + leastWord] = words[at + leastBeforeWord] = unknown
  }

  get end(): number {
    return this.#words[this.#at + endWord]!
  }

  set end(position: number) {
    this.#words[this.#at + endWord] = position
  }

  /** What comes next stands where it arrives. */
  reset(): void {
    this.#words[this.#at + anchored] = 0
  }

  /** Where the newest stretch of sound begins. */
  get first(): number {
    return this.#first
  }

  /** How far it may be moved back without touching what this side said before. */
  get room(): number {
    return this.#room
  }

  /**
   * How many samples too late the stretch stands to which a packet belongs, as its first packets were held up and this one was
   * not; 0 where that cannot be said.
   */
  heldUp(timestamp: number, samples: number, arrived: number): number {
    const words = this.#words
    const at = this.#at
    const step = (timestamp - words[at + lastTimestamp]!) | 0
    if (words[at + anchored] !== 1 || step <= 0 || step > horizon) return 0
    const early = words[at + lastPosition]! + step - (arrived - samples)
    return early > tolerated && early <= furthestAhead ? early : 0
  }

  /** The stretch stands so many samples further on, or back. */
  moved(by: number): void {
    const words = this.#words
    const at = this.#at
    this.#first += by
    this.#room += by
    words[at + lastPosition] = words[at + lastPosition]! + by
    words[at + endWord] = words[at + endWord]! + by
    if (words[at + leastWord] !== unknown) words[at + leastWord] = words[at + leastWord]! - by
    if (words[at + leastBeforeWord] !== unknown) words[at + leastBeforeWord] = words[at + leastBeforeWord]! - by
  }

  /**
   * @param arrived where the end of the packet would stand by the time of its arrival
   * @returns its place, or -1 where it cannot be kept
   */
  place(timestamp: number, samples: number, arrived: number): number {
    const words = this.#words
    const at = this.#at
    const due = arrived - samples
    if (words[at + anchored] !== 1) return this.#anchor(timestamp, samples, due)
    const step = (timestamp - words[at + lastTimestamp]!) | 0
    let position = words[at + lastPosition]! + step
    const lateness = due - position
    if (lateness > horizon || lateness < -furthestAhead) {
      // One that only overtook nobody: late in a stream that goes on as before.
      if (step < 0 && step > -horizon * 2 && lateness > 0) return -1
      return this.#anchor(timestamp, samples, due)
    }
    if (step > 0) {
      const shift = this.#correction(lateness)
      if (shift === stoodStill) return this.#anchor(timestamp, samples, due)
      position += shift
      words[at + lastTimestamp] = timestamp
      words[at + lastPosition] = position
    }
    if (position + samples > this.end) this.end = position + samples
    return position
  }

  #anchor(timestamp: number, samples: number, due: number): number {
    const words = this.#words
    const at = this.#at
    const position = Math.max(due, this.end)
    if (position > due + furthestAhead) return -1
    this.#room = position - this.end
    this.#first = position
    words[at + anchored] = 1
    words[at + lastTimestamp] = timestamp
    words[at + lastPosition] = position
    words[at + endWord] = position + samples
    words[at + leastWord] = words[at + leastBeforeWord] = unknown
    words[at + countWord] = 0
    return position
  }

  /** Samples by which this packet and all after it stand later; `stoodStill`: begin anew. */
  #correction(lateness: number): number {
    const words = this.#words
    const at = this.#at
    let least = Math.min(words[at + leastWord]!, lateness)
    let before = words[at + leastBeforeWord]!
    let count = words[at + countWord]! + 1
    if (count === windowPackets) {
      before = least
      least = unknown
      count = 0
    }
    const both = Math.min(least, before)
    let shift = 0
    if (both > stoodStill && before !== unknown) shift = stoodStill
    // Up to a twentieth of the usual packet, so that nobody hears it.
    else if (both < -tolerated) shift = -Math.min(8, (31 - both) >> 5)
    else if (both > tolerated && before !== unknown) shift = Math.min(8, (both + 31) >> 5)
    if (shift !== stoodStill) {
      if (least !== unknown) least -= shift
      if (before !== unknown) before -= shift
    }
    words[at + leastWord] = least
    words[at + leastBeforeWord] = before
    words[at + countWord] = count
    return shift
  }
}
