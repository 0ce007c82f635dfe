/**
 * SQLite, by the package that this Node.js can use (docs/decisions/0057-two-builds-of-sqlite.md): version 13 of
 * better-sqlite3 from Node.js 22 on, version 12 before.
 */
import { createRequire } from 'node:module'
import type SqliteDatabase from 'better-sqlite3'

type Sqlite = typeof SqliteDatabase

/** An open database. */
export type Connection = SqliteDatabase.Database

/** A prepared statement. */
export type Statement<Parameters extends unknown[] = unknown[]> = SqliteDatabase.Statement<Parameters>

/** The packages to try, the best first, for a version of Node.js as `process.versions.node` gives it. */
export function sqlitePackages(nodeVersion: string): readonly string[] {
  const major = Number.parseInt(nodeVersion, 10)
  return major >= 22 ? ['better-sqlite3-13', 'better-sqlite3'] : ['better-sqlite3']
}

/**
 * @param load gives a package, or throws where it is not installed or its native part does not fit
 * @throws Error with one line that says what is missing and what to do
 */
export function firstUsable(packages: readonly string[], load: (name: string) => Sqlite): Sqlite {
  const reasons: string[] = []
  for (const name of packages) {
    try {
      const found = load(name)
      // The native part is loaded with the first connection.
      new found(':memory:').close()
      return found
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
    }
  }
  throw new Error(
    `SQLite cannot be used (${reasons.join('; ')}): install with "npm ci", and see with ` +
      '"npm rebuild better-sqlite3 --foreground-scripts" why it could not be built',
  )
}

export const Sqlite: Sqlite = firstUsable(
  sqlitePackages(process.versions.node),
  createRequire(import.meta.url) as (name: string) => Sqlite,
)
