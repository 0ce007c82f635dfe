/** A copy of the call records for backups. */
import { closeSync, openSync } from 'node:fs'
import { openRecordsDatabase } from './records-database.ts'

/**
 * Writes all records, as they are at this moment, to a file that is not there yet and that only its owner may read.
 * Writers go on meanwhile. The copy has no place in the journal, which is not copied with it: it goes on with whatever
 * journal it finds.
 *
 * @throws RecordsDatabaseError for a database of a newer version; what SQLite and the file system throw
 */
export function copyRecords(path: string, target: string): void {
  const { connection } = openRecordsDatabase(path, true)
  try {
    closeSync(openSync(target, 'wx', 0o600))
    // One read transaction, which neither waits for writers nor begins anew when they write.
    connection.prepare('VACUUM INTO ?').run(target)
  } finally {
    connection.close()
  }
  const copy = openRecordsDatabase(target, false)
  try {
    copy.connection.prepare(copy.queries.deleteFrom('progress').compile().sql).run()
    // As one file, without a log beside it.
    copy.connection.pragma('journal_mode = DELETE')
  } finally {
    copy.connection.close()
  }
}
