import type { Body, EntityChange, Kind } from '../entities/kind.ts'
import { Administrators } from './administrators.ts'
import { Audit } from './audit.ts'
import { writeCommit } from './commit.ts'
import type {
  Author,
  ChangesSince,
  CommitResult,
  ConfigurationStore,
  LoadedConfiguration,
  RequestKey,
} from './configuration-store.ts'
import type { Database } from './database.ts'
import { makeEmptyFile } from './database-file.ts'
import { Entities } from './entities.ts'
import { Idempotency, markCommitted } from './idempotency.ts'
import { Meta } from './meta.ts'
import { queries } from './query-builder.ts'
import { byKind, mergedChanges, newestRevision, Revisions } from './revisions.ts'
import { secretValue, secretValues, withSecrets } from './secrets.ts'
import { Tokens } from './tokens.ts'
import type { WriteQueue } from './write-queue.ts'

/** The store on two connections: one writes, so that the other never sees what is half written. */
export class SqliteConfigurationStore implements ConfigurationStore {
  readonly path: string
  readonly entities: Entities
  readonly revisions: Revisions
  readonly audit: Audit
  readonly administrators: Administrators
  readonly tokens: Tokens
  readonly idempotency: Idempotency
  readonly meta: Meta
  readonly #reader: Database
  readonly #writes: WriteQueue

  constructor(reader: Database, writes: WriteQueue) {
    this.path = reader.path
    this.#reader = reader
    this.#writes = writes
    this.entities = new Entities(reader)
    this.revisions = new Revisions(reader)
    this.audit = new Audit(reader, writes)
    this.administrators = new Administrators(reader, writes)
    this.tokens = new Tokens(reader, writes)
    this.idempotency = new Idempotency(writes)
    this.meta = new Meta(reader, writes)
  }

  revision(): number {
    return newestRevision(this.#reader)
  }

  dataVersion(): number {
    return this.#reader.pragma('data_version')
  }

  async load(): Promise<LoadedConfiguration> {
    const database = this.#reader
    return database.reading(() => {
      const secrets = secretValues(database)
      const rows = database.all(queries.selectFrom('entity').select(['kind', 'id', 'body']).orderBy('position'))
      const entities = rows.map((row) => {
        const kind = row.kind as Kind
        return { kind, id: row.id, body: withSecrets(kind, readBody(row.body), (number) => secrets.get(number)) }
      })
      return { revision: newestRevision(database), entities: entities.sort(byKind) }
    })
  }

  async changesSince(revision: number): Promise<ChangesSince> {
    const database = this.#reader
    return database.reading(() => {
      const newest = newestRevision(database)
      const entities = mergedChanges(database, revision, newest).map(({ kind, id, after }) => ({
        kind,
        id,
        body: after === null ? null : withSecrets(kind, after, (number) => secretValue(database, number)),
      }))
      return { revision: newest, entities: entities.sort(byKind) }
    })
  }

  entityRevision(kind: Kind, id: string): number {
    const query = queries.selectFrom('entity').select('revision').where('kind', '=', kind).where('id', '=', id)
    return this.#reader.first(query)?.revision ?? 0
  }

  commit(
    expectedRevision: number,
    changes: readonly EntityChange[],
    author: Author,
    summary: string,
    request?: RequestKey,
  ): Promise<CommitResult> {
    return this.#writes.run(async (database) => {
      const result = await writeCommit(database, expectedRevision, changes, author, summary)
      if (result.ok && request !== undefined) markCommitted(database, request, result.revision)
      return result
    })
  }

  async copyTo(path: string): Promise<void> {
    makeEmptyFile(path)
    this.#reader.copyTo(path)
  }

  async close(): Promise<void> {
    // The writing connection last: the last one to go puts the log into the database, which the other may not.
    await this.#writes.idle()
    this.#reader.close()
    this.#writes.close()
  }
}

function readBody(text: string): Body {
  return JSON.parse(text) as Body
}
