import type { PacketPorts } from '../ports/packet-ports.ts'
import type { MediaReport } from '../protocol.ts'
import type { OpenRecorder, OpenSource } from '../session-sound.ts'

/** What sessions are given of the world around them. */
export interface MediaWorld {
  readonly ports: PacketPorts
  /** Milliseconds of a clock that never goes back: when the batch at hand was taken, or the tick came. */
  readonly now: number
  /** Does something that belongs to a moment ago: `now` is that time meanwhile. */
  asAt(time: number, work: () => void): void
  /** Milliseconds since 1970. */
  wallClock(): number
  /** 32 random bits. */
  random(): number
  /** A number that names a stretch of numbering: another one each time. */
  newSource(): number
  report(report: MediaReport): void
  readonly openSource: OpenSource
  readonly openRecorder: OpenRecorder
}
