/** Emergency numbers before anybody has signed in and the router is asked: what was dialled decides alone (docs/trust.md). */
import type { Snapshot } from '../config/snapshot.ts'
import { isEmergencyForSomebody } from '../router/dialled.ts'
import { decodeUser, parseUri, withoutUserParameters } from '../sip/uri.ts'

/** Whether a Request-URI is an emergency number for anybody in this installation. */
export function dialsEmergency(snapshot: Snapshot, requestUri: string): boolean {
  const user = decodeUser(parseUri(requestUri)?.user ?? '')
  return user !== null && isEmergencyForSomebody(snapshot, withoutUserParameters(user))
}
