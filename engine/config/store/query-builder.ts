/**
 * Builds SQL and never runs it: `Database` does, synchronously. Kysely's own SQLite driver is asynchronous over a library
 * that is not: a transaction would stay open, and hold the lock that every process waits for, over as many turns of the
 * event loop as it has statements.
 */
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Tables } from './tables.ts'

export const queries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
