import type { ReceivedStream } from '../rtp/received-stream.ts'
import type { ReportBlock } from '../rtp/rtcp-packets.ts'
import { emptyReport, ntpMiddle, readRtcp, writeRtcp } from '../rtp/rtcp-packets.ts'
import type { SentStream } from '../rtp/sent-stream.ts'

/** RFC 3550 §6.2: five seconds, from half to one and a half of it by chance, so that not all report at once. */
const interval = 5000
/** Nobody is this far away: what a report says of it is wrong. Milliseconds. */
const longestRoundTrip = 60_000

/** RTCP of one side: what we report of it, and what it reports of us. */
export class SideReports {
  reportedLost: number | null = null
  /** Milliseconds. */
  reportedJitter: number | null = null
  roundTrip: number | null = null
  /** When the next report is due. */
  #due: number
  #sentPackets = 0
  #peer = 0
  #lastReport = 0
  #lastReportArrival = 0
  readonly #block = emptyReport()

  constructor(now: number, chance: number) {
    this.#due = now + interval * (0.5 + chance)
  }

  isDue(now: number): boolean {
    return now >= this.#due
  }

  /**
   * Takes the peer's RTCP, decrypted.
   * @returns false where it is none
   */
  received(
    memory: Uint8Array,
    place: number,
    length: number,
    sent: SentStream,
    wallClock: number,
    now: number,
  ): boolean {
    return readRtcp(memory, place, length, {
      senderReport: (ssrc, middle) => {
        this.#peer = ssrc
        this.#lastReport = middle
        this.#lastReportArrival = now
      },
      report: (block) => {
        if (block.ssrc === sent.ssrc) this.#take(block, sent, wallClock)
      },
    })
  }

  /** RFC 3550 §6.4.1: now, less when our report left, less what the peer took. */
  #take(block: ReportBlock, sent: SentStream, wallClock: number): void {
    this.reportedLost = block.lost
    this.reportedJitter = (block.jitter * 1000) / sent.lastClockRate
    if (block.lastReport === 0) return
    const trip = ((ntpMiddle(wallClock) - block.lastReport - block.sinceLastReport) | 0) / 65.536
    if (trip > -5 && trip < longestRoundTrip) this.roundTrip = Math.max(0, trip)
  }

  /**
   * Writes a report that is due.
   * @returns its length
   */
  write(
    memory: Uint8Array,
    place: number,
    sent: SentStream,
    received: ReceivedStream,
    name: string,
    wallClock: number,
    now: number,
    chance: number,
  ): number {
    this.#due = now + interval * (0.5 + chance)
    const sends = sent.packets > this.#sentPackets
    this.#sentPackets = sent.packets
    // The time stamp that belongs to this very moment, by the last one that was sent.
    const passed = Math.round(((now - sent.lastSent) * sent.lastClockRate) / 1000)
    const sender = sends
      ? {
          ssrc: sent.ssrc,
          wallClock,
          rtpTimestamp: (sent.lastTimestamp + passed) >>> 0,
          packets: sent.packets,
          bytes: sent.payloadBytes,
        }
      : null
    const block = received.packets === 0 ? null : this.#blockOf(received, now)
    return writeRtcp(memory, place, sent.ssrc, sender, block, name)
  }

  #blockOf(received: ReceivedStream, now: number): ReportBlock {
    const block = this.#block
    const heard = this.#lastReport !== 0 && this.#peer === received.ssrc
    block.ssrc = received.ssrc
    block.fractionLost = received.takeFractionLost()
    block.lost = received.lost
    block.extendedHighest = received.extendedHighest
    block.jitter = Math.round(received.jitter)
    block.lastReport = heard ? this.#lastReport : 0
    block.sinceLastReport = heard ? Math.round((now - this.#lastReportArrival) * 65.536) : 0
    return block
  }
}
