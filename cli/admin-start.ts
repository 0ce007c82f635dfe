import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AdminStart } from '../engine/control/admin-start.ts'
import type { Settings } from './settings.ts'
import { SettingError } from './settings.ts'

/**
 * How the admin process is to be started; `null` where there is to be none.
 * @throws SettingError where settings do not go together
 */
export function adminStart(
  settings: Settings,
  dataFolder: string,
  logFormat: AdminStart['logFormat'],
): AdminStart | null {
  const port = settings['http-port']
  if (port === 'off') return null
  const addresses = settings['http-bind']
  const tls = tlsFiles(settings)
  const outside = addresses.find((address) => address !== '::1' && !address.startsWith('127.'))
  if (outside !== undefined && (tls === null || !settings['http-remote'])) {
    throw new SettingError(
      `The API is for this machine only (http-bind ${outside}): for others, give it TLS with --http-certificate and ` +
        '--http-key, and say --http-remote',
    )
  }
  return {
    dataFolder,
    addresses,
    port,
    tls,
    plugins: settings.plugins,
    logLevel: settings['log-level'],
    logFormat,
  }
}

function tlsFiles(settings: Settings): AdminStart['tls'] {
  const certificate = settings['http-certificate']
  const key = settings['http-key']
  if (certificate === '' && key === '') return null
  if (certificate === '' || key === '') {
    throw new SettingError('TLS needs both: --http-certificate and --http-key')
  }
  for (const file of [certificate, key]) {
    if (!existsSync(file)) throw new SettingError(`There is no file ${file}: write a PEM file of the API's TLS`)
  }
  return { certificate: resolve(certificate), key: resolve(key) }
}
