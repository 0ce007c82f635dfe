/** How sound was that passed through us: for the log, and for the records of calls. */
import type { SideStatistics } from '../../../media/protocol.ts'
import type { CallEvents, HeardQuality } from '../../records/call-events.ts'
import type { Codec } from '../../sdp/session-description.ts'
import type { Clock } from '../../sip/transport.ts'
import type { Log } from '../services.ts'
import type { SoundReport } from './media.ts'
import type { SoundSide } from './sound-side.ts'

export interface FiguresServices {
  readonly log: Log
  readonly clock: Clock
  readonly events: CallEvents
}

/** Sessions that have ended and whose figures are waited for; media tells them within milliseconds. */
const mostAwaited = 10_000

/** A session whose figures stand in a call's record. */
interface AwaitedFigures {
  readonly call: string
  readonly caller: FiguresOf
  /** `null`: the server itself. */
  readonly callee: FiguresOf | null
}

interface FiguresOf {
  /** Of the side. */
  readonly id: string
  readonly codec: string
}

/** What media says of sessions that are over: those of calls that were answered go into their records. */
export class SoundFigures {
  readonly #services: FiguresServices
  readonly #awaited: Map<string, AwaitedFigures>

  constructor(services: FiguresServices) {
    this.#services = services
    this.#awaited = new Map()
  }

  /**
   * This session ends: what media says of it stands in the call's record.
   * @param callee `null`: the server itself
   */
  expect(session: string, call: string, caller: SoundSide, callee: SoundSide | null): void {
    // A media process that has died tells none: what it owes is not waited for for ever.
    if (this.#awaited.size >= mostAwaited) for (const [oldest] of this.#awaited) if (this.#awaited.delete(oldest)) break
    this.#awaited.set(session, { call, caller: figuresOf(caller), callee: callee === null ? null : figuresOf(callee) })
  }

  /** From media, when a session is over. */
  ended({ session, sides }: Extract<SoundReport, { readonly report: 'statistics' }>): void {
    const { log, clock, events } = this.#services
    const quality = sides.map((figures) => ({ ...qualityOf(figures), side: figures.side }))
    log.info({ session, quality }, 'Sound of a call has ended')
    const awaited = this.#awaited.get(session)
    this.#awaited.delete(session)
    if (awaited === undefined) return
    const heard: HeardQuality[] = []
    for (const side of ['caller', 'callee'] as const) {
      const party = awaited[side]
      const figures = sides.find((one) => one.side === party?.id)
      if (party !== null && figures !== undefined) heard.push({ side, codec: party.codec, ...qualityOf(figures) })
    }
    if (heard.length > 0) events.heard(awaited.call, clock.now(), heard)
  }
}

function figuresOf(side: SoundSide): FiguresOf {
  return { id: side.id, codec: codecOf(side) }
}

/** The codec that the party prefers of those that both have; '' where nothing is agreed on. */
function codecOf({ own, told }: SoundSide): string {
  const theirs = told?.media[0]?.codecs ?? []
  const isSound = ({ name }: Codec) => name !== 'TELEPHONE-EVENT' && name !== 'CN'
  const agreed = own?.media[0]?.codecs.find((codec) => isSound(codec) && theirs.some(({ name }) => name === codec.name))
  return agreed?.name ?? ''
}

function qualityOf(figures: SideStatistics): Omit<HeardQuality, 'side' | 'codec'> {
  const { received, sent, lost, jitter, largestJitter, roundTrip, mos, reportedLost, reportedJitter, dropped } = figures
  return {
    packets: received.packets,
    lost,
    jitter: tenths(jitter),
    largestJitter: tenths(largestJitter),
    roundTrip: roundTrip === null ? null : tenths(roundTrip),
    mos: mos === null ? null : Math.round(mos * 100) / 100,
    sent: sent.packets,
    reportedLost,
    reportedJitter: reportedJitter === null ? null : tenths(reportedJitter),
    strangers: dropped.strangers,
  }
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
