/** Responses that we send (RFC 3261 §8.2.6) and where they go (§18.2.2, RFC 3581 §4). */
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { findParameter, firstOfList, parameter } from './message.ts'
import type { Flow } from './transport.ts'
import { parseHostPort } from './uri.ts'

const phrases: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  181: 'Call Is Being Forwarded',
  183: 'Session Progress',
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  415: 'Unsupported Media Type',
  416: 'Unsupported URI Scheme',
  420: 'Bad Extension',
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

/** All Via (the top one with received and rport filled in), From, Call-ID, CSeq and To of `request`. */
export function responseHead(request: SipMessage, flow: Flow): ResponseHead {
  const lines =
    viaLines(request, flow) +
    request.lines(Header.from) +
    request.lines(Header.callId) +
    request.lines(Header.cseq) +
    request.lines(Header.to)
  return { lines: lines.slice(0, -2), tagged: request.toTag !== '' }
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

function viaLines(request: SipMessage, flow: Flow): string {
  const lines = request.lines(Header.via)
  const firstLine = request.header(Header.via)
  const top = firstOfList(firstLine)
  const rport = findParameter(top, 0, 'rport')
  let mended = top
  if (rport === '') mended = mended.replace(/;\s*rport(?![=\w])/i, `;rport=${flow.port}`)
  if (rport !== undefined || sentByHost(top) !== bracketed(flow.address)) {
    // A received parameter that came with the request is not ours to believe: the newest stands first.
    mended = `${withoutReceived(mended)};received=${flow.address}`
  }
  if (mended === top) return lines
  const start = lines.indexOf(top)
  return lines.slice(0, start) + mended + lines.slice(start + top.length)
}

function withoutReceived(via: string): string {
  return parameter(via, 'received') === '' ? via : via.replace(/;\s*received\s*=\s*[^;,\s]+/i, '')
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** host of a Via's sent-by in lower case, or ''. */
function sentByHost(via: string): string {
  return parseHostPort(sentBy(via))?.host ?? ''
}

/** `host[:port]` of one Via value, as it stands. */
export function sentBy(via: string): string {
  // "SIP/2.0/UDP host:port;params", blanks allowed round the slashes and the colon.
  const transport = via.indexOf('/', via.indexOf('/') + 1)
  let start = transport + 1
  while (via.charCodeAt(start) === 32) start++
  while (start < via.length && via.charCodeAt(start) !== 32 && via.charCodeAt(start) !== 9) start++
  const semicolon = via.indexOf(';', start)
  return via.slice(start, semicolon < 0 ? via.length : semicolon).trim()
}

/**
 * Where the responses to `request` go: back on the connection for streams; for UDP to the source, at its port where
 * it asked for that by rport (RFC 3581), else at the port of its Via (§18.2.2). A maddr is not followed: it would let a
 * stranger aim our answers at a third party.
 */
export function responseFlow(request: SipMessage, flow: Flow): Flow {
  if (flow.transport !== 'UDP') return flow
  const top = firstOfList(request.header(Header.via))
  if (findParameter(top, 0, 'rport') !== undefined) return flow
  const port = parseHostPort(sentBy(top))?.port ?? 0
  return port === flow.port ? flow : { ...flow, port: port === 0 ? 5060 : port }
}
