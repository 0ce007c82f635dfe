import type { MediaAbility, MediaHello, MediaOrder, MediaSession, PreparedSession } from '../../media/protocol.ts'
import type { SoundDoor, SoundPorts } from '../calls/sound/media.ts'
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
  /** Sessions whose ports the carrier chose, not used yet. */
  readonly #prepared: Map<string, PreparedSession>
  /** Likewise, of which one side is used: the other one is still to be had. */
  readonly #begun: Map<string, { readonly session: PreparedSession; readonly free: 0 | 1 }>

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
    this.#prepared = new Map()
    this.#begun = new Map()
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

  /** Ports for the first side of a session. */
  take(bind: string, shown: string, door: SoundDoor): SoundPorts | null {
    if (this.#range !== null) return this.#ofRange(bind, shown)
    const isForBrowser = door !== 'plain'
    for (const session of this.#prepared.values()) {
      if ((session.browser !== undefined) !== isForBrowser) continue
      this.#prepared.delete(session.prepared)
      const place = door === 'beside browser' ? 1 : 0
      this.#begun.set(session.prepared, { session, free: place === 0 ? 1 : 0 })
      return this.#ofPrepared(session, place)
    }
    return null
  }

  /** Ports for the side of a session whose other side has `beside`. */
  takeBeside(bind: string, shown: string, beside: SoundPorts): SoundPorts | null {
    if (beside.prepared === null) return this.#ofRange(bind, shown)
    const begun = this.#begun.get(beside.prepared)
    if (begun === undefined) return null
    this.#begun.delete(beside.prepared)
    return this.#ofPrepared(begun.session, begun.free)
  }

  #ofPrepared({ prepared, sides, browser }: PreparedSession, place: 0 | 1): SoundPorts {
    const local = sides[place]
    const ports = { process: this.number, local, shown: local.address, prepared }
    return browser === undefined || place === 1 ? ports : { ...ports, browser }
  }

  takeAgain({ local, prepared }: SoundPorts): void {
    if (prepared === null) this.#taken.add(local.port)
  }

  give({ local, prepared }: SoundPorts): void {
    if (prepared !== null) this.#begun.delete(prepared)
    else if (this.#range !== null) this.#range.give(local.port)
    else this.#taken.delete(local.port)
  }

  #ofRange(address: string, shown: string): SoundPorts | null {
    const port = this.#range?.take() ?? 0
    if (port === 0) return null
    return { process: this.number, local: { address, port, rtcpPort: port + 1 }, shown, prepared: null }
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
    this.#begun.clear()
    const { ports } = hello
    const rangeText = ports === null ? '' : `${ports.first}-${ports.last}`
    if (ports === null) this.#range = null
    else if (this.#range === null || rangeText !== this.#rangeText) {
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

  prepared(sessions: readonly PreparedSession[]): void {
    for (const session of sessions) this.#prepared.set(session.prepared, session)
  }
}
