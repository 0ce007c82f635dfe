/** What can be watched, and whom the Request-URI of a SUBSCRIBE means. */
import type { Account, ParkSlot, Pbx, Snapshot, User } from '../config/snapshot.ts'
import { holderOfDialCode, holderOfExtension, holderOfUniqueExtension, parkSlotOf } from '../router/extension.ts'
import { decodeUser, escapeUser, parseUri, withoutUserParameters } from '../sip/uri.ts'
import { keyOfSlot } from './lamp-dialog.ts'

export interface Resource {
  /** See `LampSource`. */
  readonly key: string
  readonly account: Account
  /** Id of its PBX. */
  readonly pbx: string
  /** Its URI in documents. */
  readonly entity: string
  /** `null`: it is a park slot. */
  readonly user: User | null
}

/** Made once for each configuration, when somebody watches a slot. */
const slotsBySnapshot = new WeakMap<Snapshot, ReadonlyMap<string, Resource>>()

/** What a key means in this configuration; `null` where it is not there any more. */
export function resourceOf(snapshot: Snapshot, key: string): Resource | null {
  const user = snapshot.users.get(key)
  if (user !== undefined) return resourceOfUser(user)
  return key.startsWith(keyOfSlot('')) ? (slotsOf(snapshot).get(key) ?? null) : null
}

/**
 * Whom a watcher means: by extension, with dial code or without, in the PBX that the domain names or, where the host is
 * only an address of ours, in his own; or by the SIP user name of a phone. Park slots by their extensions.
 * `null`: nobody of his account.
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
  const slot = parkSlotOf(snapshot, pbx, name)
  if (slot !== undefined) return resourceOfSlot(slot, pbx)
  const device = snapshot.devicesBySipUserName.get(name)
  const user = device === undefined ? undefined : snapshot.users.get(device.userId)
  return user === undefined || user.pbx.account.id !== account.id ? null : resourceOfUser(user)
}

function resourceOfUser(user: User): Resource {
  const { id, pbx, extension, primaryNumber } = user
  return {
    key: id,
    account: pbx.account,
    pbx: pbx.id,
    entity: `sip:${escapeUser(extension || primaryNumber || id)}@${pbx.domain}`,
    user,
  }
}

function resourceOfSlot({ id, extension }: ParkSlot, pbx: Pbx): Resource {
  const entity = `sip:${escapeUser(extension)}@${pbx.domain}`
  return { key: keyOfSlot(id), account: pbx.account, pbx: pbx.id, entity, user: null }
}

/** Slots stand by PBX in a snapshot; those who watch them know their ids. */
function slotsOf(snapshot: Snapshot): ReadonlyMap<string, Resource> {
  const known = slotsBySnapshot.get(snapshot)
  if (known !== undefined) return known
  const slots = new Map<string, Resource>()
  for (const pbx of snapshot.pbxsByDomain.values()) {
    for (const slot of snapshot.parkSlots.get(pbx.id) ?? []) {
      const resource = resourceOfSlot(slot, pbx)
      slots.set(resource.key, resource)
    }
  }
  slotsBySnapshot.set(snapshot, slots)
  return slots
}
