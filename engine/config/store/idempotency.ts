import type { IdempotencyRepository, IdempotentRequest, RequestKey } from './configuration-store.ts'
import type { Database } from './database.ts'
import { queries } from './query-builder.ts'
import type { WriteQueue } from './write-queue.ts'

/** How long an answer is kept, in milliseconds. */
const keepFor = 24 * 60 * 60 * 1000

/** After this a request that has not been finished is one whose process died, in milliseconds. */
const runsAtMost = 60_000

/**
 * Requests that a client may repeat without their being carried out twice. A row without status is a request that was not
 * answered yet: without body it has done nothing, else the body is the revision that it made.
 */
export class Idempotency implements IdempotencyRepository {
  readonly #writes: WriteQueue

  constructor(writes: WriteQueue) {
    this.#writes = writes
  }

  begin(key: string, administrator: string, requestHash: string): Promise<IdempotentRequest> {
    return this.#writes.run((database): IdempotentRequest => {
      const at = Date.now()
      database.run(
        queries
          .deleteFrom('idempotency')
          .where((of) =>
            of.or([
              of('at', '<', at - keepFor),
              of.and([of('status', 'is', null), of('body', 'is', null), of('at', '<', at - runsAtMost)]),
            ]),
          ),
      )
      const known = database.first(
        queries.selectFrom('idempotency').selectAll().where('key', '=', key).where('administrator', '=', administrator),
      )
      if (known === undefined) {
        const values = { key, administrator, request_hash: requestHash, at, status: null, body: null }
        database.run(queries.insertInto('idempotency').values(values))
        return { state: 'new' }
      }
      if (known.request_hash !== requestHash) return { state: 'different' }
      if (known.status === null) {
        return known.body === null ? { state: 'running' } : { state: 'committed', revision: Number(known.body) }
      }
      return { state: 'finished', status: known.status, body: known.body ?? '' }
    })
  }

  async finish(key: string, administrator: string, status: number, body: string): Promise<void> {
    const query = queries
      .updateTable('idempotency')
      .set({ status, body })
      .where('key', '=', key)
      .where('administrator', '=', administrator)
    await this.#writes.run((database) => database.run(query))
  }

  async abandon(key: string, administrator: string): Promise<void> {
    const query = queries
      .deleteFrom('idempotency')
      .where('key', '=', key)
      .where('administrator', '=', administrator)
      .where('status', 'is', null)
      .where('body', 'is', null)
    await this.#writes.run((database) => database.run(query))
  }

  async abandonAll(): Promise<void> {
    const query = queries.deleteFrom('idempotency').where('status', 'is', null).where('body', 'is', null)
    await this.#writes.run((database) => database.run(query))
  }
}

/** Must run in the transaction that makes the revision: a crash then leaves both or neither. */
export function markCommitted(database: Database, { key, administrator }: RequestKey, revision: number): void {
  database.run(
    queries
      .updateTable('idempotency')
      .set({ body: String(revision) })
      .where('key', '=', key)
      .where('administrator', '=', administrator)
      .where('status', 'is', null),
  )
}
