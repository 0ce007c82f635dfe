import type { DroppedPackets, MediaSide, SideStatistics } from '../protocol.ts'
import { meanOpinionScore, mouthToEar } from '../rtp/mean-opinion-score.ts'
import type { ReceivedStream } from '../rtp/received-stream.ts'
import type { SentStream } from '../rtp/sent-stream.ts'
import type { SideReports } from './side-reports.ts'

export type Drops = { -readonly [Reason in keyof DroppedPackets]: number }

export function noDrops(): Drops {
  return { strangers: 0, malformed: 0, unknownPayload: 0, notWanted: 0, refused: 0, late: 0 }
}

interface Measured {
  readonly id: string
  readonly state: MediaSide
  readonly received: ReceivedStream
  readonly sent: SentStream
  readonly dropped: Drops
}

/** What has been counted of a side, as the engine is told. */
export function sideStatistics(side: Measured, reports: SideReports, now: number): SideStatistics {
  const { received, sent } = side
  return {
    side: side.id,
    received: { packets: received.packets, bytes: received.bytes },
    sent: { packets: sent.packets, bytes: sent.bytes },
    lost: Math.max(0, received.lost),
    jitter: round(received.jitterMilliseconds),
    largestJitter: round((received.largestJitter * 1000) / received.clockRate),
    reportedLost: reports.reportedLost,
    reportedJitter: reports.reportedJitter === null ? null : round(reports.reportedJitter),
    roundTrip: reports.roundTrip === null ? null : round(reports.roundTrip),
    mos: received.packets === 0 ? null : round(scoreOf(side, reports)),
    sourceChanges: received.sourceChanges,
    silentFor: received.packets === 0 ? null : Math.round(now - received.lastArrival),
    dropped: { ...side.dropped },
  }
}

function scoreOf(side: Measured, reports: SideReports): number {
  const { received, state } = side
  const codec = state.sending.find((format) => format.name !== 'TELEPHONE-EVENT')?.name ?? ''
  const loss = (100 * Math.max(0, received.lost)) / Math.max(1, received.expected)
  return meanOpinionScore(
    codec,
    loss,
    mouthToEar(reports.roundTrip ?? 0, received.jitterMilliseconds, state.packetTime),
  )
}

/** To hundredths. */
function round(value: number): number {
  return Math.round(value * 100) / 100
}
