import type { MediaAbility, MediaHello, MediaOrder, MediaSession, PreparedEdge } from '../../media/protocol.ts'
import type { SoundPorts } from '../calls/sound/media.ts'
import type { MediaConnection } from './media-connection.ts'
import { PortRange } from './port-range.ts'

/** One of the media processes, there or not: its ports, and the sessions it has or is to have. */
export class MediaProcess {
  readonly number: number
  readonly #now: () => number
  readonly #sessions: Map<string, MediaSession>
  #connection: MediaConnection | null
  #pid: number
  #abilities: readonly MediaAbility[]
  #range: PortRange | null
  #rangeText: string
  /** Ports in use, also before the range is known: by calls of the engine before. */
  readonly #taken: Set<number>
  #edgesFor: MediaHello['edges']
  #rtpengine: string
  /** Edges that nobody uses yet, by their names. */
  readonly #prepared: Map<string, PreparedEdge>

  /** @param now milliseconds, of a clock that never goes back */
  constructor(number: number, now: () => number) {
    this.number = number
    this.#now = now
    this.#sessions = new Map()
    this.#connection = null
    this.#pid = 0
    this.#abilities = []
    this.#range = null
    this.#rangeText = ''
    this.#taken = new Set()
    this.#edgesFor = 'none'
    this.#rtpengine = ''
    this.#prepared = new Map()
  }

  get isThere(): boolean {
    return this.#connection !== null
  }

  /** 0 while it is not there. */
  get pid(): number {
    return this.#pid
  }

  get sessions(): number {
    return this.#sessions.size
  }

  can(ability: MediaAbility): boolean {
    return this.#abilities.includes(ability)
  }

  // --- ports

  /** Whether it has an edge left for a browser. */
  get hasRoomForBrowser(): boolean {
    return this.#edge(true) !== null
  }

  /**
   * Ports for a side.
   * @param bind address to bind where nothing is between, and `shown` the one for descriptions
   * @param kept see `Media.take`
   */
  take(bind: string, shown: string, isBrowser: boolean, kept: PreparedEdge | null): SoundPorts | null {
    if (!isBrowser && this.#edgesFor !== 'all') return this.#ofRange(bind, shown)
    const edge = kept !== null && kept.rtpengine === this.#rtpengine ? kept : this.#edge(isBrowser)
    const ports = edge === null ? null : this.#ofRange(edge.relayAddress, edge.outside.address)
    if (ports === null || edge === null) return null
    this.#prepared.delete(edge.name)
    return { ...ports, edge }
  }

  #edge(isForBrowser: boolean): PreparedEdge | null {
    for (const edge of this.#prepared.values()) if ((edge.browser !== undefined) === isForBrowser) return edge
    return null
  }

  takeAgain({ local }: SoundPorts): void {
    this.#taken.add(local.port)
  }

  give({ local }: SoundPorts): void {
    if (this.#range !== null) this.#range.give(local.port)
    else this.#taken.delete(local.port)
  }

  #ofRange(address: string, shown: string): SoundPorts | null {
    const port = this.#range?.take() ?? 0
    if (port === 0) return null
    return { process: this.number, local: { address, port, rtcpPort: port + 1 }, shown }
  }

  // --- sessions

  tell(session: MediaSession): void {
    this.#sessions.set(session.id, session)
    this.send({ order: 'session', session })
  }

  close(session: string): void {
    if (this.#sessions.delete(session)) this.send({ order: 'close', session })
  }

  /** One that is not there misses it: it is told all that counts when it is back. */
  send(order: MediaOrder): void {
    this.#connection?.send(order)
  }

  // --- its process

  /** It is there, or there again: it is told everything. */
  connected(connection: MediaConnection, hello: MediaHello): void {
    const before = this.#connection
    this.#connection = connection
    before?.cutOff('another process has its number')
    this.#pid = hello.pid
    this.#abilities = hello.abilities
    this.#prepared.clear()
    this.#edgesFor = hello.edges
    this.#rtpengine = hello.rtpengine
    const { ports } = hello
    const rangeText = `${ports.first}-${ports.last}`
    if (this.#range === null || rangeText !== this.#rangeText) {
      this.#range = new PortRange(ports.first, ports.last, this.#now, this.#taken)
    }
    this.#rangeText = rangeText
    connection.send({ order: 'welcome', version: hello.version })
    for (const session of this.#sessions.values()) connection.send({ order: 'session', session })
    connection.send({ order: 'synchronised' })
  }

  /** @returns false where another connection has taken its place */
  disconnected(connection: MediaConnection): boolean {
    if (this.#connection !== connection) return false
    this.#connection = null
    this.#pid = 0
    return true
  }

  prepared(edges: readonly PreparedEdge[]): void {
    for (const edge of edges) this.#prepared.set(edge.name, edge)
  }
}
