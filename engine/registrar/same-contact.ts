import { findParameter } from '../sip/message.ts'
import type { Uri } from '../sip/uri.ts'
import { decodeUser, parseUri, uriParameter } from '../sip/uri.ts'

/**
 * Whether two contact URIs are the same binding (RFC 3261 §10.3 step 7, compared as §19.1.4 says). Passwords and
 * header parts are not compared: contacts have none.
 */
export function isSameContact(left: string, right: string): boolean {
  if (left === right) return true
  const a = parseUri(left)
  const b = parseUri(right)
  if (a === null || b === null || a.scheme !== b.scheme) return false
  // An omitted port is not the same as the default one (§19.1.4).
  if (a.host !== b.host || a.port !== b.port || decodeUser(a.user) !== decodeUser(b.user)) return false
  // These count even where only one side has them; of others only those that both have.
  for (const name of ['transport', 'user', 'ttl', 'method', 'maddr']) {
    if (uriParameter(a, name)?.toLowerCase() !== uriParameter(b, name)?.toLowerCase()) return false
  }
  return agree(a, b)
}

function agree(a: Uri, b: Uri): boolean {
  for (const part of a.parameters.split(';')) {
    const name = (part.split('=')[0] ?? '').trim().toLowerCase()
    if (name === '') continue
    const other = findParameter(b.parameters, 0, name)
    if (other !== undefined && other.toLowerCase() !== findParameter(a.parameters, 0, name)?.toLowerCase()) return false
  }
  return true
}
