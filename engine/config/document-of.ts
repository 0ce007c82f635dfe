/** The configuration as a document: the same configuration always gives the same text. */
import { idOfBody } from './body-check.ts'
import type { Document } from './document.ts'
import type { Body, ConfigurationView, EntityKey } from './entities/kind.ts'
import { kindDefinition, kindDefinitions } from './entities/kinds.ts'

export interface DocumentOptions {
  /** Gives secrets to be written in plain text; `undefined` leaves one out. Without it, all are left out. */
  readonly secretOf?: (entity: EntityKey, field: string, value: unknown) => unknown
}

/**
 * The whole account: every entity with its id, sorted by it within its list, fields in the order of the schema, and only
 * what was written, without defaults.
 */
export function documentOf(configuration: ConfigurationView, options: DocumentOptions = {}): Document {
  const document: Record<string, unknown> = { version: 1 }
  for (const { kind, collection } of kindDefinitions()) {
    const keyed = [...configuration.all(kind)].map((body) => ({ id: idOfBody(kind, body), body }))
    keyed.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0))
    const bodies = keyed.map(({ id, body }) => shownBody({ kind, id }, body, options))
    if (kind !== 'account') {
      if (bodies.length > 0 || kind === 'pbx') document[collection] = bodies
      continue
    }
    const { sample, ...account } = bodies[0] ?? {}
    if (sample === true) document['sample'] = true
    document[collection] = account
  }
  return document as unknown as Document
}

function shownBody(key: EntityKey, body: Body, { secretOf }: DocumentOptions): Body {
  const { secrets, schema } = kindDefinition(key.kind)
  const shown: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(inOrder(body, schema) as Body)) {
    const written = secrets.includes(field) ? secretOf?.(key, field, value) : value
    if (written !== undefined) shown[field] = written
  }
  return shown
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
}

/** Fields in the order of the schema, because two bodies that differ in their order only are the same. */
function inOrder(value: unknown, schema: SchemaNode): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const { items } = schema
    return items?.properties === undefined ? value : value.map((item) => inOrder(item, items))
  }
  if (schema.properties === undefined) return value
  const fields = value as Body
  const ordered: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.properties)) {
    if (fields[name] !== undefined) ordered[name] = inOrder(fields[name], field)
  }
  return ordered
}
