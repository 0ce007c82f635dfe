import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { DocumentListener } from '../engine/config/document.ts'
import type { ListenerTransport } from '../engine/config/entities/listener.ts'
import { endsOf } from '../engine/config/entities/listener.ts'
import type { ListenerSetting } from '../engine/control/engine-start.ts'
import type { ReadSettings, SettingName, Settings } from './settings.ts'
import { SettingError } from './settings.ts'

const networkSettings: readonly SettingName[] = [
  'bind',
  'sip-port',
  'tls-port',
  'ws-port',
  'wss-port',
  'advertise',
  'advertise-media',
  'local-nets',
]

/** Whether the document's listeners give way to settings that somebody made. */
export function settingsReplaceListeners(read: ReadSettings): boolean {
  return networkSettings.some((name) => read.given.has(name))
}

/**
 * Where to listen: the document's listeners, unless a network setting was made or it has none.
 * @throws SettingError where TLS is asked for without a certificate
 */
export function chooseListeners(read: ReadSettings, documents: readonly DocumentListener[]): ListenerSetting[] {
  const { settings } = read
  const files = certificateOfSettings(settings)
  if (documents.length > 0 && !settingsReplaceListeners(read)) {
    return documents.flatMap((listener) => listenersOfDocument(listener, files, settings['ws-origins']))
  }
  return settings.bind.flatMap((address) =>
    endsOfSettings(read, files).map(({ transport, port }) => {
      const advertised = forFamily(settings.advertise, address)
      return {
        transport,
        address,
        port,
        // The port that is written there is that of UDP and TCP.
        advertised: port === settings['sip-port'] ? advertised : withoutPort(advertised),
        advertisedMedia: forFamily([...settings['advertise-media'], ...settings.advertise.filter(isIP)], address),
        localNetworks: settings['local-nets'],
        ...secured(transport, files, `${transport} needs tls-cert and tls-key`),
        ...forBrowsers(transport, settings['ws-origins']),
      }
    }),
  )
}

type CertificateFiles = NonNullable<ListenerSetting['certificateFiles']>
type End = { readonly transport: ListenerTransport; readonly port: number }

/** `null` where the settings name none. */
function certificateOfSettings(settings: Settings): CertificateFiles | null {
  const certificate = settings['tls-cert']
  const key = settings['tls-key']
  const clientAuthorities = settings['tls-client-ca']
  if (certificate === '' && key === '') {
    if (clientAuthorities !== '') throw new SettingError('tls-client-ca needs tls-cert and tls-key')
    return null
  }
  if (certificate === '') throw new SettingError('tls-key needs tls-cert, the certificate that it belongs to')
  if (key === '') throw new SettingError('tls-cert needs tls-key, its private key')
  return {
    certificate: resolve(certificate),
    key: resolve(key),
    clientAuthorities: clientAuthorities === '' ? '' : resolve(clientAuthorities),
  }
}

function endsOfSettings({ settings, given }: ReadSettings, files: CertificateFiles | null): End[] {
  const ends: End[] = [
    { transport: 'UDP', port: settings['sip-port'] },
    { transport: 'TCP', port: settings['sip-port'] },
  ]
  const add = (transport: ListenerTransport, port: number | 'off') => {
    if (port !== 'off') ends.push({ transport, port })
  }
  // A port that somebody set without a certificate is a mistake, the standard one is not.
  if (files !== null || given.has('tls-port')) add('TLS', settings['tls-port'])
  add('WS', settings['ws-port'])
  add('WSS', settings['wss-port'])
  const streams = ends.slice(1)
  for (const [index, { transport, port }] of streams.entries()) {
    const other = streams.slice(0, index).find((earlier) => earlier.port === port)
    if (other !== undefined) throw new SettingError(`${other.transport} and ${transport} cannot share port ${port}`)
  }
  return ends
}

function listenersOfDocument(
  listener: DocumentListener,
  files: CertificateFiles | null,
  origins: readonly string[],
): ListenerSetting[] {
  const { certificate, key, advertiseSip = '' } = listener
  // Whom clients are asked for is the listener's business, whoever's certificate it uses.
  const clientAuthorities = listener.clientAuthorities ?? files?.clientAuthorities ?? ''
  const ofOthers = files === null ? null : { ...files, clientAuthorities }
  const own = certificate === undefined || key === undefined ? ofOthers : { certificate, key, clientAuthorities }
  const ends = endsOf(listener)
  return ends.map(({ transport, port }) => ({
    transport,
    address: listener.bind,
    port,
    advertised: port === ends[0]?.port ? advertiseSip : withoutPort(advertiseSip),
    advertisedMedia: listener.advertiseMedia ?? '',
    localNetworks: listener.localNetworks ?? [],
    ...secured(transport, own, `The listener for ${transport} at ${listener.bind} needs certificate and key`),
    ...forBrowsers(transport, listener.origins ?? origins),
  }))
}

function secured(
  transport: ListenerTransport,
  certificateFiles: CertificateFiles | null,
  lack: string,
): Pick<ListenerSetting, 'certificateFiles'> {
  if (transport !== 'TLS' && transport !== 'WSS') return {}
  if (certificateFiles === null) throw new SettingError(`${lack}, the files of its certificate and private key`)
  return { certificateFiles }
}

function forBrowsers(transport: ListenerTransport, origins: readonly string[]): Pick<ListenerSetting, 'origins'> {
  return transport === 'WS' || transport === 'WSS' ? { origins } : {}
}

/** The first entry that peers of the same IP version can use: names fit both. */
function forFamily(entries: readonly string[], bound: string): string {
  const wants6 = bound.includes(':')
  const is6 = (entry: string) => isIP(entry) === 6 || entry.startsWith('[')
  const is4 = (entry: string) => isIP(entry.split(':')[0] ?? '') === 4
  return entries.find((entry) => (wants6 ? !is4(entry) : !is6(entry))) ?? ''
}

function withoutPort(advertised: string): string {
  return isIP(advertised) === 0 ? advertised.replace(/:\d+$/, '') : advertised
}
