/** Builds the attempt that a person means who writes a caller and a dialled string. */
import type { Device, Snapshot, Trunk, User } from '../config/snapshot.ts'
import type { Attempt, Caller } from './decision.ts'
import { holderOfDialCode, holderOfExtension } from './extension.ts'
import { numberFromTrunk, withoutSeparators } from './number.ts'

export type AttemptReading =
  | { readonly ok: true; readonly attempt: Attempt }
  | { readonly ok: false; readonly message: string }

/**
 * @param caller an extension (`1001`, `1001@domain`, dial code and extension), a user name, a SIP user name, an outside
 *   number, or `anonymous`; the last two call through the only or first trunk
 * @param dialled what is dialled, with `@domain` behind it if it matters
 */
export function attemptFromText(snapshot: Snapshot, caller: string, dialled: string): AttemptReading {
  const who = callerFromText(snapshot, caller.trim())
  if (typeof who === 'string') return { ok: false, message: who }
  const text = dialled.trim().replace(/^(sips?|tel):/i, '')
  const at = text.lastIndexOf('@')
  const user = at < 0 ? text : text.slice(0, at)
  const domain = at < 0 ? '' : text.slice(at + 1).toLowerCase()
  if (user === '') return { ok: false, message: 'Nothing is dialled: write an extension or a number.' }
  return { ok: true, attempt: { caller: who, dialled: user, domain, ownDiversions: 0 } }
}

function callerFromText(snapshot: Snapshot, text: string): Caller | string {
  if (text.toLowerCase() === 'anonymous') return fromTrunk(snapshot, '', true)
  const device = snapshot.devicesBySipUserName.get(text)
  const owner = device === undefined ? undefined : snapshot.users.get(device.userId)
  if (owner !== undefined) return fromDevice(owner, device)
  const users = usersNamed(snapshot, text)
  const [user] = users
  if (users.length === 1 && user !== undefined) return fromDevice(user, user.devices[0])
  if (users.length > 1) {
    const choices = users.map((each) => `${each.extension}@${each.pbx.domain} (${each.displayName})`)
    return `${text} is an extension of several PBXs: write ${choices.join(' or ')}.`
  }
  if (/^\+?[0-9().\- ]{5,}$/.test(text)) return fromTrunk(snapshot, withoutSeparators(text), false)
  return `No user, extension or number ${text}: write an extension, a user name, a number with + or: anonymous.`
}

function usersNamed(snapshot: Snapshot, text: string): User[] {
  const byId = snapshot.users.get(text)
  if (byId !== undefined) return [byId]
  const at = text.lastIndexOf('@')
  if (at >= 0) {
    const pbx = snapshot.pbxsByDomain.get(text.slice(at + 1).toLowerCase())
    const found = pbx === undefined ? undefined : holderOfExtension(snapshot, pbx.account, pbx.id, text.slice(0, at))
    return found?.kind === 'user' ? [found] : []
  }
  const found: User[] = []
  for (const pbx of snapshot.pbxsByDomain.values()) {
    const holder = holderOfExtension(snapshot, pbx.account, pbx.id, text)
    if (holder?.kind === 'user') found.push(holder)
  }
  if (found.length > 0) return found
  for (const account of snapshot.accounts) {
    const holder = holderOfDialCode(snapshot, account, text)
    if (holder?.kind === 'user') return [holder]
  }
  return found
}

function fromDevice(user: User, device: Device | undefined): Caller | string {
  if (device === undefined) return `${user.displayName} has no device to call from: add one under devices.`
  return { kind: 'device', user, device }
}

function fromTrunk(snapshot: Snapshot, number: string, anonymous: boolean): Caller | string {
  const trunk: Trunk | undefined = snapshot.trunks[0]
  if (trunk === undefined) return 'There is no trunk, so nobody outside can call: add one under trunks.'
  const usable = number === '' || numberFromTrunk(number, trunk) !== ''
  return usable
    ? { kind: 'trunk', trunk, number, name: '', anonymous }
    : `${number} is no phone number: write + and country code.`
}
