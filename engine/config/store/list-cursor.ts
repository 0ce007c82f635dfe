/** Cursors say after which entry a page begins: the values by which entries are ordered, of the last one shown. */
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'

export type OrderValue = string | number | null

/** One of the values by which entries are ordered; the last one is the id, which makes the order whole. */
export interface OrderTerm {
  readonly value: RawBuilder<unknown>
  readonly descending: boolean
  /** Whether it is a column that is never null and has an index. */
  readonly indexed: boolean
}

const longestCursor = 4000

/** @param order how the entries are ordered, as asked for: a cursor of another order makes no sense */
export function writeCursor(order: string, values: readonly OrderValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url')
}

/** The values of a cursor; `null` for text that is none, or one of another order. */
export function readCursor(cursor: string, order: string, terms: number): OrderValue[] | null {
  if (cursor.length > longestCursor) return null
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
  if (!Array.isArray(read) || read.length !== terms + 1 || read[0] !== order) return null
  const values: unknown[] = read.slice(1)
  const fit = (value: unknown): value is OrderValue =>
    value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
  return values.every(fit) ? values : null
}

/** What holds of all entries after those values. SQLite puts null before everything. */
export function afterValues(terms: readonly OrderTerm[], values: readonly OrderValue[]): RawBuilder<boolean> {
  const ways: RawBuilder<unknown>[] = []
  const same: RawBuilder<unknown>[] = []
  for (const [index, { value, descending }] of terms.entries()) {
    const last = values[index] ?? null
    ways.push(sql`(${sql.join([...same, after(value, last, descending)], sql` and `)})`)
    same.push(sql`${value} is ${last}`)
  }
  const whole = sql<boolean>`(${sql.join(ways, sql` or `)})`
  const [first] = terms
  if (first?.indexed !== true) return whole
  // Says nothing new, but in a form by which the index finds the place.
  const bound = first.descending ? sql`${first.value} <= ${values[0]}` : sql`${first.value} >= ${values[0]}`
  return sql<boolean>`(${bound} and ${whole})`
}

function after(value: RawBuilder<unknown>, last: OrderValue, descending: boolean): RawBuilder<unknown> {
  if (descending) return last === null ? sql`0` : sql`(${value} < ${last} or ${value} is null)`
  return last === null ? sql`${value} is not null` : sql`${value} > ${last}`
}
