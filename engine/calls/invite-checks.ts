/** What is checked before anybody is asked for a password: syntax-like, stateless and cheap (docs/trust.md). */
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { splitList } from '../sip/message.ts'

export interface CheckFailure {
  readonly status: number
  readonly phrase: string
  /** Whole lines. */
  readonly headers: string
}

/** 420 for extensions we were told to have and do not (RFC 3261 §8.2.2.3). `supported`: option tags, lower case. */
export function checkRequired(request: SipMessage, supported: readonly string[]): CheckFailure | null {
  if (!request.has(Header.require) && !request.has(Header.proxyRequire)) return null
  const missing: string[] = []
  for (const id of [Header.require, Header.proxyRequire]) {
    for (const line of request.headers(id)) {
      for (const tag of splitList(line)) if (!supported.includes(tag.toLowerCase())) missing.push(tag)
    }
  }
  if (missing.length === 0) return null
  return { status: 420, phrase: 'Bad Extension', headers: `Unsupported: ${missing.join(', ')}\r\n` }
}

/** The body of an INVITE is a session description, or has parts one of which may be (RFC 3261 §8.2.3). */
export function checkBody(request: SipMessage): CheckFailure | null {
  if (!accepts(request)) return { status: 406, phrase: 'Not Acceptable', headers: '' }
  const encoding = request.header(Header.contentEncoding).toLowerCase()
  if (encoding !== '' && encoding !== 'identity') {
    return { status: 415, phrase: 'Unsupported Content-Encoding', headers: 'Accept-Encoding: identity\r\n' }
  }
  const { body } = request
  if (body === '') return null
  const type = mediaType(request.header(Header.contentType))
  if (type === '') return { status: 400, phrase: 'Missing Content-Type Header', headers: '' }
  if (type.startsWith('multipart/')) return null
  if (type !== 'application/sdp') {
    return { status: 415, phrase: 'Unsupported Media Type', headers: 'Accept: application/sdp\r\n' }
  }
  // RFC 8866 §5: a description begins with its version.
  return body.startsWith('v=') ? null : { status: 400, phrase: 'Malformed Session Description', headers: '' }
}

/** type/subtype in lower case without parameters. */
export function mediaType(value: string): string {
  const semicolon = value.indexOf(';')
  return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase()
}

/** Would the sender take a session description in answer (RFC 3261 §21.4.7)? */
function accepts(request: SipMessage): boolean {
  if (!request.has(Header.accept)) return true
  const accepted = request.headers(Header.accept).join(',').toLowerCase()
  return accepted.includes('application/sdp') || accepted.includes('application/*') || accepted.includes('*/*')
}
