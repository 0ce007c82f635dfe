import type { Database } from '../database.ts'
import { StoreError } from '../store-error.ts'
import { firstTables } from './0001-first-tables.ts'
import type { Migration } from './migration.ts'

/** In order. */
const migrations: readonly Migration[] = [firstTables]

/** The version of the tables that this program knows. */
export const newestVersion = migrations.length

/** Says that a file is ours: `RING` in ASCII (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const applicationId = 0x52_49_4e_47

/**
 * Looks at whose database it is and how old.
 * @returns its version; 0 for a new and empty one
 * @throws StoreError for one of a newer version, or of another program
 */
export function checkVersion(database: Database): number {
  const version = database.pragma('user_version')
  // The last one grows with every table: a database that is 0 in all three is empty.
  const marks = [database.pragma('application_id'), version, database.pragma('schema_version')]
  if (marks[0] !== applicationId && marks.some((mark) => mark !== 0)) {
    throw new StoreError(
      'damaged',
      `${database.path} is the database of another program`,
      'move it away, or put a backup in its place (docs/store.md)',
    )
  }
  if (version > newestVersion) {
    throw new StoreError(
      'newer',
      `${database.path} was made by a newer version of ringdown (its tables are version ${version}, known here are ${newestVersion})`,
      'start that version, or put a backup in its place that was made before the upgrade (docs/store.md)',
    )
  }
  return version
}

/**
 * Brings the tables up to date, in one transaction. The write lock is taken and the version looked at again inside it:
 * two processes that start together do it once.
 * @returns `false` where another process has the write lock
 * @throws StoreError
 */
export function migrate(database: Database): boolean {
  if (!database.beginWriting()) return false
  try {
    const version = checkVersion(database)
    for (const migration of migrations.slice(version)) {
      for (const statement of migration.statements) database.run(statement)
    }
    if (version < newestVersion) {
      database.setPragma('application_id', applicationId)
      database.setPragma('user_version', newestVersion)
    }
    database.commit()
    return true
  } catch (error) {
    database.rollback()
    throw error
  }
}
