/** Which part of a body a field of a filter or an order means. Names are looked up in the schema: no other gets into SQL. */
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { TSchema } from 'typebox'
import type { Kind } from '../entities/kind.ts'
import { kindDefinition } from '../entities/kinds.ts'

/** What a filter's text is compared as. */
export type ValueForm = 'text' | 'number' | 'boolean' | 'whole'

export interface ListField {
  readonly form: ValueForm
  /** The value in SQL; that of the list itself where it stands in one. */
  readonly value: RawBuilder<unknown>
  /** Where the field is a list, or stands in the entries of one: its path in an entry. */
  readonly inList: string | null
  /** A column that is never null and has an index. */
  readonly column: 'id' | 'title' | null
}

/** The schema as JSON Schema, as far as it is asked here. */
interface Shape {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** The field of a kind that a dotted name means, or `null`. Secrets are no fields. */
export function listField(kind: Kind, name: string): ListField | null {
  if (name === 'id' || name === 'title') {
    return { form: 'text', value: sql.ref(`entity.${name}`), inList: null, column: name }
  }
  const { schema, secrets } = kindDefinition(kind)
  const parts = name.split('.')
  if (parts.length > 6 || secrets.includes(parts[0] ?? '')) return null
  let shape: Shape = schema as TSchema as Shape
  let outer = '$'
  let inner: string | null = null
  for (const part of parts) {
    if (shape.properties === undefined || !Object.hasOwn(shape.properties, part)) return null
    shape = shape.properties[part] ?? {}
    const step = `."${part}"`
    if (inner === null) outer += step
    else inner += step
    if (shape.items === undefined) continue
    if (inner !== null) return null
    inner = '$'
    shape = shape.items
  }
  const value = sql`json_extract(entity.body, ${outer})`
  return { form: formOf(shape), value: inner === null ? value : sql`${outer}`, inList: inner, column: null }
}

function formOf({ type, properties }: Shape): ValueForm {
  if (properties !== undefined) return 'whole'
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'boolean' ? 'boolean' : 'text'
}

/** All names of top-level fields that may be asked for, for messages. */
export function listFieldNames(kind: Kind): readonly string[] {
  const { schema, secrets } = kindDefinition(kind)
  const own = Object.keys((schema as TSchema as Shape).properties ?? {}).filter((name) => !secrets.includes(name))
  return [...new Set(['id', 'title', ...own])]
}
