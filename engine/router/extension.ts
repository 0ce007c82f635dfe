/** Who is meant by an extension, and by dial code and extension. */
import type { Account, Snapshot, User } from '../config/snapshot.ts'

/** The user who has an extension in a PBX. */
export function userByExtension(snapshot: Snapshot, pbx: string, extension: string): User | undefined {
  return userOf(snapshot, snapshot.extensions.get(pbx)?.get(extension))
}

/** The user whom a dial code followed by an extension means; a longer dial code comes before a shorter one. */
export function userByDialCode(snapshot: Snapshot, account: Account, dialled: string): User | undefined {
  const dialling = snapshot.dialling.get(account.id)
  if (dialling === undefined) return undefined
  for (const length of dialling.dialCodeLengths) {
    if (length >= dialled.length) continue
    const pbx = dialling.pbxsByDialCode.get(dialled.slice(0, length))
    if (pbx === undefined) continue
    const user = userByExtension(snapshot, pbx, dialled.slice(length))
    if (user !== undefined) return user
  }
  return undefined
}

/** The user who is dialled by his extension from other PBXs too: he alone has it, and his PBX has no dial code. */
export function userByUniqueExtension(snapshot: Snapshot, account: Account, extension: string): User | undefined {
  const user = userOf(snapshot, snapshot.dialling.get(account.id)?.usersByUniqueExtension.get(extension))
  return user !== undefined && user.pbx.dialCode === '' ? user : undefined
}

/** What colleagues in other PBXs dial to reach a user: dial code and extension, or his extension, or ''. */
export function extensionFromOtherPbxs(snapshot: Snapshot, user: User): string {
  const { extension, pbx } = user
  if (extension === '') return ''
  if (pbx.dialCode !== '') return pbx.dialCode + extension
  return userByUniqueExtension(snapshot, pbx.account, extension)?.id === user.id ? extension : ''
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
  const other = userByDialCode(snapshot, user.pbx.account, digits)
  return other === undefined ? digits === user.extension : other.id === user.id
}

function userOf(snapshot: Snapshot, id: string | undefined): User | undefined {
  return id === undefined ? undefined : snapshot.users.get(id)
}
