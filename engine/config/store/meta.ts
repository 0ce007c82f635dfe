import type { MetaRepository } from './configuration-store.ts'
import type { Database } from './database.ts'
import { queries } from './query-builder.ts'
import type { WriteQueue } from './write-queue.ts'

export class Meta implements MetaRepository {
  readonly #reader: Database
  readonly #writes: WriteQueue

  constructor(reader: Database, writes: WriteQueue) {
    this.#reader = reader
    this.#writes = writes
  }

  async get(name: string): Promise<string | null> {
    const query = queries.selectFrom('meta').select('value').where('name', '=', name)
    return this.#reader.first(query)?.value ?? null
  }

  async set(name: string, value: string | null): Promise<void> {
    await this.#writes.run((database) => {
      if (value === null) return database.run(queries.deleteFrom('meta').where('name', '=', name))
      const query = queries.insertInto('meta').values({ name, value })
      return database.run(query.onConflict((on) => on.column('name').doUpdateSet({ value })))
    })
  }
}
