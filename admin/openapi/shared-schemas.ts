/** Schemas with a title stand once in the OpenAPI document, and are referred to from wherever they are used. */

type Node = Record<string, unknown>

/** What holds values, not schemas. */
const values = new Set(['example', 'examples', 'default', 'enum', 'const'])

/** Moves them to `components.schemas`; changes the document given. */
export function shareSchemas<Document extends { paths?: unknown; components?: unknown }>(document: Document): Document {
  const shared: Record<string, unknown> = {}
  document.paths = withReferences(document.paths, shared)
  const components = (document.components ?? {}) as Node
  components['schemas'] = sorted({ ...(components['schemas'] as Node | undefined), ...shared })
  document.components = components
  return document
}

function withReferences(node: unknown, shared: Record<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((item) => withReferences(item, shared))
  if (typeof node !== 'object' || node === null) return node
  const made: Node = {}
  for (const [name, value] of Object.entries(node))
    made[name] = values.has(name) ? value : withReferences(value, shared)
  const title = made['title']
  if (typeof title !== 'string' || (made['type'] === undefined && made['anyOf'] === undefined)) return made
  // The longest description of it wins: media types take examples away from the schemas they show.
  const before = shared[title]
  if (before === undefined || JSON.stringify(made).length > JSON.stringify(before).length) shared[title] = made
  return { $ref: `#/components/schemas/${title}` }
}

function sorted(record: Node): Node {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)))
}
