/**
 * Text to plain objects. In YAML every scalar is first taken as text, because `extension: 0100` and
 * `number: +442079460000` are not numbers to the person who wrote them; the schema then says which are.
 */
import type { TSchema } from 'typebox'
import { deepestNesting, jsonStructure } from './json-structure.ts'
import type { ProblemList } from './problem.ts'
import { readYamlText } from './yaml-text.ts'

/** Longest document that is read, in characters. */
export const longestDocument = 64 * 1024 * 1024
/** Values that a document in JSON may have: several times what fits into a configuration. */
const mostValues = 5_000_000
/** Aliases that a YAML document may resolve: enough for people, too few for a document that unfolds without end. */
const mostAliases = 1000

/** Reads text into plain values; `undefined` when it cannot be read, and then `problems` says why. */
export function parseText(text: string, fileName: string, schema: TSchema, problems: ProblemList): unknown {
  if (text.length > longestDocument) {
    problems.add('', '', `the document has ${text.length} characters`, `Keep it under ${longestDocument}`)
    return undefined
  }
  const json = fileName.endsWith('.json') || text.trimStart().startsWith('{')
  return json ? parseJson(text, problems) : parseYaml(text, schema, problems)
}

function parseJson(text: string, problems: ProblemList): unknown {
  const { depth, values } = jsonStructure(text)
  if (depth > deepestNesting) {
    const message = `lists and fields are nested ${depth} deep`
    problems.add('', '', message, `Write the document without nesting of that kind, at most ${deepestNesting} deep`)
    return undefined
  }
  if (values > mostValues) {
    problems.add('', '', `the document has about ${values} values`, `Keep it under ${mostValues}, in several documents`)
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    // Node quotes the text around the place, which may be a password.
    const reason = reasonOf(error).replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '')
    problems.add('', '', `this is not JSON: ${reason}`, 'Mend the JSON at that place')
    return undefined
  }
}

function parseYaml(text: string, schema: TSchema, problems: ProblemList): unknown {
  try {
    const { document, errors, warnings } = readYamlText(text)
    for (const mistake of [...errors, ...warnings]) {
      problems.add('', '', `this is not YAML: ${mistake}`, 'Mend the YAML at that place')
    }
    if (errors.length > 0) return undefined
    return withTypes(document?.toJS({ maxAliasCount: mostAliases }), schema)
  } catch (error) {
    const deep = error instanceof RangeError
    const reason = deep ? `lists and fields are nested more than ${deepestNesting} deep` : reasonOf(error)
    const cure = 'Write the document without nesting or aliases of that kind'
    problems.add('', '', `this YAML cannot be read: ${reason}`, cure)
    return undefined
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface SchemaNode {
  readonly type?: string
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
}

/** Gives text the type that the schema asks for. What does not fit stays text, and the schema's check says so. */
function withTypes(value: unknown, schema: SchemaNode): unknown {
  if (typeof value === 'string') return scalarWithType(value, schema)
  if (Array.isArray(value)) {
    const items = schema.items
    if (items !== undefined)
      for (let index = 0; index < value.length; index++) value[index] = withTypes(value[index], items)
  } else if (typeof value === 'object' && value !== null && schema.properties !== undefined) {
    const record = value as Record<string, unknown>
    for (const key of Object.keys(record)) {
      const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined
      if (property === undefined) continue
      if (isEmpty(record[key]) && (property.type === 'array' || property.type === 'object')) delete record[key]
      else record[key] = withTypes(record[key], property)
    }
  }
  return value
}

/** A heading with nothing below it, as when every entry of a list is commented out. */
function isEmpty(value: unknown): boolean {
  return value === null || value === ''
}

function scalarWithType(text: string, schema: SchemaNode): unknown {
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (schema.type === 'integer' || typeof schema.const === 'number')
    return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text
  return text
}
