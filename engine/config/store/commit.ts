/** How a checked change gets into the tables: entities, secrets, revision, history and audit in one transaction. */
import type { Body, EntityChange } from '../entities/kind.ts'
import { kindDefinition } from '../entities/kinds.ts'
import type { Author, CommitResult } from './configuration-store.ts'
import type { Database } from './database.ts'
import { foldedText } from './folded-text.ts'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'
import { newestRevision } from './revisions.ts'
import { moveSecrets } from './secrets.ts'

const insertRevision = preparedQuery(
  (number: number, at: number, actor: string, address: string, source: string, summary: string) =>
    queries.insertInto('revision').values({ number, at, actor, address, source, summary }),
)
const insertAudit = preparedQuery(
  (
    at: number,
    actor: string,
    address: string,
    source: string,
    kind: string | null,
    id: string | null,
    revision: number,
    summary: string,
  ) =>
    queries
      .insertInto('audit_event')
      .values({ at, actor, address, source, action: 'change', kind, id, revision, summary }),
)
const bodyOf = preparedQuery((kind: string, id: string) =>
  queries.selectFrom('entity').select('body').where('kind', '=', kind).where('id', '=', id),
)
const insertChange = preparedQuery(
  (revision: number, kind: string, id: string, before: string | null, after: string | null) =>
    queries.insertInto('change').values({ revision, kind, id, before, after }),
)
const deleteEntity = preparedQuery((kind: string, id: string) =>
  queries.deleteFrom('entity').where('kind', '=', kind).where('id', '=', id),
)
const insertEntity = preparedQuery(
  (kind: string, id: string, body: string, revision: number, title: string, search: string) =>
    queries.insertInto('entity').values({ kind, id, body, revision, title, search }),
)
const updateEntity = preparedQuery(
  (body: string, revision: number, title: string, search: string, kind: string, id: string) =>
    queries.updateTable('entity').set({ body, revision, title, search }).where('kind', '=', kind).where('id', '=', id),
)

/** Must run inside a write transaction of `database`; throws to have it undone. Pauses after each entity. */
export function* writeCommit(
  database: Database,
  expectedRevision: number,
  changes: readonly EntityChange[],
  author: Author,
  summary: string,
): Generator<void, CommitResult> {
  const current = newestRevision(database)
  if (current !== expectedRevision) return { ok: false, conflict: current }
  if (changes.length === 0) return { ok: true, revision: current }
  const revision = current + 1
  const at = Date.now()
  const { actor, address, source } = author
  database.run(insertRevision(revision, at, actor, address, source, summary))
  const only = changes.length === 1 ? changes[0] : undefined
  const about = only ?? { kind: null, id: null }
  database.run(insertAudit(at, actor, address, source, about.kind, about.id, revision, summary))
  for (const change of changes) {
    writeChange(database, revision, change)
    yield
  }
  return { ok: true, revision }
}

function writeChange(database: Database, revision: number, change: EntityChange): void {
  const { kind, id } = change
  const row = database.first(bodyOf(kind, id))
  if ((row === undefined) !== (change.before === null)) throw new Error(`${kind} ${id} is not as it was checked`)
  const stored = row === undefined ? null : (JSON.parse(row.body) as Body)
  const after = moveSecrets(database, change, stored, change.after)
  const body = after === null ? null : JSON.stringify(after)
  database.run(insertChange(revision, kind, id, row?.body ?? null, body))
  if (change.after === null || body === null) {
    database.run(deleteEntity(kind, id))
    return
  }
  const { title, search } = textColumns(change.after, change)
  if (row === undefined) database.run(insertEntity(kind, id, body, revision, title, search))
  else database.run(updateEntity(body, revision, title, search, kind, id))
}

/** What lists sort and search by. */
function textColumns(body: Body, { kind, id }: EntityChange): { title: string; search: string } {
  const { secrets, titleOf } = kindDefinition(kind)
  const title = titleOf(body)
  const texts = [id, title]
  for (const [field, value] of Object.entries(body)) {
    if (secrets.includes(field)) continue
    if (typeof value === 'string') texts.push(value)
    else if (Array.isArray(value)) texts.push(...value.filter((one) => typeof one === 'string'))
  }
  return { title: foldedText(title), search: foldedText([...new Set(texts)].join('\n')) }
}
