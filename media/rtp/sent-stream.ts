import {
  flowOutBytes,
  flowOutPackets,
  flowOutPayloadBytes,
  flowOutSent,
  flowOutSequence,
  flowOutSsrc,
  flowOutTimestamp,
  flowSequenceDelta,
  flowTimestampDelta,
} from '../../engine/net/batching-socket/native-ports.ts'
import { rewriteHeader } from './rtp-header.ts'

/** Time stamps of one clock rate: telephone events may have another than the sound (RFC 4733 §2.1). */
interface Clock {
  readonly rate: number
  /** What is added to the time stamps of the present source. */
  delta: number
  /** Of which source; -1: none yet. */
  source: number
  lastTimestamp: number
  lastSent: number
}

/**
 * What one side is sent: a single stream, with an SSRC of our own, whose sequence numbers and time stamps run on when the
 * sound comes from somewhere else, so that the phone hears no break. Losses and disorder of a source are left as they are.
 */
export class SentStream {
  readonly ssrc: number
  packets = 0
  bytes = 0
  /** Without headers: RFC 3550 §6.4.1 wants it so. */
  payloadBytes = 0
  /** Of the packet sent last; for sender reports. */
  lastTimestamp = 0
  lastClockRate = 8000
  lastSent = 0
  #sequence: number
  #firstTimestamp: number
  #source = -1
  #sequenceDelta = 0
  /** The one used last stands apart: nearly every packet has the same. */
  #clock: Clock = { rate: 0, delta: 0, source: -1, lastTimestamp: 0, lastSent: 0 }
  readonly #clocks: Clock[] = []

  constructor(random: { ssrc: number; sequence: number; timestamp: number }) {
    this.ssrc = random.ssrc >>> 0
    this.#sequence = random.sequence & 0x7fff
    this.#firstTimestamp = random.timestamp >>> 0
  }

  /**
   * Writes the header of a packet that goes out: a source's own numbers, carried over.
   * @param payload its bytes of payload
   * @param source which stretch of numbering: another one than before is joined on to what was sent
   * @param now milliseconds
   */
  pass(
    memory: Uint8Array,
    place: number,
    length: number,
    payload: number,
    source: number,
    marker: boolean,
    payloadType: number,
    sequence: number,
    timestamp: number,
    clockRate: number,
    now: number,
  ): void {
    let mark = marker
    if (source !== this.#source) {
      // RFC 3551 §4.1: the marker tells that a talk spurt begins, here that playing may be timed anew.
      mark = true
      this.#source = source
      this.#sequenceDelta = (this.#sequence + 1 - sequence) & 0xffff
    }
    const out = (sequence + this.#sequenceDelta) & 0xffff
    const clock = this.#clock.rate === clockRate ? this.#clock : this.#clockOf(clockRate)
    if (clock.source !== source) this.#join(clock, source, timestamp, now)
    const outTimestamp = (timestamp + clock.delta) >>> 0
    // Late ones do not turn the stream back.
    if (((out - this.#sequence) & 0xffff) < 0x8000) {
      this.#sequence = out
      clock.lastTimestamp = outTimestamp
      clock.lastSent = now
    }
    this.#count(length, payload, outTimestamp, clockRate, now)
    rewriteHeader(memory, place, mark, payloadType, out, outTimestamp, this.ssrc)
  }

  /**
   * Writes into a flow what it goes on from; `restore` takes it back.
   * @returns false where this source's stretch is not what is being sent
   */
  save(flows: Float64Array, at: number, source: number, clockRate: number): boolean {
    const clock = this.#clock
    if (source !== this.#source || clock.rate !== clockRate || clock.source !== source) return false
    flows[at + flowOutSsrc] = this.ssrc
    flows[at + flowSequenceDelta] = this.#sequenceDelta
    flows[at + flowTimestampDelta] = clock.delta
    flows[at + flowOutSequence] = this.#sequence
    flows[at + flowOutTimestamp] = clock.lastTimestamp
    flows[at + flowOutSent] = clock.lastSent
    flows[at + flowOutPackets] = this.packets
    flows[at + flowOutBytes] = this.bytes
    flows[at + flowOutPayloadBytes] = this.payloadBytes
    return true
  }

  /** Takes over what a flow has sent, of the clock rate that it was saved with. */
  restore(flows: Float64Array, at: number): void {
    if (flows[at + flowOutPackets] === this.packets) return
    const clock = this.#clock
    this.#sequence = flows[at + flowOutSequence]!
    clock.lastTimestamp = flows[at + flowOutTimestamp]!
    clock.lastSent = flows[at + flowOutSent]!
    this.packets = flows[at + flowOutPackets]!
    this.bytes = flows[at + flowOutBytes]!
    this.payloadBytes = flows[at + flowOutPayloadBytes]!
    this.lastTimestamp = clock.lastTimestamp
    this.lastClockRate = clock.rate
    this.lastSent = clock.lastSent
  }

  /** The time stamp goes on by the time that has passed, so that what is played next comes no earlier and no later. */
  #join(clock: Clock, source: number, timestamp: number, now: number): void {
    const next =
      clock.source < 0
        ? this.#firstTimestamp
        : clock.lastTimestamp + Math.max(1, Math.round(((now - clock.lastSent) * clock.rate) / 1000))
    clock.delta = (next - timestamp) | 0
    clock.source = source
  }

  #clockOf(rate: number): Clock {
    const known = this.#clocks.find((clock) => clock.rate === rate)
    const clock = known ?? { rate, delta: 0, source: -1, lastTimestamp: 0, lastSent: 0 }
    // Clock rates come from negotiated formats: a handful at most.
    if (known === undefined) this.#clocks.push(clock)
    this.#clock = clock
    return clock
  }

  #count(length: number, payload: number, timestamp: number, clockRate: number, now: number): void {
    this.packets++
    this.bytes += length
    this.payloadBytes += payload
    this.lastTimestamp = timestamp
    this.lastClockRate = clockRate
    this.lastSent = now
  }
}
