/**
 * Requests made from the API's own description - valid ones, nearly valid ones, hostile ones - never get 500, and what
 * is answered is what the description promises.
 */
import fc from 'fast-check'
import t from 'tap'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import type { TestApplication } from '../application-under-test.ts'
import { startTestApplication } from '../application-under-test.ts'
import { pathOf } from '../plugins/entities/entity-schemas.ts'

type Node = Readonly<Record<string, unknown>>
interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Node
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Node }> }
  readonly responses: Record<string, Node>
}
interface Description {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, Node>>
}
interface Request {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

const seed = 20_260_301
/** Requests in all: some for each operation. */
const runs = 1200
/** Streams that do not end by themselves. */
const endless = new Set(['followEvents'])

const hostileTexts = [
  '',
  ' ',
  '\0',
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>',
  'a\r\nX-Evil: 1',
  '__proto__',
  'constructor',
  '%00%ff',
  '\u202e\ufeff',
  '👩‍👩‍👧',
  'x'.repeat(300),
  '-1',
  '9007199254740993',
  '1e999',
  'NaN',
  '*',
]
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...hostileTexts, null, true, -1, 1e308, 2 ** 53, 0.5, [], {}, [null], { a: { b: [] } }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)

function refer(description: Description, node: Node): Node {
  const ref = node['$ref']
  if (typeof ref !== 'string') return node
  const found = ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((inside, step) => (inside as Node)[step], description)
  return refer(description, found as Node)
}

/** The schema with what it refers to in it. */
function whole(description: Description, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => whole(description, item))
  if (typeof node !== 'object' || node === null) return node
  const { $ref, ...rest } = node as Node
  const made = typeof $ref === 'string' ? { ...refer(description, node as Node), ...rest } : rest
  return Object.fromEntries(Object.entries(made).map(([name, value]) => [name, whole(description, value)]))
}

/** Values that fit a schema, as far as it says, and now and then others. */
function anyValue(schema: Node, ids: readonly string[], depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 24, arbitrary: fittingValue(schema, ids, depth) }, { weight: 1, arbitrary: hostile })
}

function fittingValue(schema: Node, ids: readonly string[], depth: number): fc.Arbitrary<unknown> {
  const { type, anyOf, properties, pattern } = schema
  if (schema['const'] !== undefined) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => fittingValue(one as Node, ids, depth)))
  switch (type) {
    case 'integer':
      return fc.integer({ min: Number(schema['minimum'] ?? -5), max: Number(schema['maximum'] ?? 1000) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const longest = depth <= 0 ? 0 : 3
      const least = Math.min(Number(schema['minItems'] ?? 0), longest)
      return fc.array(anyValue((schema['items'] ?? {}) as Node, ids, depth - 1), {
        minLength: least,
        maxLength: longest,
      })
    }
    case 'object': {
      const required = new Set((schema['required'] ?? []) as readonly string[])
      const fields = Object.entries((properties ?? {}) as Record<string, Node>)
        .filter(([name]) => depth > 0 || required.has(name))
        .map(([name, property]) => [name, anyValue(property, ids, depth - 1)] as const)
      const wanted = fields.map(([name]) => name).filter((name) => required.has(name))
      const record = fc.record(Object.fromEntries(fields), { requiredKeys: wanted as never[] })
      const unknown = fc.tuple(record, fc.constantFrom('nosuch', 'Id', '', 'toString'), hostile)
      return fc.oneof(
        { weight: 15, arbitrary: record },
        { weight: 1, arbitrary: unknown.map(([fitting, name, value]) => ({ ...(fitting as object), [name]: value })) },
      )
    }
    case 'string':
      return textOf(pattern as string | undefined, ids)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function textOf(pattern: string | undefined, ids: readonly string[]): fc.Arbitrary<string> {
  const texts = [
    'Text',
    'a@example.com',
    '1001',
    '2024-03-01',
    '09:00',
    'Europe/London',
    'GB',
    'north.example.com',
    '+442079460123',
    'en-GB',
    '127.0.0.1',
    'a-long-secret-9',
    '123456',
  ]
  if (pattern === undefined) return fc.constantFrom(...ids, ...texts)
  const fitting = [...ids, ...texts].filter((text) => new RegExp(pattern).test(text))
  // Lookaheads are not generated from; what is known to fit does instead.
  const generated = pattern.includes('(?')
    ? fc.constantFrom('a.example.com')
    : fc.stringMatching(new RegExp(pattern)).filter((text) => text.length < 300)
  return fitting.length === 0 ? generated : fc.oneof(fc.constantFrom(...fitting), generated)
}

function requestOf(
  path: string,
  method: string,
  operation: Operation,
  description: Description,
  ids: readonly string[],
): fc.Arbitrary<Request> {
  const parameters = (operation.parameters ?? []).map((parameter) => ({
    ...parameter,
    schema: whole(description, parameter.schema) as Node,
  }))
  const values = parameters.map(({ schema, required, in: place }) => {
    const some =
      place === 'path' && schema['type'] === 'string'
        ? fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: hostile })
        : anyValue(schema, ids, 1)
    return required === true || place === 'path' ? some : fc.option(some, { freq: 2, nil: undefined })
  })
  const content = Object.entries(operation.requestBody?.content ?? {})
  const body: fc.Arbitrary<readonly [string, string] | undefined> =
    content.length === 0
      ? fc.constant(undefined)
      : fc
          .constantFrom(...content)
          .chain(([type, { schema }]) => fc.tuple(fc.constant(type), bodyText(whole(description, schema) as Node, ids)))
  return fc.tuple(fc.tuple(...values), body).map(([given, sent]) => {
    let url = path
    const query = new URLSearchParams()
    const headers: Record<string, string> = {}
    for (const [index, { name, in: place }] of parameters.entries()) {
      const value = given[index]
      if (value === undefined) continue
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      if (place === 'path')
        url = url.replace(`{${name}}`, encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '')) || 'x')
      else if (place === 'query') query.append(name, text)
      else if (/^[\x21-\x7e]*$/.test(text)) headers[name] = text
    }
    if (sent !== undefined) headers['content-type'] = sent[0]
    const search = query.toString()
    return { method: method.toUpperCase(), url: search === '' ? url : `${url}?${search}`, headers, body: sent?.[1] }
  })
}

