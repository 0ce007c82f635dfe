/** Where the server's API is, and the token with which it is asked. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lockOwner } from '../../supervisor/data-folder.ts'
import type { Settings } from '../settings.ts'
import { SettingError } from '../settings.ts'
import { ServerNotReachedError } from './api-error.ts'

/** The admin process writes it at each start; its owner may read it. */
export const tokenFileName = 'admin.token'

export interface ServerAddress {
  readonly url: URL
  /** Read again for each try: a server that was started anew has a new one. */
  token(): string
  /** Whether `token` may give another one later. */
  readonly renewsToken: boolean
  /** Path of the server's own certificate, PEM, which is trusted as it is; '' to go by the system's authorities. */
  readonly certificate: string
  /** What to look at where nobody answers. */
  readonly advice: string
}

export type PlaceSettings = Pick<Settings, 'data' | 'http-port' | 'http-bind' | 'http-certificate'>

/**
 * The server that commands talk to: RINGDOWN_URL with RINGDOWN_TOKEN, else the one that runs on the data folder.
 * @throws SettingError for a wrong RINGDOWN_URL, ServerNotReachedError where no server runs on the folder
 */
export function findServer(settings: PlaceSettings, environment: NodeJS.ProcessEnv): ServerAddress {
  const { RINGDOWN_URL: url = '', RINGDOWN_TOKEN: token = '' } = environment
  if (url !== '') return namedServer(url, token)
  return localServer(settings, token)
}

/** Whether another machine's server is asked. */
export function isServerNamed(environment: NodeJS.ProcessEnv): boolean {
  return (environment['RINGDOWN_URL'] ?? '') !== ''
}

function namedServer(text: string, token: string): ServerAddress {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new SettingError(`RINGDOWN_URL is "${text}": write an address like https://pbx.example.com:8080`)
  }
  if (token === '') {
    throw new SettingError(
      'RINGDOWN_URL needs RINGDOWN_TOKEN beside it: POST /v1/tokens gives one (docs/command-line.md)',
    )
  }
  const url = new URL(text)
  return { url, token: () => token, renewsToken: false, certificate: '', advice: 'is RINGDOWN_URL right?' }
}

function localServer(settings: PlaceSettings, given: string): ServerAddress {
  const folder = resolve(settings.data)
  const port = settings['http-port']
  if (lockOwner(folder) === null) {
    throw new ServerNotReachedError(
      `No server is running on the data folder ${folder}: start it with "ringdown serve", ` +
        'or name another folder (--data) or server (RINGDOWN_URL)',
    )
  }
  if (port === 'off') {
    throw new ServerNotReachedError('The API is off (http-port off): start the server with a port for it')
  }
  const certificate = settings['http-certificate']
  const url = new URL(`${certificate === '' ? 'http' : 'https'}://${localHost(settings['http-bind'])}:${port}`)
  const file = join(folder, tokenFileName)
  return {
    url,
    token: () => (given === '' ? readToken(file) : given),
    renewsToken: given === '',
    certificate: certificate === '' ? '' : resolve(certificate),
    advice: 'if the server was started with another --http-port, give it here too, or write it into settings.yaml',
  }
}

function localHost(bind: readonly string[]): string {
  const [first = '127.0.0.1'] = bind
  const address = first === '0.0.0.0' ? '127.0.0.1' : first === '::' ? '::1' : first
  return address.includes(':') ? `[${address}]` : address
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') {
      throw new ServerNotReachedError(
        `${file} may be read by the owner of the data folder only: run this as that user, ` +
          'or sign in and set RINGDOWN_URL and RINGDOWN_TOKEN',
      )
    }
    if (existsSync(file)) throw new ServerNotReachedError(`${file} cannot be read: ${code}`)
    throw new ServerNotReachedError(
      `The server's API is not up (there is no ${file}): wait a second; its log says more`,
    )
  }
}
