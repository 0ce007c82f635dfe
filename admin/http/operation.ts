/** The schema of a route, from which Fastify validates and the OpenAPI document is made, in few words. */
import type { FastifySchema } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import { ProblemSchema, problemMediaType, problemTypes } from './problems.ts'

export interface Answer {
  readonly description: string
  /** Left out: no body. */
  readonly schema?: TSchema
  /** Media type; default application/json. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, TSchema>>
}

export interface Operation {
  /** Unique, in camel case: names of functions in generated clients. */
  readonly id: string
  readonly tag: string
  /** One line. */
  readonly summary: string
  readonly description?: string
  readonly params?: TSchema
  readonly query?: TSchema
  readonly headers?: TSchema
  readonly body?: TSchema
  /** Media types of the body; default application/json. */
  readonly consumes?: readonly string[]
  readonly answers: Readonly<Record<number, Answer>>
  /** Statuses of refusals besides those that every route may give. */
  readonly refusals?: readonly number[]
  /** No sign-in needed. */
  readonly open?: boolean
}

/** Any request may get these. */
const always = [400, 429, 431, 500, 503]

const titles = new Map<number, string>()
for (const { status, title } of Object.values(problemTypes)) {
  const before = titles.get(status)
  titles.set(status, before === undefined ? title : `${before}; ${title.toLowerCase()}`)
}

/** For `schema` of a route. */
export function operation(from: Operation): FastifySchema {
  const refusals = new Set([...always, ...(from.refusals ?? [])])
  if (from.open !== true) refusals.add(401)
  if (from.params !== undefined) refusals.add(404)
  if (from.body !== undefined) for (const status of [413, 415, 422]) refusals.add(status)
  const response: Record<string, unknown> = {}
  for (const [status, answer] of Object.entries(from.answers)) response[status] = responseOf(answer)
  for (const status of [...refusals].sort()) response[status] ??= problemResponse(status)
  return {
    operationId: from.id,
    tags: [from.tag],
    summary: from.summary,
    ...(from.description === undefined ? {} : { description: from.description }),
    ...(from.params === undefined ? {} : { params: from.params }),
    querystring: from.query ?? noParameters,
    ...(from.headers === undefined ? {} : { headers: from.headers }),
    ...(from.body === undefined ? {} : { body: from.body }),
    ...(from.consumes === undefined ? {} : { consumes: [...from.consumes] }),
    ...(from.open === true ? { security: [] } : {}),
    response,
  }
}

const noParameters = Type.Object({}, { additionalProperties: false, description: 'Take the part after ? away' })

function responseOf(answer: Answer): object {
  const headers = answer.headers === undefined ? {} : { headers: answer.headers }
  if (answer.schema === undefined) return { description: answer.description, type: 'null', ...headers }
  const type = answer.type ?? 'application/json'
  return { description: answer.description, content: { [type]: { schema: answer.schema } }, ...headers }
}

function problemResponse(status: number): object {
  return {
    description: titles.get(status) ?? 'The request was refused',
    content: { [problemMediaType]: { schema: ProblemSchema } },
  }
}

/** `id` in a path. Whatever does not fit is not there. */
export const IdParameters = Type.Object({
  id: Type.String({ maxLength: 200, description: 'Id of the entity', examples: ['anna'] }),
})

/** For lists: a text or time by which they are filtered; an empty one is refused. */
export function filterText(description: string): TSchema {
  return Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }))
}

/** For lists: `?fields=a,b` and so on are texts. */
export function textParameter(description: string, example?: string): TSchema {
  return Type.Optional(
    Type.String({ maxLength: 2000, description, ...(example === undefined ? {} : { examples: [example] }) }),
  )
}
