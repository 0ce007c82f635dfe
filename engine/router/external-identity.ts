/** What people outside see of a user or group: the number, and the name beside it (docs/identity.md). */
import type { Callee, Snapshot, User } from '../config/snapshot.ts'

/** E.164 or '': the site's where it says so for all, what he chose, his own, the PBX's; the first that there is. */
export function externalNumber(snapshot: Snapshot, of: Callee): string {
  const { site, pbx } = of
  if (site.mainNumberForAll && site.mainNumber !== '') return site.mainNumber
  // A group has no number of its own to show.
  if (of.kind === 'ringGroup') return site.mainNumber || pbx.mainNumber
  return chosenNumber(snapshot, of) || of.primaryNumber || pbx.mainNumber
}

/** The name that belongs to that number: a shared number brings its own. */
export function externalName(snapshot: Snapshot, of: Callee): string {
  const { site } = of
  if (site.mainNumberForAll && site.mainNumber !== '') return of.pbx.account.name
  if (of.kind === 'ringGroup') return of.displayName
  const chosen = chosenNumber(snapshot, of)
  const shared = chosen === '' ? '' : (snapshot.phoneNumbers.get(chosen)?.sharedName ?? '')
  return shared || ownName(of)
}

/** His own name for people outside, whatever the number: for whoever must know him, not the desk that he answers for. */
export function ownName(of: User): string {
  return of.externalName || of.displayName
}

/** His external caller ID while it may be shown: one of his own, his site's, or one that is shared. Looked up anew each time. */
function chosenNumber(snapshot: Snapshot, user: User): string {
  const number = user.externalNumber
  if (number === '' || number === user.site.mainNumber) return number
  const found = snapshot.phoneNumbers.get(number)
  return found !== undefined && (found.holder === user.id || found.sharedName !== '') ? number : ''
}
