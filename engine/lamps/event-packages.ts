/** The event packages we speak, and what a SUBSCRIBE says of the one it is for (RFC 6665 §8.2.1). */
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { findParameter } from '../sip/message.ts'

export type PackageName = 'dialog' | 'message-summary' | 'presence'

export interface EventPackage {
  readonly name: PackageName
  readonly contentType: string
  /** So many NOTIFYs may leave one after the other; then one more each time the interval is over (ms). */
  readonly burst: number
  readonly interval: number
}

/** RFC 4235 §3.10, RFC 3842 §3.10 and RFC 3856 §6.10 say how often watchers may be told; bursts are ours. */
const packages: Readonly<Record<PackageName, EventPackage>> = {
  dialog: { name: 'dialog', contentType: 'application/dialog-info+xml', burst: 4, interval: 1000 },
  'message-summary': {
    name: 'message-summary',
    contentType: 'application/simple-message-summary',
    burst: 2,
    interval: 1000,
  },
  presence: { name: 'presence', contentType: 'application/pidf+xml', burst: 2, interval: 5000 },
}

export const allowEventsLine = 'Allow-Events: dialog, message-summary, presence\r\n'

/** The package of that name; `null` for one that we do not have. */
export function eventPackage(name: string): EventPackage | null {
  return name === 'dialog' || name === 'message-summary' || name === 'presence' ? packages[name] : null
}

/** The Event header of a request; `null` where it is missing or names a package that we do not have. */
export function eventOf(request: SipMessage): { readonly event: EventPackage; readonly eventId: string } | null {
  const value = request.header(Header.event)
  const semicolon = value.indexOf(';')
  const event = eventPackage((semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase())
  return event === null ? null : { event, eventId: findParameter(value, 0, 'id') ?? '' }
}

/** Whether the sender takes bodies of this type (RFC 6665 §3.1.3): without Accept he takes those of the package. */
export function takesType(request: SipMessage, contentType: string): boolean {
  if (!request.has(Header.accept)) return true
  const accepted = request.headers(Header.accept).join(',').toLowerCase()
  return accepted.includes(contentType) || accepted.includes('*/*') || accepted.includes('application/*')
}
