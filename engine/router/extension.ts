/** Who is meant by an extension, and by dial code and extension. */
import type { Account, Callee, Snapshot, User } from '../config/snapshot.ts'

/** Who has an extension in a PBX. */
export function holderOfExtension(snapshot: Snapshot, pbx: string, extension: string): Callee | undefined {
  const holder = snapshot.extensions.get(pbx)?.get(extension)
  return holder === undefined ? undefined : holderOf(snapshot, holder)
}

/** Whom a dial code followed by an extension means; a longer dial code comes before a shorter one. */
export function holderOfDialCode(snapshot: Snapshot, account: Account, dialled: string): Callee | undefined {
  const dialling = snapshot.dialling.get(account.id)
  if (dialling === undefined) return undefined
  for (const length of dialling.dialCodeLengths) {
    if (length >= dialled.length) continue
    const pbx = dialling.pbxsByDialCode.get(dialled.slice(0, length))
    if (pbx === undefined) continue
    const holder = holderOfExtension(snapshot, pbx, dialled.slice(length))
    if (holder !== undefined) return holder
  }
  return undefined
}

/** Who is dialled by his extension from other PBXs too: he alone has it, and his PBX has no dial code. */
export function holderOfUniqueExtension(snapshot: Snapshot, account: Account, extension: string): Callee | undefined {
  const key = snapshot.dialling.get(account.id)?.holdersByUniqueExtension.get(extension)
  const holder = key === undefined ? undefined : holderOf(snapshot, key)
  return holder !== undefined && holder.pbx.dialCode === '' ? holder : undefined
}

/** What colleagues in other PBXs dial to reach a user: dial code and extension, or his extension, or ''. */
export function extensionFromOtherPbxs(snapshot: Snapshot, user: User): string {
  const { extension, pbx } = user
  if (extension === '') return ''
  if (pbx.dialCode !== '') return pbx.dialCode + extension
  return holderOfUniqueExtension(snapshot, pbx.account, extension)?.id === user.id ? extension : ''
}

/**
 * Whether an extension in a list of callers means this user: in the PBX from which the list dials, else with a dial code,
 * else in any PBX.
 *
 * @param dialledFrom id of that PBX; '' for none
 */
export function isMeantBy(snapshot: Snapshot, digits: string, dialledFrom: string, user: User): boolean {
  const own = snapshot.extensions.get(dialledFrom)?.get(digits)
  if (own !== undefined) return own === user.id
  const other = holderOfDialCode(snapshot, user.pbx.account, digits)
  return other === undefined ? digits === user.extension : other.kind === 'user' && other.id === user.id
}

/** The same user or group in the newest configuration; `undefined` where there is none any more. */
export function newest(snapshot: Snapshot, callee: Callee): Callee | undefined {
  return callee.kind === 'user' ? snapshot.users.get(callee.id) : snapshot.ringGroups.get(callee.key)
}

/** Whom a key means; `undefined` where nobody is there any more. */
export function holderOf(snapshot: Snapshot, key: string): Callee | undefined {
  return snapshot.users.get(key) ?? snapshot.ringGroups.get(key)
}
