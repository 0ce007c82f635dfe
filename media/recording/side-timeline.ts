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

export class SideTimeline {
  #anchored = false
  #lastTimestamp = 0
  #lastPosition = 0
  /** End of what stands furthest on. */
  end = 0
  #least = Number.MAX_SAFE_INTEGER
  #leastBefore = Number.MAX_SAFE_INTEGER
  #count = 0

  /** What comes next stands where it arrives. */
  reset(): void {
    this.#anchored = false
  }

  /**
   * @param arrived where the end of the packet would stand by the time of its arrival
   * @returns its place, or -1 where it cannot be kept
   */
  place(timestamp: number, samples: number, arrived: number): number {
    const due = arrived - samples
    if (!this.#anchored) return this.#anchor(timestamp, samples, due)
    const step = (timestamp - this.#lastTimestamp) | 0
    let position = this.#lastPosition + step
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
      this.#lastTimestamp = timestamp
      this.#lastPosition = position
    }
    if (position + samples > this.end) this.end = position + samples
    return position
  }

  #anchor(timestamp: number, samples: number, due: number): number {
    const position = Math.max(due, this.end)
    if (position > due + furthestAhead) return -1
    this.#anchored = true
    this.#lastTimestamp = timestamp
    this.#lastPosition = position
    this.end = position + samples
    this.#least = this.#leastBefore = Number.MAX_SAFE_INTEGER
    this.#count = 0
    return position
  }

  /** Samples by which this packet and all after it stand later; `stoodStill`: begin anew. */
  #correction(lateness: number): number {
    if (lateness < this.#least) this.#least = lateness
    if (++this.#count === windowPackets) {
      this.#leastBefore = this.#least
      this.#least = Number.MAX_SAFE_INTEGER
      this.#count = 0
    }
    const least = Math.min(this.#least, this.#leastBefore)
    if (least >= -tolerated && (least <= tolerated || this.#leastBefore === Number.MAX_SAFE_INTEGER)) return 0
    if (least > stoodStill) return stoodStill
    // Up to a twentieth of the usual packet, so that nobody hears it.
    const shift = least > 0 ? Math.min(8, (least + 31) >> 5) : -Math.min(8, (31 - least) >> 5)
    this.#least -= shift
    if (this.#leastBefore !== Number.MAX_SAFE_INTEGER) this.#leastBefore -= shift
    return shift
  }
}
