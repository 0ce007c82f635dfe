/** Keys for SRTP in the offer that begins a call. */
import { isSecure, parseSessionDescription } from '../../sdp/session-description.ts'
import { isReadableRtp, usableKey } from '../../sdp/srtp-keys.ts'
import type { SipMessage } from '../../sip/message.ts'
import type { Flow } from '../../sip/transport.ts'

/**
 * Why the keys of an offer that insists on them cannot be taken (488), as a reason phrase; '' where they can, or where there
 * are none. What is only willing to encrypt (RTP/AVP with keys) is served in the clear instead.
 */
export function faultOfKeys(invite: SipMessage, { transport }: Flow): string {
  // Most offers have none: they are not read for it.
  if (!invite.body.includes('RTP/SAVP')) return ''
  const description = parseSessionDescription(invite.body)
  for (const stream of description?.media ?? []) {
    if (stream.port === 0 || !isReadableRtp(stream) || !isSecure(stream)) continue
    if (transport !== 'TLS' && transport !== 'WSS') return 'SRTP Keys Are Taken Over TLS Only'
    if (usableKey(stream) === null) return 'No Usable SRTP Keys'
  }
  return ''
}
