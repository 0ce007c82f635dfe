/** Query strings: parsed so that nothing in them is lost or guessed, and given the types that the schema asks for. */

interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
}

/** Most parameters that are looked at; more than any address of ours takes. */
const mostParameters = 100

/** A parameter that stands there twice becomes a list, which no schema of ours takes: the caller is told. */
export function parseQuery(text: string): Record<string, unknown> {
  const query = Object.create(null) as Record<string, unknown>
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > mostParameters) break
    const before = query[name]
    if (before === undefined) query[name] = value
    else if (Array.isArray(before)) before.push(value)
    else query[name] = [before, value]
  }
  return query
}

/** Gives texts of a query or path the types of their schema; what does not fit stays text, and validation says so. */
export function withSchemaTypes(values: unknown, schema: unknown): unknown {
  if (typeof values !== 'object' || values === null) return values
  const properties = (schema as SchemaNode).properties ?? {}
  const typed: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(values)) {
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    typed[name] = typeof value === 'string' ? scalar(value, node?.type) : value
  }
  return typed
}

function scalar(text: string, type: string | undefined): unknown {
  if (type === 'boolean') return text === 'true' || text === '' ? true : text === 'false' ? false : text
  if (type === 'integer' || type === 'number') return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text
  return text
}
