/**
 * What stands in many places of the OpenAPI document stands once in `components` and is referred to: schemas with a
 * title, those with a name of their own (named-schemas.ts), refusals and headers.
 */
import { namedSchemas } from './named-schemas.ts'

type Node = Record<string, unknown>

/** What holds values, not schemas. */
const values = new Set(['example', 'examples', 'default', 'enum', 'const', 'required'])

/** Moves them to `components`; changes the document given. */
export function shareSchemas<Document extends { paths?: unknown; components?: unknown }>(document: Document): Document {
  const sharing = new Sharing()
  document.paths = sharing.paths(document.paths)
  const { schemas, responses, headers } = sharing
  const components = (document.components ?? {}) as Node
  Object.assign(components, {
    schemas: sorted({ ...(components['schemas'] as Node | undefined), ...schemas }),
    responses: sorted(responses),
    headers: sorted(headers),
  })
  document.components = components
  return document
}

class Sharing {
  readonly schemas: Node = {}
  readonly responses: Node = {}
  readonly headers: Node = {}
  /** Names by what the schema says, but for its description. */
  readonly #names = new Map<string, string>()

  /** All named schemas; those that are used come into `schemas`. */
  readonly #all: Node = {}

  constructor() {
    for (const [name, schema] of namedSchemas) {
      const inside = this.#children(schema as unknown as Node)
      this.#all[name] = inside
      this.#names.set(withoutDescription(inside), name)
    }
  }

  paths(paths: unknown): unknown {
    return this.#node(paths, '')
  }

  #node(node: unknown, place: string): unknown {
    if (Array.isArray(node)) return node.map((item) => this.#node(item, ''))
    if (typeof node !== 'object' || node === null) return node
    const made = this.#children(node as Node)
    if (place === 'responses') return this.#sharedResponses(made)
    if (place === 'headers') return this.#sharedHeaders(made)
    return this.#referred(made)
  }

  #children(node: Node): Node {
    const made: Node = {}
    for (const [name, value] of Object.entries(node)) made[name] = values.has(name) ? value : this.#node(value, name)
    return made
  }

  #referred(made: Node): unknown {
    const { title } = made
    if (typeof title === 'string' && (made['type'] !== undefined || made['anyOf'] !== undefined)) {
      // The longest form of it wins: media types take examples away from the schemas they show.
      this.#checkTitle(title, made)
      const before = this.schemas[title]
      if (before === undefined || JSON.stringify(made).length > JSON.stringify(before).length)
        this.schemas[title] = made
      return { $ref: `#/components/schemas/${title}` }
    }
    if (made['type'] === undefined) return made
    const name = this.#names.get(withoutDescription(made))
    if (name === undefined) return made
    this.#use(name)
    const own = (this.#all[name] as Node)['description']
    const description = made['description'] === own ? {} : { description: made['description'] }
    return { $ref: `#/components/schemas/${name}`, ...description }
  }

  /** One name for two schemas would describe one of them wrongly. */
  #checkTitle(title: string, made: Node): void {
    const named = this.#all[title]
    const { title: _, ...untitled } = made
    if (named === undefined || withoutDescription(untitled) === withoutDescription(named as Node)) return
    throw new Error(`two schemas are called ${title}: choose another title`)
  }

  /** A named schema and those in it. */
  #use(name: string): void {
    if (this.schemas[name] !== undefined) return
    this.schemas[name] = this.#all[name]
    for (const [, inside] of JSON.stringify(this.#all[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (inside !== undefined) this.#use(inside)
    }
  }

  #sharedResponses(responses: Node): Node {
    return Object.fromEntries(
      Object.entries(responses).map(([status, response]) => {
        if (!JSON.stringify(response).includes('"application/problem+json"')) return [status, response]
        const name = `Problem${status}`
        this.responses[name] = response
        return [status, { $ref: `#/components/responses/${name}` }]
      }),
    )
  }

  #sharedHeaders(headers: Node): Node {
    return Object.fromEntries(
      Object.entries(headers).map(([name, header]) => {
        this.headers[name] ??= header
        const same = JSON.stringify(this.headers[name]) === JSON.stringify(header)
        return [name, same ? { $ref: `#/components/headers/${name}` } : header]
      }),
    )
  }
}

function withoutDescription(node: Node): string {
  const { description: _, ...rest } = node
  // The list of names puts them into one order, whoever wrote the schema.
  return JSON.stringify(rest, innerNames(rest))
}

/** Every name within. */
function innerNames(node: unknown, found: Set<string> = new Set()): string[] {
  if (Array.isArray(node)) for (const item of node) innerNames(item, found)
  else if (typeof node === 'object' && node !== null) {
    for (const [name, value] of Object.entries(node)) {
      found.add(name)
      innerNames(value, found)
    }
  }
  return [...found].sort()
}

function sorted(record: Node): Node {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)))
}
