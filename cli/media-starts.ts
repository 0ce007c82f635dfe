import { isIP } from 'node:net'
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
  const addresses = addressesOf(listeners)
  const common = {
    dataFolder,
    addresses,
    udpSocket: settings['udp-socket'],
    logLevel: settings['log-level'],
    logFormat,
  }
  const { rtpengine } = settings
  // Each rtpengine has a process that directs it.
  const processes = settings['media-processes'] === 0 ? 0 : Math.max(settings['media-processes'], rtpengine.length)
  if (processes === 0) return []
  const { first, last } = settings['media-ports']
  const even = first + (first % 2)
  const pairs = Math.floor((last - even + 1) / 2 / processes)
  if (pairs < 2) throw new SettingError(`media-ports ${first}-${last} are too few for ${processes} media processes`)
  return Array.from({ length: processes }, (_, process) => ({
    ...common,
    process,
    processes,
    ports: { first: even + process * pairs * 2, last: even + (process + 1) * pairs * 2 - 1 },
    rtpengine: rtpengineOf(process),
  }))

  function rtpengineOf(process: number): MediaStart['rtpengine'] {
    const text = rtpengine[process % rtpengine.length]
    return text === undefined ? null : { ...addressAndPort(text), serves: settings['rtpengine-serves'] }
  }
}

/** Port of the ng protocol in Debian's configuration. */
const usualPort = 2223

/** `address`, `address:port` or `[address]:port`. */
function addressAndPort(text: string): { readonly address: string; readonly port: number } {
  if (isIP(text) !== 0) return { address: text, port: usualPort }
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  return { address: bracketed ?? plain, port: port === undefined ? usualPort : Number(port) }
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
