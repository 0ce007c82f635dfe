/**
 * `npm run client`: writes cli/client/api.ts, the types of every request and answer of the API and a table of its
 * operations, from admin/openapi.json. A test (generate-client.test.mjs) fails when the file is out of date.
 *
 * It knows the JSON Schema that our own schemas use; anything else ends it, so that nothing is left untyped unnoticed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const descriptionPath = fileURLToPath(new URL('../admin/openapi.json', import.meta.url))
export const clientPath = fileURLToPath(new URL('../cli/client/api.ts', import.meta.url))

const schemaReference = '#/components/schemas/'
const identifier = /^[A-Za-z_$][\w$]*$/
/** What says nothing about the type. */
const otherKeywords = new Set(
  'title description examples example format pattern minLength maxLength minimum maximum minItems maxItems default'
    .concat(' additionalProperties required writeOnly readOnly x-merge-patch uniqueItems')
    .split(' '),
)
const methods = ['get', 'post', 'put', 'patch', 'delete']

const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const nameOf = (text) => (identifier.test(text) ? text : quoted(text))

/** The TypeScript type of a schema; `margin` is that of the line it stands in. */
function typeOf(schema, margin) {
  if (schema.$ref !== undefined) {
    if (!schema.$ref.startsWith(schemaReference)) throw new Error(`unknown reference ${schema.$ref}`)
    return schema.$ref.slice(schemaReference.length)
  }
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((one) => typeOf(one, margin)))].join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, margin)).join(' | ')
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'integer':
    case 'number':
      return 'number'
    case 'array': {
      const item = typeOf(schema.items ?? {}, margin)
      return `readonly ${item.includes(' ') ? `(${item})` : item}[]`
    }
    case 'object':
      return objectType(schema, margin)
    case undefined: {
      const left = Object.keys(schema).filter((keyword) => !otherKeywords.has(keyword))
      if (left.length > 0) throw new Error(`unknown keywords ${left.join(', ')}`)
      return 'unknown'
    }
    default:
      throw new Error(`unknown type ${schema.type}`)
  }
}

function literal(value) {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
}

function objectType(schema, margin) {
  const entries = Object.entries(schema.properties ?? {})
  if (entries.length === 0) return 'Readonly<Record<string, unknown>>'
  const required = new Set(schema.required ?? [])
  return members(
    entries.map(([name, inner]) => [name, required.has(name), typeOf(inner, `${margin}  `)]),
    margin,
  )
}

/** @param entries name, whether it must be there, type */
function members(entries, margin) {
  const lines = entries.map(([name, must, type]) => `${margin}  readonly ${nameOf(name)}${must ? '' : '?'}: ${type}`)
  return `{\n${lines.join('\n')}\n${margin}}`
}

function namedTypes(schemas) {
  return Object.entries(schemas).map(([name, schema]) => {
    const type = typeOf(schema, '')
    const isObject = schema.type === 'object' && type.startsWith('{')
    return isObject ? `export interface ${name} ${type}` : `export type ${name} = ${type}`
  })
}

function operationsOf(description) {
  return Object.entries(description.paths).flatMap(([path, routes]) =>
    methods.filter((method) => routes[method]).map((method) => ({ path, method, route: routes[method] })),
  )
}

function parametersOf(route, place) {
  const found = (route.parameters ?? []).filter((parameter) => parameter.in === place)
  return found.map(({ name, required = false, schema }) => [name, required, typeOf(schema, '      ')])
}

/** Media types of what is sent, the usual one first. */
function mediaTypesOf(route) {
  return Object.keys(route.requestBody?.content ?? {})
}

function answerTypes(route) {
  const types = Object.entries(route.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content }]) => {
      const bodies = Object.values(content ?? {})
      return bodies.length === 0 ? ['null'] : bodies.map(({ schema }) => typeOf(schema, '    '))
    })
  return [...new Set(types)].join(' | ')
}

function operationType({ route }) {
  const place = (name) => {
    const found = parametersOf(route, name)
    return found.length === 0 ? 'null' : members(found, '    ')
  }
  const [mediaType] = mediaTypesOf(route)
  const body = mediaType === undefined ? 'null' : typeOf(route.requestBody.content[mediaType].schema, '    ')
  return `  /** ${route.summary} */
  readonly ${route.operationId}: {
    readonly path: ${place('path')}
    readonly query: ${place('query')}
    readonly body: ${body}
    readonly answer: ${answerTypes(route)}
  }`
}

function operationEntry({ path, method, route }) {
  const headers = (route.parameters ?? []).filter((parameter) => parameter.in === 'header').map(({ name }) => name)
  const [mediaType] = mediaTypesOf(route)
  const fields = [
    `method: ${quoted(method.toUpperCase())}`,
    `path: ${quoted(path)}`,
    `sends: ${mediaType === undefined ? 'null' : quoted(mediaType)}`,
    `takesKey: ${headers.includes('idempotency-key')}`,
  ]
  return `  ${route.operationId}: { ${fields.join(', ')} },`
}

/** The text of cli/client/api.ts for a description of the API. */
export function clientText(description) {
  const operations = operationsOf(description)
  return `/**
 * The API's requests and answers. Made by \`npm run client\` from admin/openapi.json: change the API, not this file.
 */
import type { OperationDescription } from './operation-description.ts'

${namedTypes(description.components.schemas).join('\n\n')}

/** By operationId: parameters, what is sent and what is answered; null where there is nothing. */
export interface Operations {
${operations.map(operationType).join('\n')}
}

export const operations = {
${operations.map(operationEntry).join('\n')}
} as const satisfies Readonly<Record<keyof Operations, OperationDescription>>
`
}

export function clientTextNow() {
  return clientText(JSON.parse(readFileSync(descriptionPath, 'utf8')))
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(clientPath, clientTextNow())
}
