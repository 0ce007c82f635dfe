import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Body, Kind } from '../entities/kind.ts'
import { kindDefinition } from '../entities/kinds.ts'
import { ProblemList } from '../problem.ts'
import type { EntityRepository, Filter, ListOptions, ListResult, StoredEntity } from './configuration-store.ts'
import type { Database } from './database.ts'
import { foldedText } from './folded-text.ts'
import type { OrderTerm, OrderValue } from './list-cursor.ts'
import { afterValues, readCursor, writeCursor } from './list-cursor.ts'
import type { ListField } from './list-field.ts'
import { listField, listFieldNames } from './list-field.ts'
import { pageLimit } from './page-limit.ts'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'
import { withoutSecrets } from './secrets.ts'

/** More than anybody means. */
const mostFilters = 20
const mostTerms = 5
const longestSearch = 200

const entityOf = preparedQuery((kind: string, id: string) =>
  queries.selectFrom('entity').select(['body', 'revision']).where('kind', '=', kind).where('id', '=', id),
)

/** Entities for people and programs to look at: without secrets, in pages. */
export class Entities implements EntityRepository {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async get(kind: Kind, id: string): Promise<StoredEntity | null> {
    const row = this.#database.first(entityOf(kind, id))
    if (row === undefined) return null
    return { kind, id, body: withoutSecrets(kind, JSON.parse(row.body) as Body), revision: row.revision }
  }

  async count(kind: Kind): Promise<number> {
    const query = queries.selectFrom('entity').select((of) => of.fn.countAll<number>().as('count'))
    return this.#database.first(query.where('kind', '=', kind))?.count ?? 0
  }

  async list(kind: Kind, options: ListOptions = {}): Promise<ListResult> {
    const problems = new ProblemList()
    const { filters = [], q = '', sort = [], fields, cursor } = options
    const limit = pageLimit(options.limit)
    const conditions = filterConditions(kind, filters, problems)
    const terms = orderTerms(kind, sort, problems)
    const shown = shownFields(kind, fields, problems)
    if (q.length > longestSearch) {
      problems.add('q', q, 'the text to search for is too long', `Write at most ${longestSearch} characters`)
    }
    const order = sort.join(',')
    if (cursor !== undefined && problems.problems.length === 0) {
      const values = readCursor(cursor, order, terms.length)
      if (values === null) {
        problems.add(
          'cursor',
          cursor,
          'this is no cursor of this list',
          'Take it from the page before, with the same sort',
        )
      } else conditions.push(afterValues(terms, values))
    }
    if (problems.problems.length > 0) return { ok: false, problems: problems.all() }
    let query = queries.selectFrom('entity').select(['id', 'body', 'revision']).where('kind', '=', kind)
    for (const condition of conditions) query = query.where(condition)
    if (q.trim() !== '') query = query.where(sql<boolean>`instr(search, ${foldedText(q.trim())}) > 0`)
    for (const [index, { value, descending }] of terms.entries()) {
      query = query.select(sql<OrderValue>`${value}`.as(`order_${index}`))
      query = query.orderBy(value, descending ? 'desc' : 'asc')
    }
    const rows = this.#database.all(query.limit(limit + 1))
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    const orderValues = last as unknown as Readonly<Record<string, OrderValue>> | undefined
    return {
      ok: true,
      entities: page.map(({ id, body, revision }) => {
        const whole = withoutSecrets(kind, JSON.parse(body) as Body)
        return { kind, id, body: shown === null ? whole : onlyFields(whole, shown), revision }
      }),
      next:
        orderValues === undefined
          ? null
          : writeCursor(
              order,
              terms.map((_, index) => orderValues[`order_${index}`] ?? null),
            ),
    }
  }
}

function filterConditions(kind: Kind, filters: readonly Filter[], problems: ProblemList): RawBuilder<boolean>[] {
  if (filters.length > mostFilters) {
    problems.add('', '', 'there are too many filters', `Write at most ${mostFilters}`)
    return []
  }
  const conditions: RawBuilder<boolean>[] = []
  for (const { field: name, value } of filters) {
    const field = listField(kind, name)
    if (field === null) unknownField(kind, name, problems)
    else {
      const condition = filterCondition(field, value)
      if (typeof condition === 'string') problems.add(name, value, 'this value cannot be filtered by', condition)
      else conditions.push(condition)
    }
  }
  return conditions
}

/** A condition, or what to write instead. */
function filterCondition(field: ListField, text: string): RawBuilder<boolean> | string {
  const { form, value, inList, column } = field
  if (text === '' && column === null) {
    return inList === null
      ? sql<boolean>`${value} is null`
      : sql<boolean>`not exists (select 1 from json_each(entity.body, ${value}))`
  }
  const wanted = wantedValue(form, text)
  if (wanted === null) {
    if (form === 'whole') return 'Filter by one of its fields, as forwarding.busy.to.user, or by nothing (field=)'
    return form === 'number' ? 'Write a number' : 'Write true or false'
  }
  if (column === 'title') return sql<boolean>`${value} = ${foldedText(text)}`
  if (inList === null) return sql<boolean>`${value} = ${wanted}`
  const entry = inList === '$' ? sql`each.value` : sql`json_extract(each.value, ${inList})`
  return sql<boolean>`exists (select 1 from json_each(entity.body, ${value}) as each where ${entry} = ${wanted})`
}

function wantedValue(form: ListField['form'], text: string): string | number | null {
  switch (form) {
    case 'text':
      return text
    case 'number':
      return /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : null
    case 'boolean':
      // json_extract gives 1 and 0.
      return text === 'true' ? 1 : text === 'false' ? 0 : null
    case 'whole':
      return null
    default:
      return form satisfies never
  }
}

function orderTerms(kind: Kind, sort: readonly string[], problems: ProblemList): OrderTerm[] {
  const terms: OrderTerm[] = []
  if (sort.length > mostTerms) problems.add('sort', sort, 'there are too many fields', `Write at most ${mostTerms}`)
  for (const written of sort.slice(0, mostTerms)) {
    const descending = written.startsWith('-')
    const name = descending ? written.slice(1) : written
    const { schema } = kindDefinition(kind)
    // A name is what people see of an entity that has one; sorting by it has an index and is blind to case.
    const field = listField(kind, name === 'name' && 'name' in schema.properties ? 'title' : name)
    if (field === null) unknownField(kind, name, problems)
    else if (field.form === 'whole' || field.inList !== null) {
      problems.add('sort', name, 'entities cannot be sorted by this field', 'Choose one with a single value')
    } else terms.push({ value: field.value, descending, indexed: field.column !== null })
  }
  const descending = terms.at(-1)?.descending ?? false
  return [...terms, { value: sql.ref('entity.id'), descending, indexed: true }]
}

function shownFields(kind: Kind, fields: readonly string[] | undefined, problems: ProblemList): string[] | null {
  if (fields === undefined) return null
  const known = listFieldNames(kind)
  for (const name of fields) if (!known.includes(name)) unknownField(kind, name, problems)
  return ['id', ...fields]
}

function onlyFields(body: Body, shown: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => shown.includes(name)))
}

function unknownField(kind: Kind, name: string, problems: ProblemList): void {
  const label = kindDefinition(kind).label
  problems.add(name, '', `a ${label} has no such field to ask for`, `Choose from ${listFieldNames(kind).join(', ')}`)
}
