import type { User } from '../../config/snapshot.ts'
import type { ShownCaller } from '../../router/decision.ts'
import { escapeUser, quotedDisplayName } from '../../sip/uri.ts'

/** Lines by which a user's phone shows with whom he is connected (RFC 3325 §9.1); '' where the caller is hidden. */
export function shownOf(shown: ShownCaller, to: User): string {
  if (shown.anonymous || shown.user === '') return ''
  const name = quotedDisplayName(shown.name)
  return `P-Asserted-Identity: ${name}<sip:${escapeUser(shown.user)}@${to.pbx.domain}>\r\n`
}
