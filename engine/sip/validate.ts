/**
 * What a request owes before anybody looks at its meaning (RFC 3261 §8.1.1, §16.3, RFC 4475 §3.1.2, §3.3): a status
 * with a phrase that names the header, so that whoever sent it can mend it.
 */
import type { HeaderId } from './header-names.ts'
import { Header, headerTitle } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { cseqMethod, endOfQuoted, firstOfList, leadingNumber, parameterOfAddress, splitList } from './message.ts'
import { sentBy } from './response.ts'
import { parseHostPort, parseNameAddress, parseUri } from './uri.ts'

export interface Problem {
  readonly status: number
  readonly phrase: string
}

const mandatory: readonly HeaderId[] = [Header.from, Header.to, Header.callId, Header.cseq]
/** Headers that must not come twice: two values would let two readers see two different messages. */
const single: readonly HeaderId[] = [
  Header.from,
  Header.to,
  Header.callId,
  Header.cseq,
  Header.maxForwards,
  Header.contentLength,
  Header.contentType,
]

/** `null`: nothing is wrong with the form of this request. */
export function validateRequest(request: SipMessage): Problem | null {
  if (request.startLineProblem === 'version') return { status: 505, phrase: 'Version Not Supported' }
  if (request.startLineProblem === 'form') return bad('Malformed Request-Line')
  if (request.malformedHeaderLine) return bad('Malformed Header Line')
  if (request.endsInHeaders) return bad('No Empty Line After Headers')
  for (const id of mandatory) if (!request.has(id)) return bad(`Missing ${headerTitle[id]} Header`)
  for (const id of single) if (request.isRepeated(id)) return bad(`Multiple ${headerTitle[id]} Headers`)
  if (request.callId === '') return bad('Empty Call-ID Header')
  if (request.cseq < 0 || cseqMethod(request) !== request.method) return bad('Malformed CSeq Header')
  const address = addressProblem(request.from, 'From') ?? addressProblem(request.to, 'To')
  if (address !== null) return address
  if (isMalformedVia(request.topVia)) return bad('Malformed Via Header')
  if (request.has(Header.contact) && hasMalformedContact(request)) return bad('Malformed Contact Header')
  if (request.has(Header.maxForwards)) {
    const hops = leadingNumber(request.header(Header.maxForwards))
    if (hops < 0 || hops > 255) return bad('Malformed Max-Forwards Header')
  }
  return lengthProblem(request) ?? uriProblem(request.requestUri)
}

/** May this response be looked at? Others are dropped: nobody answers a response. */
export function isUsableResponse(response: SipMessage): boolean {
  return (
    response.cseq >= 0 &&
    response.method !== '' &&
    hasOneVia(response) &&
    response.has(Header.from) &&
    response.has(Header.to) &&
    response.callId !== '' &&
    !response.malformedHeaderLine &&
    !response.endsInHeaders &&
    lengthProblem(response) === null
  )
}

/** §8.1.3.3: a response with more than one Via value was sent astray. */
function hasOneVia(response: SipMessage): boolean {
  if (!response.has(Header.via) || response.isRepeated(Header.via)) return false
  const via = response.header(Header.via)
  return firstOfList(via) === via
}

function bad(phrase: string): Problem {
  return { status: 400, phrase }
}

function addressProblem(value: string, name: string): Problem | null {
  if (isMalformedAddress(value)) return bad(`Malformed ${name} Header`)
  return parameterOfAddress(value, 'tag').length > 256 ? bad(`Malformed ${name} Header`) : null
}

/** §20.10: a name-addr or addr-spec with its parameters. */
function isMalformedAddress(value: string): boolean {
  // The usual forms, <sip:...>;tag=... and Ann <sip:...>;tag=..., are seen at a glance.
  const open = value.charCodeAt(0) === 34 ? -1 : value.indexOf('<')
  const afterUri = open < 0 ? 0 : value.indexOf('>', open) + 1
  if (afterUri > open + 2 && (afterUri === value.length || value.charCodeAt(afterUri) === 59)) {
    return hasEmptyParameter(value, afterUri)
  }
  const address = parseNameAddress(value)
  return address === null || hasEmptyParameter(address.parameters, 0)
}

/** `*` and lists count as well formed here; what they mean is for those who use them (§10.3). */
function hasMalformedContact(request: SipMessage): boolean {
  if (!request.isRepeated(Header.contact)) {
    const value = request.header(Header.contact)
    if (value.indexOf(',') < 0) return value !== '*' && isMalformedAddress(value)
  }
  for (const line of request.headers(Header.contact)) {
    for (const value of splitList(line)) if (value !== '*' && isMalformedAddress(value)) return true
  }
  return false
}

/** The topmost Via is the one that we act on: it names a host, and no parameter is empty (§20.42). */
function isMalformedVia(via: string): boolean {
  return parseHostPort(sentBy(via)) === null || hasEmptyParameter(via, 0)
}

/**
 * Do two semicolons from `from` on have no parameter between them (RFC 4475 §3.1.2.1)? A single one at the end, which
 * some phones leave there, does no harm.
 */
function hasEmptyParameter(value: string, from: number): boolean {
  const quoted = value.indexOf('"', from) >= 0
  let position = value.indexOf(';', from)
  while (position >= 0) {
    let next = position + 1
    while (value.charCodeAt(next) === 32 || value.charCodeAt(next) === 9) next++
    if (value.charCodeAt(next) === 59) return true
    position = quoted ? semicolonOutsideQuotes(value, next) : value.indexOf(';', next)
  }
  return false
}

function semicolonOutsideQuotes(value: string, from: number): number {
  for (let position = from; position < value.length; position++) {
    const code = value.charCodeAt(position)
    if (code === 59) return position
    if (code === 34) position = endOfQuoted(value, position) - 1
  }
  return -1
}

/** §18.3: a body shorter than Content-Length says is not whole. (A longer datagram is cut, without complaint.) */
function lengthProblem(message: SipMessage): Problem | null {
  if (!message.has(Header.contentLength)) return null
  const length = leadingNumber(message.header(Header.contentLength))
  if (length < 0) return bad('Malformed Content-Length Header')
  return message.bodyStart + length > message.raw.length ? bad('Content-Length Exceeds Message') : null
}

function uriProblem(requestUri: string): Problem | null {
  if (requestUri.charCodeAt(0) === 60) return bad('Request-URI In Angle Brackets')
  const uri = parseUri(requestUri)
  if (uri === null) return bad('Malformed Request-URI')
  if (uri.scheme !== 'sip' && uri.scheme !== 'sips' && uri.scheme !== 'tel') {
    return { status: 416, phrase: 'Unsupported URI Scheme' }
  }
  return null
}
