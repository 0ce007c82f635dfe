/** Emergency numbers before anybody has signed in and the router is asked: what was dialled decides alone (docs/trust.md). */
import type { Snapshot } from '../config/snapshot.ts'
import { callPrefix } from '../router/dialled.ts'
import { decodeUser, parseUri, withoutUserParameters } from '../sip/uri.ts'

/** Whether a dialled string is an emergency number anywhere in this installation, alone or after an outside prefix. */
export function isEmergencyString(snapshot: Snapshot, dialled: string): boolean {
  const rest = callPrefix(dialled) === '' ? dialled : dialled.slice(3)
  return snapshot.emergencyStrings.has(rest)
}

/** The same of a Request-URI. */
export function dialsEmergency(snapshot: Snapshot, requestUri: string): boolean {
  const user = decodeUser(parseUri(requestUri)?.user ?? '')
  return user !== null && isEmergencyString(snapshot, withoutUserParameters(user))
}
