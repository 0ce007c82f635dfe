/** The header fields of session timers: Session-Expires and Min-SE (RFC 4028 §4, §5). */
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { findParameter, leadingNumber } from './message.ts'

export interface SessionExpires {
  /** Seconds. */
  readonly interval: number
  /** Which side of this request and its answer refreshes the session; '' where it is not said. */
  readonly refresher: 'uac' | 'uas' | ''
}

/** `null` where there is none, or none that can be read. */
export function sessionExpiresOf(message: SipMessage): SessionExpires | null {
  if (!message.has(Header.sessionExpires)) return null
  const value = message.header(Header.sessionExpires)
  const interval = secondsOf(value)
  if (interval < 0) return null
  const refresher = (findParameter(value, 0, 'refresher') ?? '').toLowerCase()
  return { interval, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : '' }
}

/** The least interval that whoever sent this agrees to (s); 0 where it does not say. */
export function minimumOf(message: SipMessage): number {
  if (!message.has(Header.minSessionExpires)) return 0
  return Math.max(0, secondsOf(message.header(Header.minSessionExpires)))
}

function secondsOf(value: string): number {
  const semicolon = value.indexOf(';')
  return leadingNumber(semicolon < 0 ? value : value.slice(0, semicolon))
}
