/** What calls need of the processes that move sound. Handed in; nothing here ever waits. */
import type { LocalPorts, MediaReport, MediaSession, PreparedEdge } from '../../../media/protocol.ts'
import type { Flow } from '../../sip/transport.ts'

export type SoundAbility = 'sdes' | 'transcode' | 'browser' | 'play' | 'record' | 'digits'

/** Ports of ours to which one party sends one stream. */
export interface SoundPorts {
  /** Number of the media process that has them. */
  readonly process: number
  readonly local: LocalPorts
  /** Address for session descriptions: the advertised one towards peers outside the local networks. */
  readonly shown: string
  /** What is between the party and them: it is told of its ports instead; left out where there is nothing. */
  readonly edge?: PreparedEdge
}

/** For whom ports are: a phone, a browser, or a phone that speaks with a browser. */
export type SoundDoor = 'plain' | 'browser' | 'beside browser'

/** Where the party sends to: what its descriptions say. */
export function toldPort({ local, edge }: SoundPorts): number {
  return edge === undefined ? local.port : edge.outside.port
}

/** What of the reports is about one session. */
export type SoundReport = Extract<MediaReport, { readonly session: string }>

export interface Media {
  /** Whether a media process is there now. */
  readonly available: boolean
  /** Whether who signals by this flow is in a local network of its listener (docs/running.md). */
  isLocal(flow: Flow): boolean
  /**
   * Takes ports for a stream of whoever signals by this flow.
   * @param beside ports of the other side, which have to be in the same process; `null` for the first
   * @param kept an edge that the party had before, which has to go on: a browser follows to no other
   * @returns `null` where none are free
   */
  take(flow: Flow, beside: SoundPorts | null, door: SoundDoor, kept: PreparedEdge | null): SoundPorts | null
  /** Ports of a process before this one that a call still uses. */
  takeAgain(ports: SoundPorts): void
  /** Gives ports back: they are used again after a while, so that late packets reach nobody else. */
  give(ports: SoundPorts): void
  /** Whether a process that is there can do this. */
  serves(ability: SoundAbility): boolean
  /** Whether the process can do this. */
  can(process: number, ability: SoundAbility): boolean
  /** Makes a session, or changes it into this. A process that starts again is told again. */
  tell(process: number, session: MediaSession): void
  /** Ends a session. */
  close(process: number, session: string): void
  /** Asks for figures of a session now. */
  askFigures(process: number, session: string): void
}
