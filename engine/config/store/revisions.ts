import { sql } from 'kysely'
import type { Body, EntityChange, Kind } from '../entities/kind.ts'
import { kindNames } from '../entities/kind.ts'
import { finish, finishInSlices } from '../slices.ts'
import type { LoadedEntity, PageBefore, Revision, RevisionRepository } from './configuration-store.ts'
import type { Database } from './database.ts'
import { pageLimit } from './page-limit.ts'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'
import { withoutSecrets } from './secrets.ts'
import type { ChangeTable } from './tables.ts'

/** Rows of the history read between two pauses: well under a millisecond. */
const rowsBetweenPauses = 100
/** Entities between two pauses, whose bodies are parsed. */
const entitiesBetweenPauses = 10
/** Milliseconds in which others have the processor, between two slices. */
const rest = 1

const newest = preparedQuery(() => queries.selectFrom('revision').select((of) => of.fn.max('number').as('newest')))

/** Number of the newest revision; 0 where there is none. */
export function newestRevision(database: Database): number {
  return database.first(newest())?.newest ?? 0
}

/** What was and how it became so: the history, read from the changes of each revision. */
export class Revisions implements RevisionRepository {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async list(page: PageBefore = {}): Promise<readonly Revision[]> {
    const { before = Number.MAX_SAFE_INTEGER } = page
    const query = queries.selectFrom('revision').selectAll().where('number', '<', before)
    return this.#database.all(query.orderBy('number', 'desc').limit(pageLimit(page.limit))) as Revision[]
  }

  async get(number: number): Promise<Revision | null> {
    const query = queries.selectFrom('revision').selectAll().where('number', '=', number)
    return (this.#database.first(query) as Revision | undefined) ?? null
  }

  async changes(number: number): Promise<readonly EntityChange[]> {
    return changesOf(this.#database, number).sort(byKind)
  }

  async difference(from: number, to: number): Promise<readonly EntityChange[]> {
    // The history up to a revision is never written again: it may be read in slices, while others write.
    return finishInSlices(difference(this.#database, from, to), rest)
  }

  async entitiesAt(number: number): Promise<readonly LoadedEntity[] | null> {
    const database = this.#database
    return database.reading(() => {
      const newest = newestRevision(database)
      if (!Number.isInteger(number) || number < 0 || number > newest) return null
      const rows = database.all(queries.selectFrom('entity').select(['kind', 'id', 'body']).orderBy('position'))
      const bodies = new Map<string, LoadedEntity>()
      for (const { kind, id, body } of rows) {
        bodies.set(`${kind} ${id}`, { kind: kind as Kind, id, body: JSON.parse(body) as Body })
      }
      for (const { kind, id, before } of mergedChanges(database, number, newest)) {
        if (before === null) bodies.delete(`${kind} ${id}`)
        else bodies.set(`${kind} ${id}`, { kind, id, body: before })
      }
      const entities = [...bodies.values()].map(({ kind, id, body }) => ({
        kind,
        id,
        body: withoutSecrets(kind, body),
      }))
      return entities.sort(byKind)
    })
  }
}

/** The changes of one revision, up to a number of them; bodies with marks in place of secrets. */
export function changesOf(database: Database, revision: number, limit = Number.MAX_SAFE_INTEGER): EntityChange[] {
  const query = queries.selectFrom('change').selectAll().where('revision', '=', revision)
  return database.all(query.orderBy('kind').orderBy('id').limit(limit)).map(readChange)
}

/** What leads from one revision to another, also backwards, in the order of kinds; with pauses. */
function* difference(database: Database, from: number, to: number): Generator<void, EntityChange[]> {
  const merged = yield* mergingChanges(database, Math.min(from, to), Math.max(from, to))
  const ofKinds = new Map<Kind, EntityChange[]>(kindNames.map((kind) => [kind, []]))
  let count = 0
  for (const row of merged) {
    const { before, after, ...key } = readChange(row)
    ofKinds.get(row.kind)?.push(from <= to ? { ...key, before, after } : { ...key, before: after, after: before })
    if (++count % entitiesBetweenPauses === 0) yield
  }
  return [...ofKinds.values()].flat()
}

/** What all changes after `from`, up to `to`, come to for each entity. */
export function mergedChanges(database: Database, from: number, to: number): EntityChange[] {
  return finish(mergingChanges(database, from, to)).map(readChange)
}

/** The same as it is stored, with pauses. */
export function* mergingChanges(database: Database, from: number, to: number): Generator<void, MergedChange[]> {
  const merged = new Map<string, MergedChange>()
  let last: Pick<MergedChange, 'revision' | 'kind' | 'id'> = { revision: from + 1, kind: '' as Kind, id: '' }
  for (;;) {
    const rows = database.all(changesAfter(last, to)) as MergedChange[]
    for (const row of rows) {
      const key = `${row.kind} ${row.id}`
      const earlier = merged.get(key)
      merged.set(key, earlier === undefined ? row : { ...row, before: earlier.before })
    }
    const end = rows.at(-1)
    if (end === undefined || rows.length < rowsBetweenPauses)
      return [...merged.values()].filter(({ before, after }) => before !== after)
    last = end
    yield
  }
}

type MergedChange = Omit<ChangeTable, 'kind'> & { readonly kind: Kind }

/** The next rows of the history up to a revision, in the order of its key. */
function changesAfter({ revision, kind, id }: Pick<MergedChange, 'revision' | 'kind' | 'id'>, to: number) {
  return queries
    .selectFrom('change')
    .selectAll()
    .where(sql<boolean>`(revision, kind, id) > (${revision}, ${kind}, ${id})`)
    .where('revision', '<=', to)
    .orderBy('revision')
    .orderBy('kind')
    .orderBy('id')
    .limit(rowsBetweenPauses)
}

/** For sorting into the order in which documents list kinds. */
export function byKind(one: { kind: Kind }, other: { kind: Kind }): number {
  return kindNames.indexOf(one.kind) - kindNames.indexOf(other.kind)
}

function readChange({ kind, id, before, after }: ChangeTable): EntityChange {
  return {
    kind: kind as Kind,
    id,
    before: before === null ? null : (JSON.parse(before) as Body),
    after: after === null ? null : (JSON.parse(after) as Body),
  }
}
