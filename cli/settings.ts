/**
 * The settings of the server. This table is the one source: flags, environment variables, the settings file,
 * `serve --help` and docs/running.md come from it. A flag wins over a variable, a variable over the file, the file over
 * the document's `listeners`, and those over the default.
 */
import { isIP } from 'node:net'
import { closest } from '../engine/config/document-shape.ts'
import { usualScanners } from '../engine/gate/scanners.ts'

/** What people wrote is wrong; the message is one line that says what to do. */
export class SettingError extends Error {}

export interface Setting<Value> {
  /** What stands for the value in help texts; '' for switches. */
  readonly value: string
  /** As it would be written. */
  readonly standard: string
  readonly description: string
  /** @throws Error that says what to write instead */
  read(text: string): Value
}

function setting<Value>(
  value: string,
  standard: string,
  description: string,
  read: (text: string) => Value,
): Setting<Value> {
  return { value, standard, description, read }
}

const networkPart = /^[0-9a-fA-F.:]+$/

export const settingTable = {
  data: setting('FOLDER', './data', 'folder for the configuration, the journal and secrets', readText),
  config: setting(
    'FILE',
    '',
    'a document that the configuration is to agree with: applied at the start and at SIGHUP',
    (text) => text,
  ),
  settings: setting('FILE', '', 'a file with these settings; default settings.yaml in the data folder', (text) => text),
  bind: setting(
    'ADDRESSES',
    '127.0.0.1',
    'IP addresses to listen on, with commas between; 0.0.0.0 and :: are all of this machine',
    (text) => readList(text, (address) => isIP(address) !== 0, 'Write IP addresses of this machine'),
  ),
  'sip-port': setting('PORT', '5060', 'port for SIP over UDP and TCP', (text) => readNumber(text, 1, 65_535)),
  'tls-cert': setting(
    'FILE',
    '',
    'certificate for SIP over TLS and WSS, PEM with its chain: with it the server listens for TLS as well',
    (text) => text,
  ),
  'tls-key': setting('FILE', '', "the certificate's private key, PEM without a password", (text) => text),
  'tls-client-ca': setting(
    'FILE',
    '',
    'authorities (PEM) whose certificates phones must show; without it they need none',
    (text) => text,
  ),
  'tls-port': setting('PORT', '5061', 'port for SIP over TLS, or off', readPortOrOff),
  'ws-port': setting('PORT', 'off', 'port for SIP over WebSocket (WS), or off', readPortOrOff),
  'wss-port': setting('PORT', 'off', 'port for SIP over WebSocket with TLS (WSS), or off', readPortOrOff),
  'ws-origins': setting(
    'ORIGINS',
    '',
    'web origins whose pages may connect by WebSocket, with commas between, or *; default pages of this server',
    (text) =>
      readList(
        text,
        (origin) => /^(\*|https?:\/\/[^/\s]+)$/.test(origin),
        'Write origins like https://phone.example.com',
      ),
  ),
  advertise: setting(
    'HOST[:PORT]',
    '',
    'address at which phones outside the local networks reach this server (behind NAT)',
    (text) => readList(text, isHostAndPort, 'Write an address or host name, with :port if it differs'),
  ),
  'advertise-media': setting(
    'ADDRESS',
    '',
    'address for sound towards phones outside the local networks; default that of --advertise',
    (text) => readList(text, (address) => isIP(address) !== 0, 'Write an IP address'),
  ),
  'local-nets': setting(
    'NETWORKS',
    '',
    'networks that reach this server without NAT, with commas between; default its own and the private ones',
    (text) => readList(text, isNetwork, 'Write networks like 192.168.0.0/16'),
  ),
  'allow-sample': setting(
    '',
    'no',
    'let other machines reach the sample company, whose trunk trusts a port of this machine',
    readSwitch,
  ),
  'drain-seconds': setting('SECONDS', '60', 'longest wait for calls to end when told to stop', (text) =>
    readNumber(text, 0, 86_400),
  ),
  'record-days': setting('DAYS', '365', 'days for which call records are kept; 0 is for ever', (text) =>
    readNumber(text, 0, 36_500),
  ),
  'tcp-per-source': setting('COUNT', '1000', 'connections (TCP, TLS, WebSocket) taken from one address', (text) =>
    readNumber(text, 1, 16_000),
  ),
  'call-rate': setting(
    'COUNT',
    'off',
    'new calls (INVITEs that begin one) taken in a second at most, or off: as many as there is time for',
    (text) => readCountOrOff(text, 100_000),
  ),
  'source-rate': setting(
    'COUNT',
    '200',
    'messages taken in a second from an address that is no trunk and has no registered phone, or off',
    (text) => readCountOrOff(text, 1_000_000),
  ),
  scanners: setting(
    'NAMES',
    usualScanners.join(','),
    'parts of the User-Agent of those who get no answer, with commas between, or off',
    (text) =>
      text.toLowerCase() === 'off' ? [] : readList(text, (part) => part.length >= 3, 'Write at least 3 letters'),
  ),
  'test-nets': setting(
    'NETWORKS',
    '',
    'networks that are never banned or limited, with commas between; loopback never is',
    (text) => readList(text, isNetwork, 'Write networks like 192.0.2.0/24'),
  ),
  'name-servers': setting(
    'ADDRESSES',
    '',
    'name servers (DNS) that are asked for hosts of trunks, with commas between; default those of this machine',
    (text) => readList(text, isAddressAndPort, 'Write IP addresses, with :port if it is not 53, IPv6 then in brackets'),
  ),
  'ladder-mb': setting(
    'MEGABYTES',
    '32',
    'memory for the newest messages, of which the ladders of recent calls are drawn, or off',
    (text) => readCountOrOff(text, 1024),
  ),
  'hep-collector': setting(
    'ADDRESS:PORT',
    '',
    'collector that is sent every message by HEP, version 3, over UDP; secrets are masked',
    readCollector,
  ),
  'hep-id': setting('NUMBER', '1', 'number by which the collector knows this server', (text) =>
    readNumber(text, 0, 4_294_967_295),
  ),
  'udp-socket': setting(
    'KIND',
    'auto',
    'batching, dgram (slower, works everywhere), or auto: batching where built',
    (text) => readChoice(text, ['auto', 'batching', 'dgram'] as const),
  ),
  'media-ports': setting(
    'FIRST-LAST',
    '16384-32767',
    'UDP ports for sound: four for each call that goes through this server',
    readPortRange,
  ),
  'media-processes': setting(
    'COUNT',
    '1',
    'processes that move sound, which share the ports; 0: no sound goes through this server',
    (text) => readNumber(text, 0, 64),
  ),
  rtpengine: setting(
    'ADDRESSES',
    '',
    'rtpengines (ng protocol) for the sound of browsers, with commas between',
    (text) =>
      readList(text, isAddressAndPort, 'Write IP addresses, with :port if it is not 2223, IPv6 then in brackets'),
  ),
  'rtpengine-serves': setting(
    'WHOM',
    'browsers',
    'browsers, or all: whose sound passes through rtpengine on its way to the media process',
    (text) => readChoice(text, ['browsers', 'all'] as const),
  ),
  'http-port': setting('PORT', '8080', 'port of the API (HTTP), or off: no API', readPortOrOff),
  'http-bind': setting(
    'ADDRESSES',
    '127.0.0.1',
    'IP addresses of the API, with commas between; others than this machine need TLS and http-remote',
    (text) => readList(text, (address) => isIP(address) !== 0, 'Write IP addresses of this machine'),
  ),
  'http-certificate': setting('FILE', '', 'certificate of the API for TLS, PEM with its chain', (text) => text),
  'http-key': setting('FILE', '', "the certificate's private key, PEM", (text) => text),
  'http-remote': setting(
    '',
    'no',
    'let other machines reach the API; every administrator may do everything',
    readSwitch,
  ),
  plugins: setting(
    'MODULES',
    '',
    'plugins of the API that others wrote: absolute paths or names of packages, with commas between',
    (text) => readList(text, (entry) => !entry.startsWith('.'), 'Write absolute paths or names of packages'),
  ),
  'log-level': setting('LEVEL', 'info', 'debug, info, warn or error', (text) =>
    readChoice(text, ['debug', 'info', 'warn', 'error'] as const),
  ),
  'log-format': setting('FORMAT', 'auto', 'json, text, or auto: text at a terminal, else json', (text) =>
    readChoice(text, ['auto', 'json', 'text'] as const),
  ),
}

