/** What a phone says of a session that it does not take (docs/tracing.md). */
import { sessionDescriptionIn } from '../../sdp/body-part.ts'
import { codecNames } from '../../sdp/codecs-compared.ts'
import { parseSessionDescription } from '../../sdp/session-description.ts'
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'

/** RFC 3261 §21.4.26, §21.6.4: there is no session that both could have. */
export function isSessionRefusal(status: number): boolean {
  return status === 488 || status === 606
}

/** @returns `488: offered PCMA, takes G722`; without what is not known */
export function refusedSession(offer: string, response: SipMessage): string {
  const offered = codecNames(parseSessionDescription(offer))
  const part = sessionDescriptionIn(response.header(Header.contentType), response.body)
  const takes = part === null ? '' : codecNames(parseSessionDescription(response.body.slice(part.start, part.end)))
  return `${response.status}${offered === '' ? '' : `: offered ${offered}`}${takes === '' ? '' : `, takes ${takes}`}`
}
