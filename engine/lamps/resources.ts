/** What can be watched, and whom the Request-URI of a SUBSCRIBE means. */
import type { Account, Snapshot, User } from '../config/snapshot.ts'
import { holderOfDialCode, holderOfExtension, holderOfUniqueExtension } from '../router/extension.ts'
import { decodeUser, escapeUser, parseUri, withoutUserParameters } from '../sip/uri.ts'

export interface Resource {
  /** See `LampSource`. */
  readonly key: string
  readonly account: Account
  /** Its URI in documents. */
  readonly entity: string
  readonly user: User
}

/** What a key means in this configuration; `null` where it is not there any more. */
export function resourceOf(snapshot: Snapshot, key: string): Resource | null {
  const user = snapshot.users.get(key)
  return user === undefined ? null : resourceOfUser(user)
}

/**
 * Whom a watcher means: by extension, with dial code or without, in the PBX that the domain names or, where the host is
 * only an address of ours, in his own; or by the SIP user name of a phone. `null`: nobody of his account.
 */
export function resourceNamed(
  snapshot: Snapshot,
  watcher: User,
  requestUri: string,
  isOwnHost: (host: string) => boolean,
): Resource | null {
  const uri = parseUri(requestUri)
  if (uri === null) return null
  const { account } = watcher.pbx
  const pbx = snapshot.pbxsByDomain.get(uri.host) ?? (isOwnHost(uri.host) ? watcher.pbx : undefined)
  if (pbx === undefined || pbx.account.id !== account.id) return null
  const name = withoutUserParameters(decodeUser(uri.user) ?? '')
  const callee =
    holderOfExtension(snapshot, account, pbx.id, name) ??
    holderOfDialCode(snapshot, account, name) ??
    holderOfUniqueExtension(snapshot, account, name)
  if (callee !== undefined) return callee.kind === 'user' ? resourceOfUser(callee) : null
  const device = snapshot.devicesBySipUserName.get(name)
  const user = device === undefined ? undefined : snapshot.users.get(device.userId)
  return user === undefined || user.pbx.account.id !== account.id ? null : resourceOfUser(user)
}

function resourceOfUser(user: User): Resource {
  const { id, pbx, extension, primaryNumber } = user
  return {
    key: id,
    account: pbx.account,
    entity: `sip:${escapeUser(extension || primaryNumber || id)}@${pbx.domain}`,
    user,
  }
}
