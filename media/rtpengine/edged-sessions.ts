import type { MediaCarrier } from '../media-carrier.ts'
import type { MediaSession, MediaSide } from '../protocol.ts'
import { isNowhere } from './rtpengine-edge.ts'
import type { RtpengineEdges } from './rtpengine-edges.ts'

/** Sessions of the relay of which some sides are behind an edge: to the relay the edge is their peer. */
export class EdgedSessions implements MediaCarrier {
  readonly #relay: MediaCarrier
  readonly #edges: RtpengineEdges
  /** Edges of each session, by its sides. */
  readonly #sides = new Map<string, Map<string, string>>()

  constructor(relay: MediaCarrier, edges: RtpengineEdges) {
    this.#relay = relay
    this.#edges = edges
  }

  get size(): number {
    return this.#relay.size
  }

  ids(): Iterable<string> {
    return this.#relay.ids()
  }

  welcomed(): void {
    this.#edges.welcomed()
    this.#relay.welcomed()
  }

  set(session: MediaSession): void {
    const before = this.#sides.get(session.id)
    const after = new Map<string, string>()
    for (const side of session.sides) {
      if (side.edge === undefined) continue
      after.set(side.id, side.edge.name)
      this.#edges.use(session.id, side)
    }
    for (const [side, name] of before ?? []) if (after.get(side) !== name) this.#edges.leave(name, side)
    if (after.size > 0) this.#sides.set(session.id, after)
    else if (before !== undefined) this.#sides.delete(session.id)
    this.#relay.set(after.size > 0 ? { ...session, sides: session.sides.map(insideOf) } : session)
  }

  close(id: string): boolean {
    for (const [side, name] of this.#sides.get(id) ?? []) this.#edges.leave(name, side)
    this.#sides.delete(id)
    return this.#relay.close(id)
  }

  tellStatistics(id: string): void {
    this.#relay.tellStatistics(id)
  }
}

/** The side as the relay sees it: strangers and address translation are the edge's business. */
function insideOf(side: MediaSide): MediaSide {
  const { edge, remote } = side
  if (edge === undefined) return side
  const isSomewhere = remote !== null && !isNowhere(remote.address)
  return { ...side, remote: isSomewhere ? edge.inside : remote, behindNat: null }
}
