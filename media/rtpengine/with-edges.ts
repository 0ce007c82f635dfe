import { randomBytes } from 'node:crypto'
import type { MediaStart } from '../../engine/control/media-start.ts'
import type { MediaReport } from '../protocol.ts'
import type { CarrierInUse, MediaLog } from '../serve-media.ts'
import { EdgedSessions } from './edged-sessions.ts'
import { NgClient } from './ng-client.ts'
import { RtpengineEdges } from './rtpengine-edges.ts'

export function nameOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** The relay behind an rtpengine, which runs by itself, on this machine or on another. */
export function withEdges(
  relay: CarrierInUse,
  { address, port, serves }: NonNullable<MediaStart['rtpengine']>,
  log: MediaLog,
  report: (report: MediaReport) => void,
): CarrierInUse {
  const prefix = `${randomBytes(6).toString('hex')}-`
  const client = new NgClient(address, port, prefix)
  const rtpengine = nameOf({ address, port })
  const edges = new RtpengineEdges({ client, rtpengine, prefix, serves, report, log })
  log.info({ rtpengine, serves }, 'Media process serves behind rtpengine')
  return {
    ...relay,
    sessions: new EdgedSessions(relay.sessions, edges),
    abilities: [...relay.abilities, 'browser'],
    async end() {
      edges.end()
      client.close()
      await relay.end()
    },
  }
}
