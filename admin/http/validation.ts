/**
 * Lets Fastify validate by the TypeBox schemas of the routes, in the words that documents are checked with: the API and
 * `ringdown check` say the same about the same mistake.
 */
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { checkShape } from '../../engine/config/document-shape.ts'
import type { Problem } from '../../engine/config/problem.ts'
import { ProblemList } from '../../engine/config/problem.ts'
import { invalid, notFound, RequestRefused } from './problems.ts'
import { withSchemaTypes } from './queries.ts'

type Check = (value: unknown) => readonly Problem[]

const compiled = new WeakMap<TSchema, Check>()

/** Every misfit of a value; none where it fits. Compiles each schema once. */
export function compileCheck(schema: TSchema): Check {
  const before = compiled.get(schema)
  if (before !== undefined) return before
  const validator = Compile(schema)
  const check: Check = (value) => {
    const problems = new ProblemList()
    if (checkShape(value, schema, validator, problems) === 'sound') return []
    const found = withoutSecrets(problems.all(), schema)
    // Whatever the words miss, what does not fit is not taken.
    if (found.length > 0) return found
    return [{ path: '', value: '', message: 'this value is not allowed', cure: 'See /docs for what is' }]
  }
  compiled.set(schema, check)
  return check
}

/** Values of secret fields are not sent back, nor those of unknown fields beside them: one may be a secret misspelt. */
function withoutSecrets(problems: readonly Problem[], schema: TSchema): readonly Problem[] {
  const properties = (schema as { properties?: Record<string, { writeOnly?: boolean }> }).properties ?? {}
  const open = new Set<string>()
  let secrets = false
  for (const [name, property] of Object.entries(properties)) {
    if (property.writeOnly === true) secrets = true
    else open.add(name)
  }
  if (!secrets) return problems
  return problems.map((problem) => {
    const field = problem.path.split(/[.[]/)[0] ?? ''
    return open.has(field) ? problem : { ...problem, value: '' }
  })
}

/** For `setValidatorCompiler`. */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = checkOf(schema)
  switch (httpPart) {
    case 'body':
      return (value: unknown) => {
        const problems = check(value)
        return problems.length === 0 ? { value } : { error: invalid(problems) }
      }
    case 'params':
      return (value: unknown) => {
        const typed = withSchemaTypes(value, schema)
        return check(typed).length === 0 ? { value: typed } : { error: notFound('There is nothing at this address') }
      }
    default:
      return (value: unknown) => {
        const typed = withSchemaTypes(value, schema)
        const problems = check(typed)
        return problems.length === 0 ? { value: typed } : { error: wrongParameters(problems) }
      }
  }
}

/** A merge patch is checked when it has been merged: only then can anybody say what is missing or too much. */
export const mergePatchMark = 'x-merge-patch'

function checkOf(schema: TSchema): Check {
  if (mergePatchMark in schema) {
    return (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? []
        : [
            {
              path: '',
              value: '',
              message: 'this is no group of fields',
              cure: 'Send an object with the fields to change',
            },
          ]
  }
  return compileCheck(schema)
}

function wrongParameters(problems: readonly Problem[]): RequestRefused {
  const first = problems[0]
  const detail = first === undefined ? 'A parameter does not fit' : `${first.path}: ${first.message}. ${first.cure}`
  return new RequestRefused('invalid-request', detail, { problems })
}
