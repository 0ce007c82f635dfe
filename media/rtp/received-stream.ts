import {
  flowBytes,
  flowClockRate,
  flowCounted,
  flowCycles,
  flowHighest,
  flowJitter,
  flowLargestJitter,
  flowLastArrival,
  flowPackets,
  flowSsrc,
  flowTransit,
} from '../../engine/net/batching-socket/native-ports.ts'

/** Packets apart that are still one stream: RFC 3550 A.1 `MAX_DROPOUT` and `MAX_MISORDER`. */
const mostAhead = 3000
const mostBehind = 100

/** What a packet is to the stream before it. */
export type Arrival =
  /** In order, or a little late. */
  | 'next'
  /** Another source, or the same one begun anew: numbers have nothing to do with those before. */
  | 'anew'
  /** So far from the others that it is taken for a stray; two of them in sequence are a source begun anew. */
  | 'stray'

/**
 * Counts what one side sends: loss and jitter as RFC 3550 §6.4.1 and A.1, A.3, A.8 define them. Restarts and changes of
 * the source are counted through: the numbers are those of the whole session.
 */
export class ReceivedStream {
  ssrc = 0
  packets = 0
  bytes = 0
  sourceChanges = 0
  /** In units of the clock; `jitterMilliseconds` is for people. */
  jitter = 0
  largestJitter = 0
  clockRate = 8000
  lastArrival = -1
  #begun = false
  #firstSequence = 0
  #highest = 0
  #cycles = 0
  /** Packets of the present numbering. */
  #counted = 0
  /** The sequence number that would make a stray's source one begun anew; -1: none is expected. */
  #afterStray = -1
  /** Packets expected and received under earlier numbering. */
  #expectedBefore = 0
  #receivedBefore = 0
  #transit = 0
  #reportedExpected = 0
  #reportedReceived = 0

  /**
   * Counts a packet.
   * @param arrival milliseconds
   */
  packet(
    ssrc: number,
    sequence: number,
    timestamp: number,
    clockRate: number,
    bytes: number,
    arrival: number,
  ): Arrival {
    let result: Arrival = 'next'
    if (!this.#begun || ssrc !== this.ssrc) {
      if (this.#begun) this.sourceChanges++
      this.#begin(ssrc, sequence)
      result = 'anew'
    } else {
      const ahead = (sequence - this.#highest) & 0xffff
      if (ahead < mostAhead) {
        if (sequence < this.#highest) this.#cycles += 0x10000
        this.#highest = sequence
        this.#afterStray = -1
      } else if (ahead <= 0x10000 - mostBehind) {
        if (sequence !== this.#afterStray) {
          this.#afterStray = (sequence + 1) & 0xffff
          return 'stray'
        }
        this.#begin(ssrc, sequence)
        result = 'anew'
      }
    }
    this.#counted++
    this.packets++
    this.bytes += bytes
    this.#measure(timestamp, clockRate, arrival, result === 'anew')
    return result
  }

  /** Highest sequence number with the times it went round: RFC 3550 §6.4.1, extended. */
  get extendedHighest(): number {
    return (this.#cycles + this.#highest) >>> 0
  }

  get expected(): number {
    return this.#expectedBefore + (this.#begun ? this.#cycles + this.#highest - this.#firstSequence + 1 : 0)
  }

  /** Negative where packets came twice. */
  get lost(): number {
    return this.expected - this.#receivedBefore - this.#counted
  }

  get jitterMilliseconds(): number {
    return (this.jitter * 1000) / this.clockRate
  }

  /** Part of the packets lost since it was last asked, in 256ths (RFC 3550 A.3). */
  takeFractionLost(): number {
    const expected = this.expected - this.#reportedExpected
    const received = this.#receivedBefore + this.#counted - this.#reportedReceived
    this.#reportedExpected += expected
    this.#reportedReceived += received
    const lost = expected - received
    return expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected))
  }

  /** Writes into a flow what it goes on from; `restore` takes it back. */
  save(flows: Float64Array, at: number): void {
    flows[at + flowSsrc] = this.ssrc
    flows[at + flowClockRate] = this.clockRate
    flows[at + flowHighest] = this.#highest
    flows[at + flowCycles] = this.#cycles
    flows[at + flowCounted] = this.#counted
    flows[at + flowPackets] = this.packets
    flows[at + flowBytes] = this.bytes
    flows[at + flowTransit] = this.#transit
    flows[at + flowJitter] = this.jitter
    flows[at + flowLargestJitter] = this.largestJitter
    flows[at + flowLastArrival] = this.lastArrival
  }

  /** Takes over what a flow has counted. */
  restore(flows: Float64Array, at: number): void {
    this.#highest = flows[at + flowHighest]!
    this.#cycles = flows[at + flowCycles]!
    this.#counted = flows[at + flowCounted]!
    this.packets = flows[at + flowPackets]!
    this.bytes = flows[at + flowBytes]!
    this.#transit = flows[at + flowTransit]!
    this.jitter = flows[at + flowJitter]!
    this.largestJitter = flows[at + flowLargestJitter]!
    this.lastArrival = flows[at + flowLastArrival]!
    this.#afterStray = -1
  }

  #begin(ssrc: number, sequence: number): void {
    if (this.#begun) {
      this.#expectedBefore = this.expected
      this.#receivedBefore += this.#counted
    }
    this.#begun = true
    this.ssrc = ssrc
    this.#firstSequence = sequence
    this.#highest = sequence
    this.#cycles = 0
    this.#counted = 0
    this.#afterStray = -1
  }

  /** RFC 3550 A.8. A gap in the talk moves the time stamp as it moves the arrival; a jump of one alone is no jitter. */
  #measure(timestamp: number, clockRate: number, arrival: number, anew: boolean): void {
    const transit = (Math.round((arrival * clockRate) / 1000) - timestamp) | 0
    if (anew || clockRate !== this.clockRate) this.clockRate = clockRate
    else {
      const difference = Math.abs((transit - this.#transit) | 0)
      if (difference < clockRate) {
        this.jitter += (difference - this.jitter) / 16
        if (this.jitter > this.largestJitter) this.largestJitter = this.jitter
      }
    }
    this.#transit = transit
    this.lastArrival = arrival
  }
}
