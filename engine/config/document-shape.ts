/** Checks a value against the schema and says in words what does not fit. */
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { Settings } from 'typebox/system'
import type { ProblemList } from './problem.ts'
import { problemLimit } from './problem.ts'

/** How far the rest of the checks can trust the value. */
export type Shape =
  | 'sound'
  /** Every field has the right type and the required ones are there; some values are wrong. */
  | 'readable'
  | 'broken'

/** Where misfits are put. */
export type Problems = Pick<ProblemList, 'add'>

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
}

/** Adds every misfit to `problems`. `schema` must be the one that `validator` was compiled from. */
export function checkShape(value: unknown, schema: TSchema, validator: Validator, problems: Problems): Shape {
  if (validator.Check(value)) return 'sound'
  const errors = allErrors(validator, value)
  // Among errors that were not listed there may be a wrong type.
  let shape: Shape = errors.length < mostErrors ? 'readable' : 'broken'
  let described = 0
  const counting: Problems = {
    add: (path, shown, message, cure) => {
      described++
      problems.add(path, shown, message, cure)
    },
  }
  for (const error of errors) {
    if (error.keyword === 'type' || error.keyword === 'required' || error.keyword === 'const') shape = 'broken'
    describe(error, value, schema, counting)
  }
  if (described === 0) describeUnnamed(errors, problems)
  return shape
}

/** Where unknown fields fill the list of errors, TypeBox names each only as a place at which nothing may stand. */
function describeUnnamed(errors: readonly SchemaError[], problems: Problems): void {
  for (const { instancePath } of errors) {
    problems.add(pathOf(instancePath), undefined, 'there is no such field', 'Take it out')
  }
  if (errors.length === 0) problems.add('', undefined, 'this does not fit', 'See docs/configuration.md')
}

const mostErrors = problemLimit * 4

/** TypeBox stops at 8 by default, and an unknown field counts twice. */
function allErrors(validator: Validator, value: unknown): readonly SchemaError[] {
  const before = Settings.Get().maxErrors
  Settings.Set({ maxErrors: mostErrors })
  try {
    return validator.Errors(value)
  } finally {
    Settings.Set({ maxErrors: before })
  }
}

function describe(error: SchemaError, root: unknown, schema: TSchema, problems: Problems): void {
  const path = pathOf(error.instancePath)
  const node = at(schema, error.schemaPath.slice(1)) as Record<string, unknown> | undefined
  const value = at(root, error.instancePath)
  const cure = typeof node?.['description'] === 'string' ? node['description'] : 'See docs/configuration.md'
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      for (const [index, name] of namesIn(params['additionalProperties']).entries()) {
        unknownField(name, path, index < problemLimit ? node : undefined, problems)
      }
      break
    case 'boolean':
      // The same unknown field again, seen from below.
      break
    case 'required':
      for (const name of namesIn(params['requiredProperties'])) {
        const field = (node?.['properties'] as Record<string, { description?: string }> | undefined)?.[name]
        problems.add(join(path, name), undefined, 'this field is missing', field?.description ?? cure)
      }
      break
    default:
      problems.add(path, value, misfit(error.keyword, params, value), cure)
  }
}

function misfit(keyword: string, params: Readonly<Record<string, unknown>>, value: unknown): string {
  switch (keyword) {
    case 'type':
      return `this is ${kindOf(value)}, and ${kindWanted(params['type'])} is expected`
    case 'pattern':
      return 'this is not in the expected form'
    case 'enum':
      return `this is not one of ${namesIn(params['allowedValues']).join(', ')}`
    case 'minimum':
      return `this is less than ${String(params['limit'])}`
    case 'maximum':
      return `this is more than ${String(params['limit'])}`
    case 'minLength':
      return `this is shorter than ${String(params['limit'])} characters`
    case 'maxLength':
      return `this is longer than ${String(params['limit'])} characters`
    case 'minItems':
      return 'this list is too short'
    case 'maxItems':
      return 'this list is too long'
    default:
      return 'this value is not allowed'
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'object':
      return 'a group of fields'
    default:
      return 'nothing'
  }
}

function kindWanted(type: unknown): string {
  switch (type) {
    case 'string':
      return 'text (in quotes in JSON)'
    case 'integer':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    default:
      return 'a group of fields'
  }
}

/** Its value is not told: it may be a secret under a wrong name. Without `node` nothing similar is looked for: a million unknown fields would take minutes, and nobody is told of them. */
function unknownField(name: string, path: string, node: Record<string, unknown> | undefined, problems: Problems): void {
  const known = Object.keys((node?.['properties'] as object | undefined) ?? {})
  const close = closest(name, known)
  const cure = close === '' ? `Take it out; fields here are ${known.join(', ')}` : `Did you mean ${close}`
  problems.add(join(path, name), '', 'there is no such field', cure)
}

/** The known name nearest to what was written, or '' when none is near. */
export function closest(written: string, known: readonly string[]): string {
  let best = ''
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(written.toLowerCase().slice(0, 64), name.toLowerCase())
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein's distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** `/users/3/extension` to `users[3].extension`. */
function pathOf(pointer: string): string {
  let path = ''
  for (const part of partsOf(pointer)) path = /^[0-9]+$/.test(part) ? `${path}[${part}]` : join(path, part)
  return path
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Parts of a JSON pointer (RFC 6901 section 4). */
function partsOf(pointer: string): string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function at(value: unknown, pointer: string): unknown {
  let found = value
  for (const part of partsOf(pointer)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<string, unknown>)[part]
  }
  return found
}
