/** Asks the API, with types from its description. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem } from '../../engine/config/problem.ts'
import type { Operations } from './api.ts'
import { operations } from './api.ts'
import { problemOf, RequestRefusedError, ServerNotReachedError } from './api-error.ts'
import type { HttpAnswer, HttpRequest } from './http-exchange.ts'
import { exchange, exchangeInPieces } from './http-exchange.ts'
import type { OperationDescription } from './operation-description.ts'
import type { ServerAddress } from './server-address.ts'

export type OperationId = keyof Operations

/** What every request may have besides parameters and body. */
interface Conditions {
  /** ETag that what is changed must still have. */
  readonly ifMatch?: string
  /** Media type of the body, where it is not the usual one. */
  readonly mediaType?: string
}

type Part<Name extends string, Value> = Value extends null ? unknown : { readonly [Key in Name]: Value }
type Query<Value> = Value extends null ? unknown : { readonly query?: Value }

/** Parameters and body of an operation. */
export type RequestOf<Id extends OperationId> = Conditions &
  Part<'path', Operations[Id]['path']> &
  Query<Operations[Id]['query']> &
  Part<'body', Operations[Id]['body']>

/** A request whose operation is known only at run time. */
export interface AnyRequest extends Conditions {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
}

export interface Answer<Body> {
  readonly status: number
  readonly body: Body
  /** '' where there is none. */
  readonly etag: string
  /** Revision that a change made; `null` where nothing was changed. */
  readonly revision: number | null
  /** Whether calls go by the change already. */
  readonly inForce: boolean
  /** What the change allows and probably nobody wants; of many the first, and how many more there are. */
  readonly warnings: readonly Problem[]
  readonly moreWarnings: number
}

/** Longest wait for an answer, in milliseconds; documents of many megabytes take their time. */
const patience = 600_000
/** A server that is busy says when to come again; so often we do. */
const mostTries = 5
const longestPause = 15_000

export class ApiClient {
  readonly #server: ServerAddress

  constructor(server: ServerAddress) {
    this.#server = server
  }

  /** @throws RequestRefusedError, ServerNotReachedError */
  ask<Id extends OperationId>(id: Id, request: RequestOf<Id>): Promise<Answer<Operations[Id]['answer']>> {
    return this.askAny(id, request as AnyRequest) as Promise<Answer<Operations[Id]['answer']>>
  }

  /** @throws RequestRefusedError, ServerNotReachedError */
  async askAny(id: OperationId, request: AnyRequest): Promise<Answer<unknown>> {
    const http = httpRequest(operations[id], request)
    const answer = await this.#untilAnswered(http, (authorized) => exchange(this.#server, authorized))
    return {
      status: answer.status,
      body: bodyOf(answer),
      etag: answer.headers.etag ?? '',
      revision: numberIn(answer.headers['ringdown-revision']),
      inForce: answer.headers['ringdown-in-force'] === 'true',
      ...warningsIn(answer.headers['ringdown-warnings']),
    }
  }

  /** Hands a long answer on piece by piece. @throws RequestRefusedError, ServerNotReachedError */
  async receive(id: OperationId, request: AnyRequest, take: (chunk: Buffer) => void): Promise<void> {
    const http = httpRequest(operations[id], request)
    await this.#untilAnswered(http, (authorized) => exchangeInPieces(this.#server, authorized, take))
  }

  /**
   * The entries of a list, page after page.
   * @param most entries; all where it is left out
   */
  async *entries<Entry = unknown>(
    id: OperationId,
    query: AnyRequest['query'] = {},
    most = Infinity,
  ): AsyncGenerator<Entry> {
    let cursor: string | null = null
    let left = most
    do {
      const limit = Math.min(left, this.#pageOf(id))
      const page = await this.askAny(id, { query: { ...query, limit, ...(cursor === null ? {} : { cursor }) } })
      const { items, next } = page.body as { items: readonly Entry[]; next: string | null }
      yield* items
      left -= items.length
      cursor = next
    } while (cursor !== null && left > 0)
  }

  /** What goes on at the moment comes in smaller pages. */
  #pageOf(id: OperationId): number {
    return id === 'listCalls' || id === 'listRegistrations' ? 200 : 1000
  }

  async #untilAnswered(request: HttpRequest, send: (request: HttpRequest) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    let token = this.#server.token()
    for (let tries = 1; ; tries++) {
      const headers = { ...request.headers, authorization: `Bearer ${token}` }
      const answer = await this.#sent({ ...request, headers }, send)
      const { status } = answer
      if (status >= 200 && status < 300) return answer
      const refusal = new RequestRefusedError(status, problemOf(status, bodyOf(answer)))
      if (tries === mostTries) throw refusal
      if (status === 401) {
        // The server may have been started anew since the token was read.
        const before = token
        token = this.#server.token()
        if (token === before) throw tokenRefused(this.#server, refusal)
      } else if (status === 429 || status === 503) {
        const pause = (numberIn(answer.headers['retry-after']) ?? Infinity) * 1000
        if (pause > longestPause) throw refusal
        await sleep(pause)
      } else throw refusal
    }
  }

  /** Sends once more what a lost connection may have kept from the server, where that is safe. */
  async #sent(request: HttpRequest, send: (request: HttpRequest) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      return await send(request)
    } catch (error) {
      const isSafe = request.method === 'GET' || request.headers['idempotency-key'] !== undefined
      if (!isSafe || !(error instanceof ServerNotReachedError) || !/closed the connection/.test(error.message))
        throw error
      await sleep(200)
      return send(request)
    }
  }
}

function httpRequest(operation: OperationDescription, request: AnyRequest): HttpRequest {
  const { method, path, sends, takesKey } = operation
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = request.path?.[name]
    if (value === undefined) throw new Error(`${method} ${path} needs ${name}`)
    return encodeURIComponent(String(value))
  })
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) query.set(name, String(value))
  const body = request.body === undefined || sends === null ? null : request.body
  return {
    method,
    path: query.size === 0 ? filled : `${filled}?${query}`,
    headers: {
      accept: 'application/json, text/*;q=0.9, */*;q=0.5',
      ...(body === null ? {} : { 'content-type': request.mediaType ?? sends ?? '' }),
      ...(takesKey ? { 'idempotency-key': randomUUID() } : {}),
      ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
    },
    body: body === null || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    patience,
  }
}

function bodyOf({ headers, body }: HttpAnswer): unknown {
  if (!/[/+]json\b/.test(headers['content-type'] ?? '')) return body === '' ? null : body
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

function tokenRefused(server: ServerAddress, refusal: RequestRefusedError): RequestRefusedError {
  const detail = server.renewsToken
    ? `The server at ${server.url.host} refuses the token of the data folder: does it run on another folder (--data)?`
    : 'The server refuses RINGDOWN_TOKEN: it may have ended; sign in again (POST /v1/tokens)'
  return new RequestRefusedError(refusal.status, { ...refusal.problem, detail })
}

/** What `Ringdown-Warnings` says; another version's server may say it in another way, which tells us nothing. */
function warningsIn(
  header: string | readonly string[] | undefined,
): Pick<Answer<unknown>, 'warnings' | 'moreWarnings'> {
  if (typeof header !== 'string') return { warnings: [], moreWarnings: 0 }
  try {
    const { warnings, more } = JSON.parse(header) as { warnings: readonly Problem[]; more: number }
    return { warnings, moreWarnings: more }
  } catch {
    return { warnings: [], moreWarnings: 0 }
  }
}

function numberIn(header: string | readonly string[] | undefined): number | null {
  const number = Number(header ?? Number.NaN)
  return Number.isFinite(number) ? number : null
}
