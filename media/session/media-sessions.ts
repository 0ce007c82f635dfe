import type { MediaCarrier } from '../media-carrier.ts'
import type { PacketReceiver } from '../ports/packet-ports.ts'
import type { MediaSession } from '../protocol.ts'
import type { MediaWorld } from './media-world.ts'
import { Session } from './session.ts'
import { Side } from './side.ts'

/** Recordings are ticked every 80 ms: it takes that long until their pieces leave, and their rings have room for longer. */
const ticksOfRecorders = 4
/** Ticks in which every session is asked once whether a report is due. */
const ticksOfReports = 50

/** All sessions of the process, and which port belongs to which side. */
export class MediaSessions implements MediaCarrier, PacketReceiver {
  readonly #world: MediaWorld
  readonly #sessions = new Map<string, Session>()
  readonly #sides = new Map<string, { readonly side: Side; session: Session }>()
  readonly #byPort: (Side | undefined)[] = []
  /** Those that play, and those that record. */
  readonly #ticking = new Set<Session>()
  readonly #recorded = new Set<Session>()
  #ticks = 0
  #reporting: Iterator<Session> = this.#sessions.values()

  constructor(world: MediaWorld) {
    this.#world = world
  }

  get size(): number {
    return this.#sessions.size
  }

  ids(): IterableIterator<string> {
    return this.#sessions.keys()
  }

  welcomed(): void {}

  /** Makes a session, or changes it into this. */
  set(state: MediaSession): void {
    let session = this.#sessions.get(state.id)
    if (session === undefined) {
      session = new Session(this.#world, state)
      this.#sessions.set(state.id, session)
    }
    session.endFlows()
    const wanted = new Set(state.sides.map((side) => side.id))
    for (const side of session.sides) if (!wanted.has(side.id)) this.#drop(session, side)
    const sides: Side[] = []
    for (const side of state.sides) sides.push(this.#bring(session, side))
    session.update(state, sides)
    if (session.needsTicks) this.#ticking.add(session)
    if (session.isRecorded) this.#recorded.add(session)
    else this.#recorded.delete(session)
  }

  /** Ends a session; `false` where there is none. */
  close(id: string): boolean {
    const session = this.#sessions.get(id)
    if (session === undefined) return false
    this.#sessions.delete(id)
    this.#ticking.delete(session)
    this.#recorded.delete(session)
    this.#world.report(session.statistics(true))
    for (const side of session.sides) this.#end(side)
    session.close()
    return true
  }

  /** Reports what has been counted; nothing where there is no such session. */
  tellStatistics(id: string): void {
    const session = this.#sessions.get(id)
    if (session !== undefined) this.#world.report(session.statistics(false))
  }

  /** Every 20 ms. Sessions that only relay are not touched, but for a fiftieth of them that may have to report. */
  tick(): void {
    for (const session of this.#ticking) {
      session.tick()
      if (!session.needsTicks) this.#ticking.delete(session)
    }
    if (++this.#ticks % ticksOfRecorders === 0) {
      for (const session of this.#recorded) {
        session.tickRecorder()
        // It may beep.
        if (session.needsTicks) this.#ticking.add(session)
      }
    }
    for (let left = Math.ceil(this.#sessions.size / ticksOfReports); left > 0; left--) this.#reportNext()
    this.#world.ports.flush()
  }

  /** Goes round through all sessions: each has its turn once a second. */
  #reportNext(): void {
    let next = this.#reporting.next()
    if (next.done === true) {
      this.#reporting = this.#sessions.values()
      next = this.#reporting.next()
    }
    if (next.done !== true) next.value.sendReports()
  }

  received(port: number, entry: number, place: number, length: number): void {
    this.#byPort[port]?.packet(port, entry, place, length)
  }

  listened(port: number, place: number, length: number): void {
    const side = this.#byPort[port]
    if (side !== undefined) side.owner.listened(side, place, length)
  }

  batchEnded(): void {}

  /** The side as it is to be in the session: new, changed, or taken from another one. */
  #bring(session: Session, state: MediaSession['sides'][number]): Side {
    const known = this.#sides.get(state.id)
    if (known === undefined) {
      const side = new Side(this.#world, session, state)
      this.#sides.set(state.id, { side, session })
      this.#learnPorts(side)
      return side
    }
    if (known.session !== session) {
      known.session.remove(known.side)
      known.session = session
      known.side.owner = session
    }
    this.#forgetPorts(known.side)
    known.side.update(state)
    this.#learnPorts(known.side)
    return known.side
  }

  #drop(session: Session, side: Side): void {
    session.remove(side)
    this.#end(side)
  }

  #end(side: Side): void {
    this.#forgetPorts(side)
    this.#sides.delete(side.id)
    side.close()
  }

  #learnPorts(side: Side): void {
    for (const port of side.ports) if (port >= 0) this.#byPort[port] = side
  }

  #forgetPorts(side: Side): void {
    for (const port of side.ports) if (port >= 0) this.#byPort[port] = undefined
  }
}
