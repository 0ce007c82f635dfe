import type { OpenRecords } from './records-database.ts'
import { formVersion, openRecordsDatabase } from './records-database.ts'

/** The database of records for those who read it: opened when the engine has made it. */
export class OpenedWhenThere {
  readonly #path: string
  #records: OpenRecords | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** `null` before anything was recorded. */
  opened(): OpenRecords['queries'] | null {
    if (this.#records !== null) return this.#records.queries
    let opened: OpenRecords
    try {
      opened = openRecordsDatabase(this.#path, true)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CANTOPEN') return null
      throw error
    }
    // The engine has just created the file, or brings that of a former version up to date, at this moment.
    if (Number(opened.connection.pragma('user_version', { simple: true })) < formVersion) {
      opened.connection.close()
      return null
    }
    this.#records = opened
    return opened.queries
  }

  close(): void {
    this.#records?.connection.close()
    this.#records = null
  }
}
