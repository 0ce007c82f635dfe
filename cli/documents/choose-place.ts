import { resolve } from 'node:path'
import { lockOwner } from '../../supervisor/data-folder.ts'
import { ApiClient } from '../client/api-client.ts'
import { findServer, isServerNamed } from '../client/server-address.ts'
import type { CommandOptions } from '../setting-options.ts'
import { settingsOf } from '../setting-options.ts'
import type { DocumentPlace } from './document-place.ts'
import { ServerDocuments } from './server-documents.ts'

/** The server, unless none runs on the data folder or it has no API: then what is stored there. */
export async function documentPlace(options: CommandOptions): Promise<DocumentPlace> {
  const { settings } = settingsOf(options)
  const folder = resolve(settings.data)
  if (!isServerNamed(process.env) && (settings['http-port'] === 'off' || lockOwner(folder) === null)) {
    const { StoredDocuments } = await import('./stored-documents.ts')
    return new StoredDocuments(folder)
  }
  return new ServerDocuments(new ApiClient(findServer(settings, process.env)))
}
