import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Kind } from '../entities/kind.ts'
import type { AuditEntry, AuditEvent, AuditFilter, AuditRepository } from './configuration-store.ts'
import type { Database } from './database.ts'
import { pageLimit } from './page-limit.ts'
import { queries } from './query-builder.ts'
import { changesOf } from './revisions.ts'
import type { AuditEventTable } from './tables.ts'
import type { WriteQueue } from './write-queue.ts'

/** Changes that an event shows; the others are found by its revision. */
const changesShown = 20

/** Who did what. A change's event is written by the commit itself; its before and after are the revision's changes. */
export class Audit implements AuditRepository {
  readonly #reader: Database
  readonly #writes: WriteQueue

  constructor(reader: Database, writes: WriteQueue) {
    this.#reader = reader
    this.#writes = writes
  }

  async list(filter: AuditFilter = {}): Promise<readonly AuditEvent[]> {
    const { before, actor, action, source, kind, id, since, until } = filter
    let query = queries.selectFrom('audit_event').selectAll()
    if (before !== undefined) query = query.where('number', '<', before)
    if (actor !== undefined) query = query.where('actor', '=', actor)
    if (action !== undefined) query = query.where('action', '=', action)
    if (source !== undefined) query = query.where('source', '=', source)
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<=', until)
    if (kind !== undefined || id !== undefined) query = query.where(isAbout(kind, id))
    const database = this.#reader
    return database.reading(() => {
      const rows = database.all(query.orderBy('number', 'desc').limit(pageLimit(filter.limit)))
      return rows.map((row) => withChanges(database, row))
    })
  }

  async add(entry: AuditEntry): Promise<void> {
    const { actor, address, source, action, kind = null, id = null, summary } = entry
    const values = { at: Date.now(), actor, address, source, action, kind, id, revision: null, summary }
    await this.#writes.run((database) => database.run(queries.insertInto('audit_event').values(values)))
  }
}

/** The event's own entity, or one of those that its revision changed. */
function isAbout(kind: Kind | undefined, id: string | undefined): RawBuilder<boolean> {
  const columns: readonly (readonly [string, string | undefined])[] = [
    ['kind', kind],
    ['id', id],
  ]
  const given = columns.filter(([, value]) => value !== undefined)
  const equalIn = (table: string) =>
    sql.join(
      given.map(([column, value]) => sql`${sql.ref(`${table}.${column}`)} = ${value}`),
      sql` and `,
    )
  return sql<boolean>`((${equalIn('audit_event')}) or exists (
    select 1 from change where change.revision = audit_event.revision and ${equalIn('change')}
  ))`
}

function withChanges(database: Database, row: Omit<AuditEventTable, 'number'> & { number: number }): AuditEvent {
  const event = { ...row, kind: row.kind as Kind | null }
  if (row.revision === null) return { ...event, changes: [], changesInAll: 0 }
  const count = queries
    .selectFrom('change')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('revision', '=', row.revision)
  const changes = changesOf(database, row.revision, changesShown)
  return { ...event, changes, changesInAll: database.first(count)?.count ?? 0 }
}
