/** Responses that we send (RFC 3261 §8.2.6) and where they go (§18.2.2, RFC 3581 §4). */
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { findParameter } from './message.ts'
import type { Flow } from './transport.ts'
import { bracketed, parseHostPort } from './uri.ts'

const phrases: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  183: 'Session Progress',
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
  421: 'Extension Required',
  422: 'Session Interval Too Small',
  423: 'Interval Too Brief',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  482: 'Loop Detected',
  483: 'Too Many Hops',
  486: 'Busy Here',
  487: 'Request Terminated',
  488: 'Not Acceptable Here',
  491: 'Request Pending',
  500: 'Server Internal Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Server Time-out',
  505: 'Version Not Supported',
  603: 'Decline',
}

/** The phrase that RFC 3261 §21 gives a status code. */
export function reasonPhrase(status: number): string {
  return phrases[status] ?? 'Unspecified'
}

/** What every response to one request has in common (§8.2.6.2); made once per transaction. */
export interface ResponseHead {
  /** Header lines up to the To, which stands last and without its line end, so that a tag can follow. */
  readonly lines: string
  /** The request's To already has a tag (it belongs to a dialog): none is added. */
  readonly tagged: boolean
}

/** What is repeated from the request besides To, in the order in which it came. */
const repeated: readonly boolean[] = Array.from({ length: 64 }, (_, id) =>
  ([Header.via, Header.from, Header.callId, Header.cseq, Header.timestamp] as readonly number[]).includes(id),
)

/**
 * All Via (the top one with received and rport filled in), From, Call-ID, CSeq and To of `request`; and its Timestamp,
 * which a 100 must repeat (§8.2.6.1) and the others may.
 */
export function responseHead(request: SipMessage, flow: Flow): ResponseHead {
  const lines = withReceived(request.passedLines(repeated), request.topVia, flow)
  if (request.has(Header.to)) return { lines: `${lines}To: ${request.to}`, tagged: request.toTag !== '' }
  // It is refused, and what stands last then is no place for a tag.
  return { lines: lines.slice(0, -2), tagged: true }
}

/**
 * The whole message.
 * @param toTag '' for none (100 Trying)
 * @param headers whole further lines with CRLF, Content-Type included, Content-Length not
 */
export function responseText(
  status: number,
  phrase: string,
  head: ResponseHead,
  toTag: string,
  headers: string,
  body: string,
): string {
  const tag = toTag === '' || head.tagged ? '' : `;tag=${toTag}`
  return `SIP/2.0 ${status} ${phrase}\r\n${head.lines}${tag}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** An answer that says nothing but its status, to a request inside a dialog: copies of that make the same one. */
export function plainResponse(status: number, head: ResponseHead): string {
  return responseText(status, reasonPhrase(status), head, '', '', '')
}

/** `lines` with received and rport filled in where `top`, the topmost Via, stands in them (§18.2.1, RFC 3581 §4). */
function withReceived(lines: string, top: string, flow: Flow): string {
  const rport = findParameter(top, 0, 'rport')
  const direct = rport === undefined && isFrom(top, flow.address)
  // A received parameter that came with the request is not ours to believe.
  let mended = withoutReceived(top)
  if (direct && mended === top) return lines
  if (rport === '') mended = mended.replace(/;\s*rport(?=\s*(;|$))/i, `;rport=${flow.port}`)
  if (!direct) mended += `;received=${flow.address}`
  const start = lines.indexOf(top)
  return lines.slice(0, start) + mended + lines.slice(start + top.length)
}

/** Is the sent-by host of this Via the address that the request came from? */
function isFrom(via: string, address: string): boolean {
  const start = sentByStart(via)
  const literal = bracketed(address)
  const after = via.charCodeAt(start + literal.length)
  // The usual ends of a host: a colon, a semicolon, a blank, or nothing.
  if (via.startsWith(literal, start) && (after === 58 || after === 59 || after === 32 || Number.isNaN(after)))
    return true
  return parseHostPort(sentBy(via))?.host === literal
}

function withoutReceived(via: string): string {
  if (findParameter(via, 0, 'received') === undefined) return via
  return via.replace(/;\s*received(\s*=\s*[^;\s]*)?\s*(?=;|$)/gi, '')
}

/** `host[:port]` of one Via value, as it stands. */
export function sentBy(via: string): string {
  const start = sentByStart(via)
  const semicolon = via.indexOf(';', start)
  return via.slice(start, semicolon < 0 ? via.length : semicolon).trim()
}

/** "SIP/2.0/UDP host:port;params": where the host begins; blanks are allowed round the slashes. */
function sentByStart(via: string): number {
  let start = via.indexOf('/', via.indexOf('/') + 1) + 1
  while (via.charCodeAt(start) === 32) start++
  while (start < via.length && via.charCodeAt(start) !== 32 && via.charCodeAt(start) !== 9) start++
  while (via.charCodeAt(start) === 32 || via.charCodeAt(start) === 9) start++
  return start
}

/**
 * Where the responses to `request` go: back on the connection for streams; for UDP to the source, at its port where
 * it asked for that by rport (RFC 3581), else at the port of its Via (§18.2.2). A maddr is not followed: it would let a
 * stranger aim our answers at a third party.
 */
export function responseFlow(request: SipMessage, flow: Flow): Flow {
  if (flow.transport !== 'UDP') return flow
  const top = request.topVia
  if (findParameter(top, 0, 'rport') !== undefined) return flow
  const port = parseHostPort(sentBy(top))?.port ?? 0
  return port === flow.port ? flow : { ...flow, port: port === 0 ? 5060 : port }
}
