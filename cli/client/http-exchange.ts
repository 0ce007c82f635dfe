/** One request and its answer over HTTP, with what went wrong on the way in words for people. */
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { ServerNotReachedError } from './api-error.ts'
import type { ServerAddress } from './server-address.ts'

export interface HttpRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
  /** Longest wait without a sign of life, in milliseconds. */
  readonly patience: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A longer answer is not ours. Bytes. */
const longestAnswer = 256 * 1024 * 1024

/** @throws ServerNotReachedError */
export async function exchange(server: ServerAddress, request: HttpRequest): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  const answer = await receive(server, request, (chunk) => {
    length += chunk.length
    if (length > longestAnswer) throw new ServerNotReachedError(`${server.url.host} answers without end`)
    chunks.push(chunk)
  })
  return { ...answer, body: Buffer.concat(chunks).toString('utf8') }
}

/**
 * Hands the body of a good answer on piece by piece; that of a refusal is kept and given.
 * @throws ServerNotReachedError
 */
export async function exchangeInPieces(
  server: ServerAddress,
  request: HttpRequest,
  take: (chunk: Buffer) => void,
): Promise<HttpAnswer> {
  const kept: Buffer[] = []
  const answer = await receive(server, request, (chunk, status) => {
    if (status >= 200 && status < 300) take(chunk)
    else if (kept.length < 1000) kept.push(chunk)
  })
  return { ...answer, body: Buffer.concat(kept).toString('utf8') }
}

function receive(
  server: ServerAddress,
  request: HttpRequest,
  take: (chunk: Buffer, status: number) => void,
): Promise<Omit<HttpAnswer, 'body'>> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      sent.destroy()
      reject(error instanceof ServerNotReachedError ? error : notReached(server, error))
    }
    const answered = (answer: IncomingMessage) => {
      const status = answer.statusCode ?? 0
      answer.on('data', (chunk: Buffer) => {
        try {
          take(chunk, status)
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)))
        }
      })
      answer.once('error', fail)
      answer.once('end', () => resolve({ status, headers: answer.headers }))
    }
    const sent = open(server, request, answered)
    sent.once('error', fail)
    sent.setTimeout(request.patience, () => fail(new Error(`no answer within ${request.patience / 1000} s`)))
    sent.end(request.body ?? undefined)
  })
}

function open(
  server: ServerAddress,
  { method, path, headers, body }: HttpRequest,
  answered: (_: IncomingMessage) => void,
) {
  const { url, certificate } = server
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options: RequestOptions = { method, headers: { ...headers, ...length }, agent: false }
  const target = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url)
  if (url.protocol === 'http:') return requestPlain(target, options, answered)
  if (certificate === '') return requestSecure(target, options, answered)
  // The server of this machine is known by its certificate itself, whatever name stands in it and whoever signed it.
  const trusted = {
    ca: readCertificate(certificate),
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
  }
  return requestSecure(target, { ...options, ...trusted }, answered)
}

function readCertificate(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ServerNotReachedError(`The certificate ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function notReached(server: ServerAddress, error: Error): ServerNotReachedError {
  const { host, protocol } = server.url
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const words = (text: string) => new ServerNotReachedError(text)
  if (code === 'ECONNREFUSED') return words(`Nobody listens at ${host}: ${server.advice}`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return words(`There is no host ${host}: ${server.advice}`)
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const tls = protocol === 'http:' ? ' (if it speaks TLS, its address begins with https)' : ''
    return words(`${host} closed the connection${tls}: try again`)
  }
  if (/^(ERR_SSL|EPROTO)/.test(code)) return words(`${host} does not speak TLS: its address begins with http://`)
  if (/CERT|SIGNED|ISSUER|ERR_TLS/.test(code)) {
    return words(
      `The certificate of ${host} is not trusted (${error.message}): name the server as in its certificate, ` +
        'and give its authority with NODE_EXTRA_CA_CERTS',
    )
  }
  return words(`${host} cannot be asked (${error.message}): ${server.advice}`)
}
