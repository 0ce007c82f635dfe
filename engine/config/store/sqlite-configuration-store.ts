import type { Body, EntityChange, Kind } from '../entities/kind.ts'
import { kindNames } from '../entities/kind.ts'
import { finish, finishInSlices } from '../slices.ts'
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
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'
import { byKind, mergingChanges, newestRevision, Revisions } from './revisions.ts'
import { secretValue, secretValues, withSecrets } from './secrets.ts'
import { Tokens } from './tokens.ts'
import type { WriteQueue } from './write-queue.ts'

/** How many entities are handled between two pauses: well under a millisecond. */
const entitiesBetweenPauses = 10
/** Milliseconds in which others are answered, and have the processor, between two in which much is read or written. */
const rest = 1
/** So many changed entities are written in one go, in well under a millisecond: a rest would keep whoever waits for it. */
const writtenAtOnce = 20
/** With more changed entities than this all secrets are read at once instead of one by one. */
const fewEntities = 1000

const revisionOf = preparedQuery((kind: string, id: string) =>
  queries.selectFrom('entity').select('revision').where('kind', '=', kind).where('id', '=', id),
)

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
    for (;;) {
      const newest = newestRevision(database)
      try {
        return { revision: newest, entities: await finishInSlices(entitiesChanged(database, revision, newest), rest) }
      } catch (error) {
        // History does not change, but a secret may have been replaced between two slices.
        if (newestRevision(database) === newest) throw error
      }
    }
  }

  entityRevision(kind: Kind, id: string): number {
    return this.#reader.first(revisionOf(kind, id))?.revision ?? 0
  }

  commit(
    expectedRevision: number,
    changes: readonly EntityChange[],
    author: Author,
    summary: string,
    request?: RequestKey,
  ): Promise<CommitResult> {
    return this.#writes.run(async (database) => {
      const work = writeCommit(database, expectedRevision, changes, author, summary)
      const result = changes.length <= writtenAtOnce ? finish(work) : await finishInSlices(work, rest)
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

/** What entities are after `to` that were changed after `from`, with their secrets, in the order of their kinds. */
function* entitiesChanged(database: Database, from: number, to: number): Generator<void, ChangesSince['entities']> {
  const byKind = new Map<Kind, ChangesSince['entities'][number][]>()
  let count = 0
  const changes = yield* mergingChanges(database, from, to)
  const all = changes.length > fewEntities ? secretValues(database) : null
  const secretOf = (number: number) => (all === null ? secretValue(database, number) : all.get(number))
  for (const { kind, id, after } of changes) {
    const body = after === null ? null : withSecrets(kind, readBody(after), secretOf)
    const ofKind = byKind.get(kind)
    if (ofKind === undefined) byKind.set(kind, [{ kind, id, body }])
    else ofKind.push({ kind, id, body })
    if (++count % entitiesBetweenPauses === 0) yield
  }
  return kindNames.flatMap((kind) => byKind.get(kind) ?? [])
}
