/** For tests: a media process that only remembers what it is told. */
import type { MediaSession } from '../../../media/protocol.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Media, SoundAbility, SoundDoor, SoundPorts } from './media.ts'

/** Address of ours in session descriptions; towards others than 192.0.2.* and 10.*, which are local, `outside`. */
export const inside = '192.0.2.1'
export const outside = '198.51.100.1'

/** What browsers are told of us. */
export const wayToUs = {
  ufrag: 'ours',
  password: 'a'.repeat(22),
  fingerprint: `sha-256 ${Array(32).fill('0F').join(':')}`,
}

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

  /** A carrier for browsers is there. */
  browsers = false

  take(flow: Flow, _beside: SoundPorts | null, door: SoundDoor): SoundPorts | null {
    if (!this.available) return null
    while (this.inUse.has(this.#next)) this.#next += 2
    const port = this.#next
    this.#next += 2
    this.inUse.add(port)
    const shown = this.isLocal(flow) ? inside : outside
    const ports = { process: 0, local: { address: inside, port, rtcpPort: port + 1 }, shown, prepared: null }
    return door === 'browser' ? { ...ports, browser: wayToUs } : ports
  }

  takeAgain({ local }: SoundPorts): void {
    this.inUse.add(local.port)
  }

  give({ local }: SoundPorts): void {
    if (!this.inUse.delete(local.port)) throw new Error(`Port ${local.port} is given back twice`)
  }

  serves(ability: SoundAbility): boolean {
    return this.can(0, ability)
  }

  can(_process: number, ability: SoundAbility): boolean {
    return ability !== 'browser' || this.browsers
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