export type SettingName = keyof typeof settingTable
export type Settings = { readonly [Name in SettingName]: ReturnType<(typeof settingTable)[Name]['read']> }

export interface ReadSettings {
  readonly settings: Settings
  /** Names that somebody set, by whatever way. */
  readonly given: ReadonlySet<SettingName>
}

export const settingNames = Object.keys(settingTable) as SettingName[]

/** `sip-port` is RINGDOWN_SIP_PORT. */
export function variableOf(name: SettingName): string {
  return `RINGDOWN_${name.toUpperCase().replaceAll('-', '_')}`
}

/**
 * Variables that are no settings: the first password of the administrator, which must not stand on a command line, and
 * which server commands talk to.
 */
const otherVariables: ReadonlySet<string> = new Set(['RINGDOWN_ADMIN_PASSWORD', 'RINGDOWN_URL', 'RINGDOWN_TOKEN'])

/**
 * Puts the settings together.
 *
 * @param flags as written on the command line, by name
 * @param file reads the settings file once it is known where it lies: values by name, and its path for messages
 * @throws SettingError for an unknown or wrong setting
 */
export function readSettings(
  flags: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
  file: (path: string, dataFolder: string) => { path: string; values: Readonly<Record<string, string>> },
): ReadSettings {
  const variables: Record<string, string> = {}
  const known = new Map(settingNames.map((name) => [variableOf(name), name]))
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('RINGDOWN_') || text === undefined || otherVariables.has(variable)) continue
    const name = known.get(variable)
    if (name === undefined) throw unknown(`environment variable ${variable}`, variable, [...known.keys()])
    variables[name] = text
  }
  const early = (name: SettingName) => flags[name] ?? variables[name] ?? settingTable[name].standard
  const { path, values } = file(early('settings'), early('data'))
  for (const name of Object.keys(values)) {
    if (name === 'settings' || name === 'data') throw new SettingError(`${path}: ${name} cannot be set in the file`)
    if (!Object.hasOwn(settingTable, name)) throw unknown(`setting ${name} in ${path}`, name, settingNames)
  }
  const given = new Set<SettingName>()
  const read = <Name extends SettingName>(name: Name): Settings[Name] => {
    const sources: (readonly [string | undefined, string])[] = [
      [flags[name], `--${name}`],
      [variables[name], variableOf(name)],
      [values[name], `${name} in ${path}`],
    ]
    const found = sources.find(([text]) => text !== undefined)
    if (found !== undefined) given.add(name)
    const [text = settingTable[name].standard, where] = found ?? [undefined, name]
    try {
      return settingTable[name].read(text) as Settings[Name]
    } catch (error) {
      throw new SettingError(`${where} is "${text}": ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const entries = settingNames.map((name) => [name, read(name)] as const)
  return { settings: Object.fromEntries(entries) as unknown as Settings, given }
}

function unknown(what: string, written: string, names: readonly string[]): SettingError {
  const near = closest(written, names)
  const hint = near === '' ? '"ringdown serve --help" lists them' : `did you mean ${near}?`
  return new SettingError(`There is no ${what}: ${hint}`)
}

function readText(text: string): string {
  if (text === '') throw new Error('Write a path')
  return text
}

function readNumber(text: string, least: number, most: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new Error(`Write a whole number from ${least} to ${most}`)
  }
  return number
}

function readPortRange(text: string): { readonly first: number; readonly last: number } {
  const [, from = '', to = ''] = /^(\d+)-(\d+)$/.exec(text) ?? []
  const range = { first: Number(from), last: Number(to) }
  if (from === '' || range.first < 1024 || range.last > 65_535 || range.last - range.first < 3) {
    throw new Error('Write two ports from 1024 to 65535 with a hyphen between, 16384-32767 for example')
  }
  return range
}

function readPortOrOff(text: string): number | 'off' {
  return text.toLowerCase() === 'off' ? 'off' : readNumber(text, 1, 65_535)
}

function readCountOrOff(text: string, most: number): number | 'off' {
  return text.toLowerCase() === 'off' ? 'off' : readNumber(text, 1, most)
}

function readCollector(text: string): { readonly address: string; readonly port: number } | null {
  if (text === '') return null
  const match = /^(?:\[([^\]]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text)
  const address = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  if (isIP(address) === 0 || port < 1 || port > 65_535) {
    throw new Error('Write an IP address and a port like 192.0.2.9:9060, IPv6 in brackets')
  }
  return { address, port }
}

function readSwitch(text: string): boolean {
  if (['yes', 'true', '1'].includes(text.toLowerCase())) return true
  if (['no', 'false', '0', ''].includes(text.toLowerCase())) return false
  throw new Error('Write yes or no')
}

function readChoice<Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === text.toLowerCase())
  if (choice === undefined) throw new Error(`Write ${choices.join(', ')}`)
  return choice
}

function readList(text: string, fits: (entry: string) => boolean, cure: string): string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  for (const entry of entries) if (!fits(entry)) throw new Error(`${cure}; "${entry}" is none`)
  return entries
}

function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/')
  const family = networkPart.test(address) ? isIP(address) : 0
  if (family === 0 || more !== undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** What Node takes for a name server. */
function isAddressAndPort(text: string): boolean {
  const host = /^(?:\[([^\]]+)\]|([0-9.]+))(?::\d+)?$/.exec(text)
  return isIP(text) !== 0 || (isHostAndPort(text) && isIP(host?.[1] ?? host?.[2] ?? '') !== 0)
}

function isHostAndPort(text: string): boolean {
  if (isIP(text) !== 0) return true
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text)
  if (match?.[1] === undefined || Number(match[2] ?? 1) < 1 || Number(match[2] ?? 1) > 65_535) return false
  if (match[1].startsWith('[')) return isIP(match[1].slice(1, -1)) === 6
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(match[1])
}
