/** Secrets stand in a table of their own; bodies, history and audit hold only their numbers. */
import type { Body, EntityKey, Kind } from '../entities/kind.ts'
import { kindDefinition } from '../entities/kinds.ts'
import type { Database } from './database.ts'
import { preparedQuery } from './prepared-query.ts'
import { queries } from './query-builder.ts'

/** Stands in a stored body in place of a secret. A number is never used again, so it says whether it is the same one. */
export interface SecretMark {
  readonly secret: number
}

export function isSecretMark(value: unknown): value is SecretMark {
  return typeof value === 'object' && value !== null && typeof (value as { secret?: unknown }).secret === 'number'
}

const secretOf = preparedQuery((number: number) =>
  queries.selectFrom('secret').select('value').where('number', '=', number),
)

/** The body as it may be shown. */
export function withoutSecrets(kind: Kind, body: Body): Body {
  const { secrets } = kindDefinition(kind)
  if (!secrets.some((field) => field in body)) return body
  return Object.fromEntries(Object.entries(body).filter(([field]) => !secrets.includes(field)))
}

/** Puts the secrets back. `values` finds one by its number. */
export function withSecrets(kind: Kind, stored: Body, values: (number: number) => string | undefined): Body {
  const { secrets } = kindDefinition(kind)
  if (!secrets.some((field) => field in stored)) return stored
  const body: Record<string, unknown> = { ...stored }
  for (const field of secrets) {
    const mark = body[field]
    if (!isSecretMark(mark)) continue
    const value = values(mark.secret)
    if (value === undefined) throw new Error(`secret ${mark.secret} is not there`)
    body[field] = value
  }
  return body
}

/**
 * The body to store: secrets that changed get a new number, and the values that nobody needs any more are deleted.
 *
 * @param stored the body so far, with marks
 * @param after the body to be, with plain values; `null` where the entity goes
 */
export function moveSecrets(database: Database, key: EntityKey, stored: Body | null, after: Body | null): Body | null {
  const { secrets } = kindDefinition(key.kind)
  if (secrets.length === 0) return after
  const body: Record<string, unknown> | null = after === null ? null : { ...after }
  for (const field of secrets) {
    const mark = stored?.[field]
    const value = body?.[field]
    const before = isSecretMark(mark) ? secretValue(database, mark.secret) : undefined
    if (body !== null && value !== undefined) {
      if (typeof value !== 'string') throw new Error(`${key.kind} ${key.id}: ${field} is no text`)
      body[field] = isSecretMark(mark) && before === value ? mark : { secret: addSecret(database, value) }
    }
    if (isSecretMark(mark) && before !== value) deleteSecret(database, mark.secret)
  }
  return body
}

export function secretValue(database: Database, number: number): string | undefined {
  return database.first(secretOf(number))?.value
}

/** All of them, for loading everything. */
export function secretValues(database: Database): Map<number, string> {
  const rows = database.all(queries.selectFrom('secret').select(['number', 'value']))
  return new Map(rows.map(({ number, value }) => [number, value]))
}

function addSecret(database: Database, value: string): number {
  return database.run(queries.insertInto('secret').values({ value })).lastNumber
}

function deleteSecret(database: Database, number: number): void {
  database.run(queries.deleteFrom('secret').where('number', '=', number))
}
