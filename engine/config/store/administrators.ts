import type { Administrator, AdministratorRepository } from './configuration-store.ts'
import type { Database } from './database.ts'
import { queries } from './query-builder.ts'
import type { AdministratorTable } from './tables.ts'
import type { WriteQueue } from './write-queue.ts'

/** Who may sign in to the API. */
export class Administrators implements AdministratorRepository {
  readonly #reader: Database
  readonly #writes: WriteQueue

  constructor(reader: Database, writes: WriteQueue) {
    this.#reader = reader
    this.#writes = writes
  }

  async get(userName: string): Promise<Administrator | null> {
    return find(this.#reader, userName)
  }

  async list(): Promise<readonly Administrator[]> {
    return this.#reader.all(queries.selectFrom('administrator').selectAll().orderBy('user_name')).map(readRow)
  }

  create(userName: string, passwordHash: string): Promise<boolean> {
    const values = {
      user_name: userName,
      password_hash: passwordHash,
      failures: 0,
      locked_until: 0,
      created_at: Date.now(),
    }
    const query = queries.insertInto('administrator').values(values)
    return this.#writes.run((database) => database.run(query.onConflict((on) => on.doNothing())).changes > 0)
  }

  setPassword(userName: string, passwordHash: string): Promise<boolean> {
    return this.#update(userName, { password_hash: passwordHash, failures: 0, locked_until: 0 })
  }

  delete(userName: string): Promise<boolean> {
    const query = queries.deleteFrom('administrator').where('user_name', '=', userName)
    return this.#writes.run((database) => database.run(query).changes > 0)
  }

  signInFailed(userName: string, limit: number, lockUntil: number): Promise<Administrator | null> {
    return this.#writes.run((database) => {
      const found = find(database, userName)
      if (found === null) return null
      const failures = found.failures + 1
      const lockedUntil = failures >= limit ? lockUntil : found.lockedUntil
      const changes = { failures, locked_until: lockedUntil }
      database.run(queries.updateTable('administrator').set(changes).where('user_name', '=', userName))
      return { ...found, failures, lockedUntil }
    })
  }

  async signInSucceeded(userName: string): Promise<void> {
    await this.#update(userName, { failures: 0, locked_until: 0 })
  }

  #update(userName: string, changes: Partial<AdministratorTable>): Promise<boolean> {
    const query = queries.updateTable('administrator').set(changes).where('user_name', '=', userName)
    return this.#writes.run((database) => database.run(query).changes > 0)
  }
}

function find(database: Database, userName: string): Administrator | null {
  const row = database.first(queries.selectFrom('administrator').selectAll().where('user_name', '=', userName))
  return row === undefined ? null : readRow(row)
}

function readRow(row: AdministratorTable): Administrator {
  return {
    userName: row.user_name,
    passwordHash: row.password_hash,
    failures: row.failures,
    lockedUntil: row.locked_until,
    createdAt: row.created_at,
  }
}
