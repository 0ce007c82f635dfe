import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Leg } from './leg.ts'
import type { ServerProcess } from './server-process.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { Watch } from './watch.ts'

/** How often it looks (ms). */
const look = 5000
/** So long (ms) something may be wrong: messages that were lost come again in less. */
const settled = 40_000
/** Between the answer of who is fetched and its arrival: what is lost comes again in less (ms). */
const fetchTime = 15_000
/** A transfer has an end within (ms): longer than a call rings with all its steps. */
const longestTransfer = 600_000

/**
 * Compares what phones believe with what the server knows, again and again: each dialog is known on both sides or ends,
 * both sides of a call agree on one session, a parked call waits in its slot, and a transfer comes to an end.
 */
export class Audit implements TimerOwner {
  readonly #clock: VirtualClock
  readonly #watch: Watch
  readonly #server: ServerProcess
  /** Since when something is wrong (ms), by what it is. */
  #wrong = new Map<string, number>()
  #found = new Map<string, number>()
  #over = false

  constructor(clock: VirtualClock, watch: Watch, server: ServerProcess) {
    this.#clock = clock
    this.#watch = watch
    this.#server = server
    clock.start(look, this, 'audit')
  }

  stop(): void {
    this.#over = true
  }

  timerFired(): void {
    if (this.#over) return
    this.#clock.start(look, this, 'audit')
    this.#found = new Map()
    if (this.#server.serves) {
      const byKey = new Map<string, Leg>()
      for (const leg of this.#watch.legs) byKey.set(`${leg.parts.callId} ${leg.parts.localTag}`, leg)
      this.#phones()
      this.#pairs(byKey)
      this.#parked(byKey)
    }
    this.#wrong = this.#found
  }

  /** @param what is wrong at this moment */
  #suspect(what: string): void {
    const now = this.#clock.now()
    const since = this.#wrong.get(what) ?? now
    if (now - since > settled) this.#watch.fail(what)
    this.#found.set(what, since)
  }

  #phones(): void {
    const now = this.#clock.now()
    for (const leg of this.#watch.legs) {
      if (!leg.established || leg.ended || leg.sentBye || leg.wantsBye || isExcused(leg) || this.#isForked(leg))
        continue
      if (!this.#server.knows(leg.parts.remoteTag))
        this.#suspect(`${leg.title} is in a call that the server does not know`)
      const { handing } = leg
      if (handing === null || handing.silent || handing.final !== 0 || now - handing.at < longestTransfer) continue
      // What it was told while it was away is not told again.
      if ((leg.phone.connection?.lostAt ?? 0) > handing.at) continue
      this.#suspect(`${leg.title} never heard what became of its transfer`)
    }
  }

  #pairs(byKey: ReadonlyMap<string, Leg>): void {
    const now = this.#clock.now()
    for (const [one, other] of this.#server.pairs()) {
      const legs = [byKey.get(one), byKey.get(other)]
      for (const leg of legs) {
        if (leg?.ended === true && !leg.vanished && now - leg.endedAt > settled) {
          this.#suspect(`The server keeps a call of ${leg.title}, which has ended`)
        }
      }
      const [first, second] = legs
      if (first === undefined || second === undefined || first.ended || second.ended) continue
      if (isExcused(first) || isExcused(second) || first.refusedOffer || second.refusedOffer) continue
      if (first.wantsBye || second.wantsBye || !first.established || !second.established) continue
      if (this.#isForked(first) || this.#isForked(second)) continue
      // It was told the first of several answers, and the server's media makes the best of the others.
      if (this.#server.hasMedia && (isStable(first) || isStable(second))) continue
      if (now - first.sessionChangedAt < settled || now - second.sessionChangedAt < settled) continue
      if (canonical(first) !== canonical(second)) {
        this.#suspect(`${first.title} and ${second.title} disagree: ${first.session} here, ${second.session} there`)
      }
    }
  }

  #parked(byKey: ReadonlyMap<string, Leg>): void {
    const waiting = new Set<string>()
    for (const { key } of this.#server.parked()) {
      waiting.add(key)
      const leg = byKey.get(key)
      // Who is being fetched may have agreed already.
      const agreedLately = leg !== undefined && this.#clock.now() - leg.sessionChangedAt < fetchTime
      if (leg !== undefined && !leg.ended && !agreedLately) leg.parked = true
    }
    for (const [key, leg] of byKey) {
      if (!leg.parked || leg.ended || leg.sentBye || waiting.has(key)) continue
      this.#suspect(`${leg.title} was parked and is in no slot`)
    }
  }

  /** Of two phones behind a carrier that answer one call, a process after a crash knows one. */
  #isForked(leg: Leg): boolean {
    return leg.side === 'callee' && leg.plan.legs.filter(({ side }) => side === 'callee').length > 1
  }
}

function isExcused(leg: Leg): boolean {
  return leg.vanished || leg.excused !== '' || leg.plan.excused !== ''
}

/** A carrier that takes one session for a call (`singleDialog`), and still has its first. */
function isStable({ phone, side, session, plan }: Leg): boolean {
  return phone.settings.name === 'carrier-b' && side === 'caller' && session.startsWith(`o${plan.number} `)
}

/** The same for both ends, whoever offered. */
function canonical({ session }: Leg): string {
  return session.split(' ').sort().join(' ')
}
