/** What a peer says it can do: option tags (RFC 3261 §19.2) and methods (§20.5). */
import type { HeaderId } from './header-names.ts'
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { splitList } from './message.ts'

/** Does header `id` (Supported, Require) list `tag`? `tag` in lower case. */
export function hasOptionTag(message: SipMessage, id: HeaderId, tag: string): boolean {
  if (!message.has(id)) return false
  for (const line of message.headers(id)) {
    for (const value of splitList(line)) if (value.toLowerCase() === tag) return true
  }
  return false
}

/** Does Allow name this method? A message without Allow says nothing, which counts as no. */
export function allowsMethod(message: SipMessage, method: string): boolean {
  if (!message.has(Header.allow)) return false
  for (const line of message.headers(Header.allow)) {
    // Most lines do not have it, and need not be taken apart.
    if (line.includes(method) && splitList(line).includes(method)) return true
  }
  return false
}
