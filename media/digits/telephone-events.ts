/** Digits out of RFC 4733 packets. */

const digits = '0123456789*#ABCD'
/** Payload of an event: four bytes (RFC 4733 §2.3). */
const eventBytes = 4
/** A packet of an event comes every 50 ms at the latest; one that comes so much later belongs to another. Milliseconds. */
const samePress = 500

/** Finds where a key press begins, of which many packets tell. */
export class TelephoneEvents {
  #timestamp = -1
  #event = -1
  #ended = true
  #duration = 0
  #arrival = 0

  /**
   * Takes an event packet.
   * @param arrival milliseconds
   * @returns the digit where a press begins with it; '' where not
   */
  packet(
    memory: Uint8Array,
    payload: number,
    bytes: number,
    timestamp: number,
    marker: boolean,
    arrival: number,
  ): string {
    if (bytes < eventBytes) return ''
    const event = memory[payload]!
    const ended = (memory[payload + 1]! & 0x80) !== 0
    const duration = (memory[payload + 2]! << 8) | memory[payload + 3]!
    if (this.#isLate(timestamp, arrival)) return ''
    const begins = this.#begins(event, timestamp, marker, arrival)
    this.#timestamp = timestamp
    this.#event = event
    this.#ended = begins ? ended : this.#ended || ended
    this.#duration = duration
    this.#arrival = arrival
    return begins ? (digits[event] ?? '') : ''
  }

  /** Of a press before the one that is on. */
  #isLate(timestamp: number, arrival: number): boolean {
    return this.#timestamp >= 0 && ((timestamp - this.#timestamp) | 0) < 0 && arrival - this.#arrival < samePress
  }

  #begins(event: number, timestamp: number, marker: boolean, arrival: number): boolean {
    if (timestamp === this.#timestamp && event === this.#event) return false
    // RFC 4733 §2.5.1.3: a press longer than the duration can say goes on with another time stamp.
    const goesOn =
      event === this.#event &&
      !marker &&
      !this.#ended &&
      arrival - this.#arrival < samePress &&
      timestamp === (this.#timestamp + this.#duration) >>> 0
    return !goesOn
  }
}
