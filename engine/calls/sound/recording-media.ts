/** For tests: a media process that only remembers what it is told. */
import type { MediaSession, PreparedEdge } from '../../../media/protocol.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Media, SoundAbility, SoundDoor, SoundPorts } from './media.ts'

/** Address of ours in session descriptions; towards others than 192.0.2.* and 10.*, which are local, `outside`. */
export const inside = '192.0.2.1'
export const outside = '198.51.100.1'

/** Where browsers find us, and what they are told of us. */
export const edgeAddress = '192.0.2.9'

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
  /** Ports in use, and of which process they are. */
  readonly inUse = new Map<number, number>()
  readonly #processOf = new Map<string, number>()
  /** First sides of sounds come to each of so many processes in turn. */
  processes = 2
  #firsts = 0
  #next = 20_000
  #edges = 0

  isLocal(flow: Flow): boolean {
    return flow.address.startsWith('192.0.2.') || flow.address.startsWith('10.')
  }

  /** An rtpengine for browsers is there. */
  browsers = false

  take(flow: Flow, beside: SoundPorts | null, door: SoundDoor, kept: PreparedEdge | null): SoundPorts | null {
    if (!this.available) return null
    while (this.inUse.has(this.#next)) this.#next += 2
    const port = this.#next
    this.#next += 2
    const process = beside?.process ?? this.#firsts++ % this.processes
    this.inUse.set(port, process)
    const shown = this.isLocal(flow) ? inside : outside
    const ports = { process, local: { address: inside, port, rtcpPort: port + 1 }, shown }
    if (door !== 'browser') return ports
    return { ...ports, shown: edgeAddress, edge: kept ?? this.#newEdge() }
  }

  #newEdge(): PreparedEdge {
    const port = 40_000 + this.#edges++ * 4
    return {
      name: `edge-${port}`,
      outside: { address: edgeAddress, port, rtcpPort: port },
      inside: { address: inside, port: port + 2, rtcpPort: port + 3 },
      rtpengine: '127.0.0.1:2223',
      relayAddress: inside,
      browser: wayToUs,
    }
  }

  takeAgain({ process, local }: SoundPorts): void {
    this.inUse.set(local.port, process)
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

  tell(process: number, session: MediaSession): void {
    const before = this.sessions.has(session.id) ? this.#processOf.get(session.id) : process
    if (before !== process) throw new Error(`Session ${session.id} goes from process ${before} to ${process}`)
    this.#processOf.set(session.id, process)
    for (const { id, local } of session.sides) {
      if (this.inUse.get(local.port) !== process) throw new Error(`Side ${id} is not in process ${process}`)
    }
    // As it is sent: what changes later does not show.
    this.sessions.set(session.id, JSON.parse(JSON.stringify(session)))
  }

  close(process: number, session: string): void {
    if (this.#processOf.get(session) !== process) throw new Error(`Session ${session} is not in process ${process}`)
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
