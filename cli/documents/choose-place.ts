import { resolve } from 'node:path'
import { lockOwner } from '../../supervisor/data-folder.ts'
import { ApiClient } from '../client/api-client.ts'
import { findServer, isServerNamed } from '../client/server-address.ts'
import type { CommandOptions } from '../setting-options.ts'
import { settingsOf } from '../setting-options.ts'
import type { DocumentPlace } from './document-place.ts'
import { ServerDocuments } from './server-documents.ts'
import { StoredDocuments } from './stored-documents.ts'

/** The server, unless none runs on the data folder or it has no API: then what is stored there. */
export function documentPlace(options: CommandOptions): DocumentPlace {
  const { settings } = settingsOf(options)
  const folder = resolve(settings.data)
  if (!isServerNamed(process.env) && (settings['http-port'] === 'off' || lockOwner(folder) === null)) {
    return new StoredDocuments(folder)
  }
  return new ServerDocuments(new ApiClient(findServer(settings, process.env)))
}
