/** What is checked of a SUBSCRIBE before anybody is asked for a password: stateless and cheap (docs/trust.md). */
import { contactUri } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import { allowEventsLine, eventOf, takesType } from './event-packages.ts'

/** Seconds: shorter ones get 423; longer ones are cut. */
export const shortestSubscription = 60
/** Also the default: what RFC 4235 §3.4, RFC 3842 §3.4 and RFC 3856 §6.4 have. */
export const longestSubscription = 3600

export interface SubscribeProblem {
  readonly status: number
  readonly phrase: string
  /** Whole lines. */
  readonly headers: string
}

export function checkSubscribe(request: SipMessage): SubscribeProblem | null {
  const found = eventOf(request)
  // Without Event as well: nobody could say what is meant (RFC 6665 §7.2.1 would have it be older than packages are).
  if (found === null) return { status: 489, phrase: 'Bad Event', headers: allowEventsLine }
  if (contactUri(request) === '') return { status: 400, phrase: 'Missing Contact Header', headers: '' }
  const { contentType } = found.event
  if (!takesType(request, contentType)) {
    return { status: 406, phrase: 'Not Acceptable', headers: `Accept: ${contentType}\r\n` }
  }
  const seconds = secondsAsked(request)
  if (seconds > 0 && seconds < shortestSubscription) {
    return { status: 423, phrase: reasonPhrase(423), headers: `Min-Expires: ${shortestSubscription}\r\n` }
  }
  return null
}

/** For how long it asks; what is missing or malformed counts as the default, as in a REGISTER. */
export function secondsAsked(request: SipMessage): number {
  const text = request.header(Header.expires)
  return /^\d+$/.test(text) ? Math.min(Number(text), longestSubscription) : longestSubscription
}