function bodyText(schema: Node, ids: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 20, arbitrary: fittingValue(schema, ids, 3).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: hostile.map((value) => JSON.stringify(value) ?? '') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '{"__proto__":{}}', '['.repeat(5000), '\u0000', '{"a":"\\ud800"}'),
    },
  )
}

/** Ids of what is there; mostly of the kind that the path names. */
function idsOf(test: TestApplication, path: string): string[] {
  const { configuration } = test.configuration
  const own: string[] = []
  const others: string[] = []
  for (const definition of kindDefinitions()) {
    const ids = [...configuration.all(definition.kind)].map((body) => String(body['id'] ?? definition.idOf(body)))
    if (path.startsWith(`/v1/${pathOf(definition)}/`)) own.push(...ids)
    else others.push(...ids)
  }
  return [...own, ...own, ...own, ...others, '1', '2', 'admin', 'current', 'Night']
}

const responseChecks = new Map<unknown, ReturnType<typeof Compile>>()

/** What of an answer is not as promised; '' where all is. */
function faultOf(
  description: Description,
  operation: Operation,
  answer: { statusCode: number; body: string; headers: Node },
): string {
  const promised = operation.responses[String(answer.statusCode)]
  if (promised === undefined) return `status ${answer.statusCode} is not described: ${answer.body.slice(0, 200)}`
  const response = refer(description, promised)
  const content = response['content'] as Record<string, { schema: Node }> | undefined
  if (content === undefined)
    return answer.body === '' ? '' : `a body, where none is described: ${answer.body.slice(0, 200)}`
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  const media = content[type]
  if (media === undefined) return `${type} is not described`
  if (!type.endsWith('json')) return ''
  let check = responseChecks.get(media)
  if (check === undefined) {
    check = Compile(whole(description, media.schema) as TSchema)
    responseChecks.set(media, check)
  }
  const value = JSON.parse(answer.body)
  return check.Check(value) ? '' : `${JSON.stringify(check.Errors(value)[0])} in ${answer.body.slice(0, 300)}`
}

// TAP gives up after 30 s; two cores may be busy with other tests.
t.setTimeout(300_000)

t.test('every request is answered as described, and none with 500', { timeout: 300_000 }, async (t) => {
  const test = await startTestApplication()
  t.teardown(() => test.close())
  const description = (await test.ask('GET', '/v1/openapi.json')).json() as Description
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const asked = operations.filter(({ operation }) => !endless.has(operation.operationId))
  const statuses = new Map<number, number>()
  const each = Math.max(3, Math.ceil(runs / asked.length))
  for (const [index, { path, method, operation }] of asked.entries()) {
    const property = fc.asyncProperty(
      requestOf(path, method, operation, description, idsOf(test, path)),
      async (request) => {
        const answer = await test.ask(request.method as 'GET', request.url, request.body, request.headers)
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
        // 503 is said of an engine that is away, as this test's is.
        if (answer.statusCode === 500) throw new Error(`${JSON.stringify(test.logged.at(-1))}`)
        const fault = faultOf(description, operation, answer)
        if (fault !== '') throw new Error(fault)
      },
    )
    const result = await fc.check(property, { numRuns: each, seed: seed + index, endOnFailure: true })
    t.notOk(
      result.failed,
      `${operation.operationId}${result.failed ? `: ${fc.defaultReportMessage(result)} ${String(result.errorInstance)}` : ''}`,
    )
  }
  for (const status of [200, 201, 204, 400, 404, 422])
    t.ok((statuses.get(status) ?? 0) > 0, `some were answered with ${status}`)
  t.comment(`answers by status: ${JSON.stringify([...statuses].sort())}`)
  t.equal(statuses.get(500), undefined)
  t.equal((await test.ask('GET', '/v1/users')).statusCode, 200, 'it still serves')
})
