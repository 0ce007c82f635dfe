import type { Compilable } from 'kysely'
import type { Connection, Statement } from '../../sqlite/sqlite.ts'
import { Sqlite } from '../../sqlite/sqlite.ts'
import { storeErrorOf } from './store-error.ts'

/** Statements kept ready; lists with filters make ever new ones. */
const statementLimit = 200

/**
 * Pages of the log (4 KB each) after which it is put into the database. Who commits then waits for the disk, 30 ms and more:
 * once in some 2000 changes, so that it does not show in the 99th percentile.
 */
const checkpointPages = 16_000

/**
 * How long the library itself waits for a lock, in milliseconds: the event loop stands still meanwhile. Those who write
 * have to wait for one another and do so outside; those who read wait only where another process opens or closes the file.
 */
const writerWait = 25
const readerWait = 1000

export interface OpenOptions {
  readonly readOnly: boolean
}

/** One connection to a SQLite file. Everything here is synchronous and throws `StoreError` where the file is at fault. */
export class Database {
  readonly path: string
  readonly #sqlite: Connection
  readonly #statements = new Map<string, Statement<unknown[]>>()

  /** @throws StoreError where the file cannot be opened */
  constructor(path: string, options: OpenOptions) {
    this.path = path
    this.#sqlite = guarded(path, () => {
      const timeout = options.readOnly ? readerWait : writerWait
      const sqlite = new Sqlite(path, { readonly: options.readOnly, fileMustExist: true, timeout })
      try {
        if (!options.readOnly) prepareForWriting(sqlite)
        sqlite.pragma('foreign_keys = ON')
        // The first look at the file: says whether it is a database at all.
        sqlite.pragma('schema_version')
        return sqlite
      } catch (error) {
        sqlite.close()
        throw error
      }
    })
  }

  all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile()
    return guarded(this.path, () => this.#statement(sql).all(...parameters) as Row[])
  }

  first<Row>(query: Compilable<Row>): Row | undefined {
    const { sql, parameters } = query.compile()
    return guarded(this.path, () => this.#statement(sql).get(...parameters) as Row | undefined)
  }

  /** Runs what gives no rows. */
  run(query: Compilable<unknown>): { readonly changes: number; readonly lastNumber: number } {
    const { sql, parameters } = query.compile()
    const result = guarded(this.path, () => this.#statement(sql).run(...parameters))
    return { changes: result.changes, lastNumber: Number(result.lastInsertRowid) }
  }

  /** A number that SQLite keeps about the file: `user_version`, `data_version`, ... */
  pragma(name: 'user_version' | 'data_version' | 'schema_version' | 'application_id'): number {
    return guarded(this.path, () => Number(this.#sqlite.pragma(name, { simple: true })))
  }

  setPragma(name: 'user_version' | 'application_id', value: number): void {
    guarded(this.path, () => this.#sqlite.pragma(`${name} = ${Math.trunc(value)}`))
  }

  /** Takes the write lock. `false` where another connection has it. */
  beginWriting(): boolean {
    return this.#tryBegin('BEGIN IMMEDIATE')
  }

  /** Everything read until `commit` or `rollback` is of one state. */
  beginReading(): void {
    guarded(this.path, () => this.#sqlite.exec('BEGIN'))
  }

  commit(): void {
    guarded(this.path, () => this.#sqlite.exec('COMMIT'))
  }

  /** Never throws; some faults have rolled back already. */
  rollback(): void {
    try {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK')
    } catch {
      // The fault that led here is the one to report; without COMMIT nothing was changed.
    }
  }

  /** Runs `read` with everything in one state. */
  reading<Result>(read: () => Result): Result {
    this.beginReading()
    try {
      return read()
    } finally {
      this.rollback()
    }
  }

  /** A consistent copy in a file that is there and empty. What was deleted is not in it, also not in free pages. */
  copyTo(path: string): void {
    guarded(path, () => this.#sqlite.prepare('VACUUM INTO ?').run(path))
  }

  close(): void {
    this.#statements.clear()
    this.#sqlite.close()
  }

  #tryBegin(sql: string): boolean {
    try {
      this.#sqlite.exec(sql)
      return true
    } catch (error) {
      if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false
      throw storeErrorOf(this.path, error)
    }
  }

  #statement(sql: string): Statement<unknown[]> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    if (this.#statements.size >= statementLimit) this.#statements.clear()
    const statement = this.#sqlite.prepare<unknown[]>(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** docs/decisions/0010-configuration-store.md gives the reasons. */
function prepareForWriting(sqlite: Connection): void {
  sqlite.pragma('journal_mode = WAL')
  // A commit is in the log file when it returns, which kill -9 cannot undo; the disk is waited for only when the log is
  // put into the database. A power failure may lose the last commits and never damages the file.
  sqlite.pragma('synchronous = NORMAL')
  sqlite.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  // Secrets that were replaced are overwritten, not only forgotten.
  sqlite.pragma('secure_delete = ON')
}

function guarded<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw storeErrorOf(path, error)
  }
}
