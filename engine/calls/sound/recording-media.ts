/** For tests: a media process that only remembers what it is told. */
import type { MediaSession } from '../../../media/protocol.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Media, SoundPorts } from './media.ts'

/** Address of ours in session descriptions; towards others than 192.0.2.* and 10.*, which are local, `outside`. */
export const inside = '192.0.2.1'
export const outside = '198.51.100.1'

export class RecordingMedia implements Media {
  available = true
  /** Sessions there are, by their names. */
  readonly sessions = new Map<string, MediaSession>()
  readonly closed: string[] = []
  readonly inUse = new Set<number>()
  #next = 20_000

  isLocal(flow: Flow): boolean {
    return flow.address.startsWith('192.0.2.') || flow.address.startsWith('10.')
  }

  take(flow: Flow): SoundPorts | null {
    if (!this.available) return null
    while (this.inUse.has(this.#next)) this.#next += 2
    const port = this.#next
    this.#next += 2
    this.inUse.add(port)
    const shown = this.isLocal(flow) ? inside : outside
    return { process: 0, local: { address: inside, port, rtcpPort: port + 1 }, shown, prepared: null }
  }

  takeAgain({ local }: SoundPorts): void {
    this.inUse.add(local.port)
  }

  give({ local }: SoundPorts): void {
    if (!this.inUse.delete(local.port)) throw new Error(`Port ${local.port} is given back twice`)
  }

  can(): boolean {
    return true
  }

  tell(_process: number, session: MediaSession): void {
    // As it is sent: what changes later does not show.
    this.sessions.set(session.id, JSON.parse(JSON.stringify(session)))
  }

  close(_process: number, session: string): void {
    if (!this.sessions.delete(session)) throw new Error(`There is no session ${session}`)
    this.closed.push(session)
  }

  askFigures(): void {
    // Told by nobody.
  }

  /** The one session there is. */
  get only(): MediaSession {
    const [session] = this.sessions.values()
    if (session === undefined || this.sessions.size > 1) throw new Error(`There are ${this.sessions.size} sessions`)
    return session
  }
}
