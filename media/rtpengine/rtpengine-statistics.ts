import type { LocalPorts, SideStatistics } from '../protocol.ts'
import type { Bencoded } from './bencode.ts'
import type { NgAnswer } from './ng-client.ts'

/** What rtpengine counts of one side (its answer to `query` and `delete`), as the engine is told of it. */
export function statisticsOf(answer: NgAnswer, tag: string, side: string): SideStatistics {
  const stream = at(answer, 'tags', tag, 'medias', 0, 'streams', 0)
  const other = tag === 'a' ? 'b' : 'a'
  const sent = at(answer, 'tags', other, 'medias', 0, 'streams', 0, 'stats')
  const received = at(stream, 'stats')
  const source = at(answer, 'SSRC', String(at(stream, 'SSRC') ?? ''))
  const mos = number(at(source, 'average MOS', 'MOS'))
  const lastPacket = number(at(stream, 'last packet'))
  // What strangers send is counted with it, and as an error.
  const errors = number(at(received, 'errors')) ?? 0
  const packets = (number(at(received, 'packets')) ?? 0) - errors
  return {
    side,
    received: { packets, bytes: number(at(received, 'bytes')) ?? 0 },
    // What it sends is not counted: it passes on what it takes from the other.
    sent: {
      packets: (number(at(sent, 'packets')) ?? 0) - (number(at(sent, 'errors')) ?? 0),
      bytes: number(at(sent, 'bytes')) ?? 0,
    },
    lost: 0,
    jitter: number(at(source, 'average MOS', 'jitter')) ?? 0,
    largestJitter: number(at(source, 'lowest MOS', 'jitter')) ?? 0,
    reportedLost: null,
    reportedJitter: null,
    roundTrip: thousandth(number(at(source, 'average MOS', 'round-trip time'))),
    // Told in tenths.
    mos: mos === null ? null : mos / 10,
    sourceChanges: 0,
    silentFor: packets === 0 || lastPacket === null ? null : Math.max(0, Date.now() - lastPacket * 1000),
    dropped: {
      strangers: errors,
      malformed: 0,
      unknownPayload: 0,
      notWanted: 0,
      refused: 0,
      late: 0,
    },
  }
}

/** Where rtpengine takes the sound of one side (its answer to `query`); `null` where it does not say so. */
export function localPorts(answer: NgAnswer, tag: string): LocalPorts | null {
  const stream = at(answer, 'tags', tag, 'medias', 0, 'streams', 0)
  const address = at(stream, 'local address')
  const port = number(at(stream, 'local port'))
  const rtcpPort = number(at(answer, 'tags', tag, 'medias', 0, 'streams', 1, 'local port'))
  if (typeof address !== 'string' || port === null || port === 0) return null
  return { address, port, rtcpPort: rtcpPort === null || rtcpPort === 0 ? port : rtcpPort }
}

function at(value: Bencoded | undefined, ...path: (string | number)[]): Bencoded | undefined {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object') return undefined
    found = (found as { readonly [name: string]: Bencoded })[key]
  }
  return found
}

function number(value: Bencoded | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function thousandth(value: number | null): number | null {
  return value === null ? null : value / 1000
}
