/** Who is meant by an extension, and by dial code and extension. */
import type { Account, Callee, ParkSlot, Pbx, Snapshot, User } from '../config/snapshot.ts'
import { hasLength } from './lengths.ts'

/**
 * Who has an extension in a PBX.
 *
 * @param pbx id; '' for none
 */
export function holderOfExtension(
  snapshot: Snapshot,
  account: Account,
  pbx: string,
  extension: string,
): Callee | undefined {
  const lengths = snapshot.dialling.get(account.id)?.extensionLengths ?? 0
  // Numbers are longer than the longest extension, and so mostly is a dial code with what follows.
  if (!hasLength(lengths, extension.length)) return undefined
  return snapshot.extensions.get(pbx)?.find(extension, 0, extension.length)
}

/** The park slot that has an extension in a PBX; `undefined` where none has it. */
export function parkSlotOf(snapshot: Snapshot, pbx: Pbx, extension: string): ParkSlot | undefined {
  if (snapshot.parkSlots.size === 0) return undefined
  return snapshot.parkSlots.get(pbx.id)?.find((slot) => slot.extension === extension)
}

/** Whom a dial code followed by an extension means; a longer dial code comes before a shorter one. */
export function holderOfDialCode(snapshot: Snapshot, account: Account, dialled: string): Callee | undefined {
  const dialling = snapshot.dialling.get(account.id)
  if (dialling === undefined) return undefined
  for (const length of dialling.dialCodeLengths) {
    if (length >= dialled.length) continue
    const holder = dialling.extensionsByDialCode.find(dialled, 0, length)?.find(dialled, length, dialled.length)
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
  if (user.extensionWithDialCode !== '') return user.extensionWithDialCode
  const { extension, pbx } = user
  if (extension === '' || pbx.dialCode !== '') return ''
  return holderOfUniqueExtension(snapshot, pbx.account, extension)?.id === user.id ? extension : ''
}

/**
 * Whether an extension in a list of callers means this user: in the PBX from which the list dials, else with a dial code,
 * else in any PBX.
 *
 * @param dialledFrom id of that PBX; '' for none
 */
export function isMeantBy(snapshot: Snapshot, digits: string, dialledFrom: string, user: User): boolean {
  const { account } = user.pbx
  const meant = holderOfExtension(snapshot, account, dialledFrom, digits) ?? holderOfDialCode(snapshot, account, digits)
  return meant === undefined ? digits === user.extension : meant.kind === 'user' && meant.id === user.id
}

/** The same user or group in the newest configuration; `undefined` where there is none any more. */
export function newest(snapshot: Snapshot, callee: Callee): Callee | undefined {
  return callee.kind === 'user' ? snapshot.users.get(callee.id) : snapshot.ringGroups.get(callee.key)
}

/** Whom a key means; `undefined` where nobody is there any more. */
export function holderOf(snapshot: Snapshot, key: string): Callee | undefined {
  return snapshot.users.get(key) ?? snapshot.ringGroups.get(key)
}
