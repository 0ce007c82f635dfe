import type { Token, TokenRepository } from './configuration-store.ts'
import type { Database } from './database.ts'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'
import type { TokenTable } from './tables.ts'
import type { WriteQueue } from './write-queue.ts'

const tokenOf = preparedQuery((hash: string, now: number) =>
  queries.selectFrom('token').selectAll().where('hash', '=', hash).where('expires_at', '>', now),
)

/** What administrators and programs sign their requests with. */
export class Tokens implements TokenRepository {
  readonly #reader: Database
  readonly #writes: WriteQueue

  constructor(reader: Database, writes: WriteQueue) {
    this.#reader = reader
    this.#writes = writes
  }

  async get(hash: string): Promise<Token | null> {
    const row = this.#reader.first(tokenOf(hash, Date.now()))
    return row === undefined ? null : readRow(row)
  }

  async list(administrator: string): Promise<readonly Token[]> {
    const query = queries.selectFrom('token').selectAll().where('administrator', '=', administrator)
    return this.#reader.all(query.where('expires_at', '>', Date.now()).orderBy('created_at')).map(readRow)
  }

  async create({ hash, administrator, name, expiresAt }: Omit<Token, 'createdAt'>): Promise<void> {
    const values = { hash, administrator, name, created_at: Date.now(), expires_at: expiresAt }
    await this.#writes.run((database) => database.run(queries.insertInto('token').values(values)))
  }

  delete(hash: string): Promise<boolean> {
    const query = queries.deleteFrom('token').where('hash', '=', hash)
    return this.#writes.run((database) => database.run(query).changes > 0)
  }

  deleteAll(administrator: string, except = ''): Promise<number> {
    const query = queries.deleteFrom('token').where('administrator', '=', administrator).where('hash', '!=', except)
    return this.#writes.run((database) => database.run(query).changes)
  }

  deleteExpired(): Promise<number> {
    const query = queries.deleteFrom('token').where('expires_at', '<=', Date.now())
    return this.#writes.run((database) => database.run(query).changes)
  }
}

function readRow(row: TokenTable): Token {
  return {
    hash: row.hash,
    administrator: row.administrator,
    name: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
