import { isIP } from 'node:net'
import type { DocumentListener } from '../engine/config/document.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import type { ReadSettings, SettingName } from './settings.ts'

const networkSettings: readonly SettingName[] = ['bind', 'sip-port', 'advertise', 'advertise-media', 'local-nets']
const transports = ['UDP', 'TCP'] as const

/** Whether the document's listeners give way to settings that somebody made. */
export function settingsReplaceListeners(read: ReadSettings): boolean {
  return networkSettings.some((name) => read.given.has(name))
}

/** Where to listen: the document's listeners, unless a network setting was made or it has none. */
export function chooseListeners(read: ReadSettings, documents: readonly DocumentListener[]): ListenerSetting[] {
  if (documents.length > 0 && !settingsReplaceListeners(read)) return documents.flatMap(listenersOfDocument)
  const { settings } = read
  return settings.bind.flatMap((address) =>
    transports.map((transport) => ({
      transport,
      address,
      port: settings['sip-port'],
      advertised: forFamily(settings.advertise, address),
      advertisedMedia: forFamily([...settings['advertise-media'], ...settings.advertise.filter(isIP)], address),
      localNetworks: settings['local-nets'],
    })),
  )
}

function listenersOfDocument(listener: DocumentListener): ListenerSetting[] {
  return (listener.transports ?? transports).map((transport) => ({
    transport,
    address: listener.bind,
    port: listener.port ?? 5060,
    advertised: listener.advertiseSip ?? '',
    advertisedMedia: listener.advertiseMedia ?? '',
    localNetworks: listener.localNetworks ?? [],
  }))
}

/** The first entry that peers of the same IP version can use: names fit both. */
function forFamily(entries: readonly string[], bound: string): string {
  const wants6 = bound.includes(':')
  const is6 = (entry: string) => isIP(entry) === 6 || entry.startsWith('[')
  const is4 = (entry: string) => isIP(entry.split(':')[0] ?? '') === 4
  return entries.find((entry) => (wants6 ? !is4(entry) : !is6(entry))) ?? ''
}
