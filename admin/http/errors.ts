/** Turns whatever goes wrong in a request into a problem document. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { StoreError } from '../../engine/config/store/store-error.ts'
import type { ProblemType } from './problems.ts'
import { problemDocument, problemMediaType, RequestRefused } from './problems.ts'

/** Fastify's own refusals, in our words. */
const fastifyProblems: Readonly<Record<string, readonly [ProblemType, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too-large',
    'The body is longer than this address takes (1 MB; documents and sounds 64 MB): send less at once',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unknown-media-type',
    'Send JSON, with the header Content-Type: application/json (application/merge-patch+json for PATCH)',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid-request', 'The body is empty: send a JSON object'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid-request', 'The body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid-request', 'The body does not have the length that Content-Length says'],
  FST_ERR_CTP_EMPTY_TYPE: ['unknown-media-type', 'Say in Content-Type what the body is: application/json'],
  FST_ERR_BAD_URL: ['invalid-request', 'The address is not well-formed: check what is written with %'],
  FST_ERR_PARAM_LENGTH: ['address-too-long', 'A part of the address is longer than any id'],
  FST_ERR_MAX_PARAM_LENGTH: ['address-too-long', 'A part of the address is longer than any id'],
}

/** The refusal that an error stands for. What is nobody's mistake but ours is logged, with an id to find it by. */
function refusalOf(error: Error, request: FastifyRequest, log: Logger): RequestRefused {
  if (error instanceof RequestRefused) return error
  const code = (error as Partial<FastifyError>).code ?? ''
  const known = fastifyProblems[code]
  if (known !== undefined) return new RequestRefused(known[0], known[1])
  const status = (error as Partial<FastifyError>).statusCode ?? 500
  if (status >= 400 && status < 500) {
    return new RequestRefused(status === 404 ? 'not-found' : 'invalid-request', 'The request cannot be carried out')
  }
  if (error instanceof StoreError) return storeRefusal(error, logError(error, request, log))
  return new RequestRefused('internal-error', 'This is a mistake in the server, not in the request', {
    logId: logError(error, request, log),
  })
}

/** Of a database that is locked, full, damaged: what to do about it is said in its own words. */
export function storeRefusal(error: StoreError, logId?: string): RequestRefused {
  const members = logId === undefined ? {} : { logId }
  return new RequestRefused('not-ready', `Nothing was changed. ${error.message}`, members, { 'retry-after': '5' })
}

function logError(error: Error, request: FastifyRequest, log: Logger): string {
  const logId = randomBytes(6).toString('hex')
  log.error({ logId, method: request.method, route: request.routeOptions?.url ?? '', err: error }, 'A request failed')
  return logId
}

/** For `setErrorHandler` and Fastify's errors from before routing. */
export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const refusal = refusalOf(error, request, log)
  return reply
    .code(refusal.statusCode)
    .headers(refusal.headers)
    .header('content-type', problemMediaType)
    .serializer(JSON.stringify)
    .send(refusal.document())
}

/** What Node refuses before there is a request, by the code of its error, with the reason phrase. */
const unreadable: Readonly<Record<string, readonly [ProblemType, phrase: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    'headers-too-large',
    'Request Header Fields Too Large',
    'The header fields are longer than 16 KB together',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request-timeout',
    'Request Timeout',
    'The request had not come to its end after 60 seconds: nothing was changed, send it again, or less at once',
  ],
}

/** Answers bytes that are no HTTP request, or not yet a whole one: Node never made one of them. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const notHttp = ['invalid-request', 'Bad Request', 'This is not an HTTP/1.1 request'] as const
  const [type, phrase, detail] = unreadable[error.code ?? ''] ?? notHttp
  const document = problemDocument(type, detail)
  const body = JSON.stringify(document)
  socket.end(
    `HTTP/1.1 ${document.status} ${phrase}\r\nContent-Type: ${problemMediaType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
