import { randomBytes } from 'node:crypto'
import type { MediaReport } from '../protocol.ts'
import type { CarrierInUse, MediaLog } from '../serve-media.ts'
import { NgClient } from './ng-client.ts'
import { RtpengineSessions } from './rtpengine-sessions.ts'

/** An rtpengine, which runs by itself, on this machine or on another. */
export function rtpengineCarrier(
  { address, port }: { readonly address: string; readonly port: number },
  log: MediaLog,
  report: (report: MediaReport) => void,
): CarrierInUse {
  const prefix = `${randomBytes(6).toString('hex')}-`
  const client = new NgClient(address, port, prefix)
  const sessions = new RtpengineSessions({ client, prefix, report, log })
  log.info({ rtpengine: `${address}:${port}` }, 'Media process serves by rtpengine')
  return {
    sessions,
    kind: 'rtpengine',
    ports: null,
    abilities: ['play', 'browser'],
    awake: () => undefined,
    tick: null,
    async end() {
      sessions.end()
      client.close()
    },
  }
}
