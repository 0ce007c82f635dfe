import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigurationStore, OpenStoreOptions } from './configuration-store.ts'
import { Database } from './database.ts'
import { makeFile, systemFault } from './database-file.ts'
import { checkVersion, migrate, newestVersion } from './migrations/migrate.ts'
import { SqliteConfigurationStore } from './sqlite-configuration-store.ts'
import { StoreError } from './store-error.ts'
import { defaultPatience, WriteQueue, waitForLock } from './write-queue.ts'

/** Name of the database in the data folder. */
export const storeName = 'config.db'

/**
 * Opens the configuration's database and brings its tables up to date; makes it where there is none.
 *
 * @throws StoreError where it cannot be used; one of a newer version is left as it is
 */
export async function openStore(dataFolder: string, options: OpenStoreOptions = {}): Promise<ConfigurationStore> {
  const path = join(dataFolder, storeName)
  const { readOnly = false, patience = defaultPatience } = options
  if (!readOnly) makeFile(path)
  const reader = openReader(path)
  let writer: Database | null = null
  try {
    // By the connection that cannot write: what is not ours, or newer, is not touched.
    const version = checkVersion(reader)
    if (readOnly) {
      if (version < newestVersion) throw outdated(path)
      return new SqliteConfigurationStore(reader, new WriteQueue(null))
    }
    const database = await openWriter(path, patience)
    writer = database
    if (version < newestVersion) await waitForLock(path, patience, () => migrate(database))
    return new SqliteConfigurationStore(reader, new WriteQueue(database, patience))
  } catch (error) {
    writer?.close()
    reader.close()
    throw error
  }
}

/** Only the first connection to a new file has to wait: it changes how the file is written. */
async function openWriter(path: string, patience: number): Promise<Database> {
  const opened: Database[] = []
  await waitForLock(path, patience, () => {
    try {
      opened.push(new Database(path, { readOnly: false }))
      return true
    } catch (error) {
      if (error instanceof StoreError && error.fault === 'locked') return false
      throw error
    }
  })
  const [database] = opened
  if (database === undefined) throw new Error('no connection was opened')
  return database
}

function openReader(path: string): Database {
  try {
    statSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw systemFault(path, error)
    throw new StoreError(
      'missing',
      `There is no configuration ${path}`,
      '"ringdown serve" makes one at its first start',
    )
  }
  return new Database(path, { readOnly: true })
}

function outdated(path: string): StoreError {
  return new StoreError(
    'missing',
    `The configuration in ${path} has not been brought up to date by this version yet`,
    'start "ringdown serve" once',
  )
}
