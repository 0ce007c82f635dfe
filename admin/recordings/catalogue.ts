/** What recordings there are: reading and changing their rows. */
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { OpenCatalogue, RecordingTable } from './catalogue-tables.ts'
import { openCatalogue } from './catalogue-tables.ts'
import type { RecordingFilter } from './recording-filter.ts'
import { filterConditions } from './recording-filter.ts'

export type RecordingRow = Readonly<Selectable<RecordingTable>>
export type NewRecording = Omit<Insertable<RecordingTable>, 'number'> & { readonly owners: readonly string[] }

export const sortFields = ['startedAt', 'milliseconds', 'bytes'] as const
export type SortField = (typeof sortFields)[number]
const columnOf = { startedAt: 'started_at', milliseconds: 'milliseconds', bytes: 'bytes' } as const

export interface RecordingOrdering {
  readonly field: SortField
  readonly descending: boolean
}

export const newestFirst: RecordingOrdering = { field: 'startedAt', descending: true }

/** After which row a page begins: its value and number. */
export interface RecordingPlace {
  readonly value: number
  readonly number: number
}

export interface UserUsage {
  readonly user: string
  readonly recordings: number
  readonly bytes: number
}

export class Catalogue {
  readonly #open: OpenCatalogue

  /** @throws what `openCatalogue` throws */
  constructor(dataFolder: string) {
    this.#open = openCatalogue(dataFolder)
  }

  /** @returns false where it is there already */
  async add({ owners, ...row }: NewRecording): Promise<boolean> {
    return this.#open.queries.transaction().execute(async (run) => {
      const added = await run
        .insertInto('recording')
        .values(row)
        .onConflict((on) => on.column('id').doNothing())
        .executeTakeFirst()
      if (added.numInsertedOrUpdatedRows !== 1n) return false
      const recording = Number(added.insertId)
      const users = [...new Set(owners)].map((user) => ({ recording, user }))
      if (users.length > 0) await run.insertInto('owner').values(users).execute()
      return true
    })
  }

  async find(id: string): Promise<RecordingRow | null> {
    const query = this.#open.queries.selectFrom('recording').selectAll().where('id', '=', id)
    return (await query.executeTakeFirst()) ?? null
  }

  /** @param limit 1 to 1000 */
  async list(
    filter: RecordingFilter,
    order: RecordingOrdering,
    after: RecordingPlace | null,
    limit: number,
  ): Promise<{ readonly rows: readonly RecordingRow[]; readonly next: RecordingPlace | null }> {
    const column = columnOf[order.field]
    const direction = order.descending ? 'desc' : 'asc'
    const beyond = order.descending ? '<' : '>'
    let query = this.#open.queries.selectFrom('recording').selectAll()
    query = query.where((row) => filterConditions(row, filter))
    if (after !== null) {
      const { value, number } = after
      query = query.where((row) =>
        row.or([row(column, beyond, value), row.and([row(column, '=', value), row('number', beyond, number)])]),
      )
    }
    const found = await query
      .orderBy(column, direction)
      .orderBy('number', direction)
      .limit(limit + 1)
      .execute()
    const rows = found.slice(0, limit)
    const last = rows.at(-1)
    const next = found.length > limit && last !== undefined ? { value: last[column], number: last.number } : null
    return { rows, next }
  }

  /** All that fit, a thousand at a time. */
  async *all(filter: RecordingFilter): AsyncGenerator<RecordingRow> {
    let after: RecordingPlace | null = null
    do {
      const page: Awaited<ReturnType<Catalogue['list']>> = await this.list(filter, newestFirst, after, 1000)
      yield* page.rows
      after = page.next
    } while (after !== null)
  }

  async count(filter: RecordingFilter): Promise<{ readonly recordings: number; readonly bytes: number }> {
    const found = await this.#open.queries
      .selectFrom('recording')
      .select((row) => [
        row.fn.countAll<number>().as('recordings'),
        row.fn.sum<number | null>('stored_bytes').as('bytes'),
      ])
      .where((row) => filterConditions(row, filter))
      .executeTakeFirst()
    return { recordings: found?.recordings ?? 0, bytes: found?.bytes ?? 0 }
  }

  async change(id: string, values: Updateable<RecordingTable>): Promise<void> {
    await this.#open.queries.updateTable('recording').set(values).where('id', '=', id).execute()
  }

  async remove(id: string): Promise<void> {
    await this.#open.queries.deleteFrom('recording').where('id', '=', id).execute()
  }

  /** Who owns how much, most first. What two own counts for both. */
  async usage(limit: number): Promise<readonly UserUsage[]> {
    return this.#open.queries
      .selectFrom('owner')
      .innerJoin('recording', 'recording.number', 'owner.recording')
      .select((row) => [
        'owner.user',
        row.fn.countAll<number>().as('recordings'),
        row.fn.sum<number>('recording.stored_bytes').as('bytes'),
      ])
      .groupBy('owner.user')
      .orderBy('bytes', 'desc')
      .limit(limit)
      .execute()
  }

  /** What has been where it is longer than its policy says, without those that are held. A thousand at most. */
  async due(now: number): Promise<readonly RecordingRow[]> {
    const day = 86_400_000
    return this.#open.queries
      .selectFrom('recording')
      .selectAll()
      .where((row) => {
        const age = row(row.val(now), '-', row.ref('started_at'))
        const hot = row('hot_days', '*', day)
        const both = row(row.parens(row('hot_days', '+', row.ref('cold_days'))), '*', day)
        return row.or([
          row.and([row('state', '=', 'hot'), row('hold', 'is', null), row(age, '>', hot)]),
          row.and([row('state', '=', 'hot'), row('cold_days', '>', 0), row(age, '>', hot)]),
          row.and([row('state', '=', 'cold'), row('hold', 'is', null), row(age, '>', both)]),
          row.and([row('state', '=', 'retrieved'), row('available_until', '<', now)]),
        ])
      })
      .orderBy('number')
      .limit(1000)
      .execute()
  }

  close(): void {
    this.#open.connection.close()
  }
}
