import type { ListenerSetting } from '../engine/control/engine-start.ts'
import type { MediaStart } from '../engine/control/media-start.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings.ts'

/**
 * How each media process is to be started: they share the ports among them, in pairs for RTP and RTCP.
 * @throws SettingError where there are too few
 */
export function mediaStarts(
  settings: Settings,
  dataFolder: string,
  listeners: readonly ListenerSetting[],
  logFormat: MediaStart['logFormat'],
): MediaStart[] {
  const processes = settings['media-processes']
  if (processes === 0) return []
  const { first, last } = settings['media-ports']
  const even = first + (first % 2)
  const pairs = Math.floor((last - even + 1) / 2 / processes)
  if (pairs < 2) throw new SettingError(`media-ports ${first}-${last} are too few for ${processes} media processes`)
  const addresses = addressesOf(listeners)
  return Array.from({ length: processes }, (_, process) => ({
    dataFolder,
    process,
    ports: { first: even + process * pairs * 2, last: even + (process + 1) * pairs * 2 - 1 },
    addresses,
    udpSocket: settings['udp-socket'],
    logLevel: settings['log-level'],
    logFormat,
  }))
}

/** One entry for each address; where listeners of an address differ, the first that advertises anything counts. */
function addressesOf(listeners: readonly ListenerSetting[]): MediaStart['addresses'] {
  const advertised = new Map<string, string>()
  for (const { address, advertisedMedia } of listeners) {
    const known = advertised.get(address) ?? ''
    advertised.set(address, known === '' ? advertisedMedia : known)
  }
  return [...advertised].map(([bind, text]) => ({ bind, advertised: text }))
}
