import type { MediaSession } from './protocol.ts'

/** What carries sessions out: the relay of this process, alone or behind an rtpengine that it directs. */
export interface MediaCarrier {
  readonly size: number
  ids(): Iterable<string>
  /** An engine is there, and tells its sessions. */
  welcomed(): void
  /** Makes a session, or changes it into this. */
  set(session: MediaSession): void
  /** Ends a session and reports what was counted; `false` where there is none. */
  close(id: string): boolean
  /** Reports what has been counted; nothing where there is no such session. */
  tellStatistics(id: string): void
}
