import { createServer } from 'node:net'
import type { MediaHello, MediaProtocolVersion, MediaReport, MediaSession, PreparedEdge } from '../../media/protocol.ts'
import type { Log } from '../calls/services.ts'
import type { Media, SoundAbility, SoundDoor, SoundPorts, SoundReport } from '../calls/sound/media.ts'
import { mediaSocketName } from '../control/socket-path.ts'
import { UnixSocket } from '../control/unix-socket.ts'
import type { Flow } from '../sip/transport.ts'
import type { MediaConnectionOwner } from './media-connection.ts'
import { MediaConnection } from './media-connection.ts'
import { MediaProcess } from './media-process.ts'

const version: MediaProtocolVersion = 2
const mostProcesses = 64

/** Where parties are, as the listeners see it. */
export interface SoundAddresses {
  isLocal(listener: number, peer: string): boolean
  sound(listener: number, peer: string): { readonly bind: string; readonly shown: string }
}

export interface MediaServerOptions {
  readonly addresses: SoundAddresses
  /** Milliseconds, of a clock that never goes back. */
  readonly now: () => number
  /** What is reported of sessions. */
  readonly reported: (report: SoundReport) => void
  readonly log: Log
}

/**
 * Where media processes connect. It knows every session that there is: whichever process has to have it is told, at once
 * and again whenever it comes back (media/protocol.ts).
 */
export class MediaServer implements Media, MediaConnectionOwner {
  readonly #options: MediaServerOptions
  readonly #socket: UnixSocket
  /** By their numbers: those that have ever been there, or that calls of the engine before used. */
  readonly #processes: Map<number, MediaProcess>
  readonly #connections: Map<MediaConnection, MediaProcess | null>

  constructor(options: MediaServerOptions) {
    this.#options = options
    this.#processes = new Map()
    this.#connections = new Map()
    const server = createServer((socket) => this.#connections.set(new MediaConnection(socket, this), null))
    server.maxConnections = mostProcesses
    this.#socket = new UnixSocket(server)
  }

  /**
   * Opens the socket; one that an engine left behind is replaced.
   * @throws the system's error
   */
  listen(folder: string): Promise<void> {
    return this.#socket.listen(folder, mediaSocketName)
  }

  stop(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.cutOff('the engine ends')
    return this.#socket.close()
  }

  /** For status and metrics. */
  views(): { readonly process: number; readonly pid: number; readonly isThere: boolean; readonly sessions: number }[] {
    return [...this.#processes.values()].map(({ number, pid, isThere, sessions }) => ({
      process: number,
      pid,
      isThere,
      sessions,
    }))
  }

  // --- for calls

  get available(): boolean {
    for (const process of this.#processes.values()) if (process.isThere) return true
    return false
  }

  isLocal(flow: Flow): boolean {
    return this.#options.addresses.isLocal(flow.listener, flow.address)
  }

  take(flow: Flow, beside: SoundPorts | null, door: SoundDoor, kept: PreparedEdge | null): SoundPorts | null {
    const { bind, shown } = this.#options.addresses.sound(flow.listener, flow.address)
    const isBrowser = door === 'browser'
    if (beside !== null) return this.#processes.get(beside.process)?.take(bind, shown, isBrowser, kept) ?? null
    let least: MediaProcess | null = null
    for (const process of this.#processes.values()) {
      if (door !== 'plain' && kept === null && !process.hasRoomForBrowser) continue
      if (process.isThere && (least === null || process.sessions < least.sessions)) least = process
    }
    return least?.take(bind, shown, isBrowser, kept) ?? null
  }

  takeAgain(ports: SoundPorts): void {
    this.#processOf(ports.process).takeAgain(ports)
  }

  give(ports: SoundPorts): void {
    this.#processes.get(ports.process)?.give(ports)
  }

  serves(ability: SoundAbility): boolean {
    for (const process of this.#processes.values()) if (process.isThere && process.can(ability)) return true
    return false
  }

  can(process: number, ability: SoundAbility): boolean {
    return this.#processes.get(process)?.can(ability) === true
  }

  tell(process: number, session: MediaSession): void {
    this.#processOf(process).tell(session)
  }

  close(process: number, session: string): void {
    this.#processes.get(process)?.close(session)
  }

  askFigures(process: number, session: string): void {
    this.#processes.get(process)?.send({ order: 'statistics', session })
  }

  // --- what processes say

  greeted(connection: MediaConnection, hello: MediaHello): void {
    const { log } = this.#options
    if (hello.version !== version) {
      connection.cutOff(`it speaks version ${hello.version}`)
      log.error({ pid: hello.pid }, 'A media process of another version has connected: it is not used')
      return
    }
    const process = this.#processOf(hello.process)
    this.#connections.set(connection, process)
    process.connected(connection, hello)
    const { number, sessions } = process
    log.info({ process: number, pid: hello.pid, edges: hello.edges, sessions }, 'A media process is there')
  }

  reported(connection: MediaConnection, report: Exclude<MediaReport, MediaHello>): void {
    if (report.report === 'prepared') this.#connections.get(connection)?.prepared(report.edges)
    else this.#options.reported(report)
  }

  ended(connection: MediaConnection, why: string): void {
    const process = this.#connections.get(connection)
    this.#connections.delete(connection)
    if (process == null || !process.disconnected(connection)) return
    const { number, pid, sessions } = process
    this.#options.log.warn(
      { process: number, pid, sessions, why },
      'A media process is gone: calls go on when it is back',
    )
  }

  #processOf(number: number): MediaProcess {
    let process = this.#processes.get(number)
    if (process === undefined) {
      process = new MediaProcess(number, this.#options.now)
      this.#processes.set(number, process)
    }
    return process
  }
}
