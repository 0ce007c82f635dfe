/** What is checked of a MESSAGE before anybody is asked for a password: stateless and cheap (docs/trust.md). */
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import type { CheckFailure } from '../invite-checks.ts'
import { mediaType } from '../invite-checks.ts'

/** Longest body, in bytes. RFC 3428 §8 has whole requests of 1300 where the way is not known to be reliable. */
export const longestMessage = 4096

/** That somebody writes at this moment (RFC 3994): worth nothing later. */
export const composingType = 'application/im-iscomposing+xml'

const taken: ReadonlySet<string> = new Set(['message/cpim', 'message/imdn+xml', composingType])
const acceptLine = `Accept: text/*, multipart/*, ${[...taken].join(', ')}\r\n`

/** Whether messages of this type are handed on. `type`: in lower case without parameters. */
function isTaken(type: string): boolean {
  return type.startsWith('text/') || type.startsWith('multipart/') || taken.has(type)
}

export function checkMessage(request: SipMessage): CheckFailure | null {
  const encoding = request.header(Header.contentEncoding).toLowerCase()
  if (encoding !== '' && encoding !== 'identity') {
    return { status: 415, phrase: 'Unsupported Content-Encoding', headers: 'Accept-Encoding: identity\r\n' }
  }
  const type = mediaType(request.header(Header.contentType))
  if (type === '') return { status: 400, phrase: 'Missing Content-Type Header', headers: '' }
  if (!isTaken(type)) return { status: 415, phrase: 'Unsupported Media Type', headers: acceptLine }
  if (request.body.length > longestMessage) {
    return { status: 413, phrase: `Message Longer Than ${longestMessage} Bytes`, headers: '' }
  }
  return null
}

/** Whether the message only tells that somebody writes. */
export function tellsComposing(request: SipMessage): boolean {
  return mediaType(request.header(Header.contentType)) === composingType
}
