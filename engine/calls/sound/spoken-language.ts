/** In which language somebody is spoken to (BCP 47). */
import type { Snapshot, User } from '../../config/snapshot.ts'
import type { Party } from '../services.ts'

/** His own, else that of his site, which has the PBX's or the account's where it has none. */
export function languageOf(user: User): string {
  return user.language || user.site.language
}

/** Likewise of whoever a leg is; the account's for whoever comes by a trunk. */
export function languageOfParty(snapshot: Snapshot, { kind, id }: Party): string {
  const user = kind === 'user' ? snapshot.users.get(id) : undefined
  return user === undefined ? (snapshot.accounts[0]?.language ?? 'en') : languageOf(user)
}
