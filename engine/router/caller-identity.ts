/** Who is calling: as callees see him, as carriers see him, and as lists of callers know him. */
import type { CallerList, Trunk, User } from '../config/snapshot.ts'
import type { Caller, ShownCaller } from './decision.ts'
import type { RoutePosition } from './position.ts'

/** Nothing of a withheld identity is handed on (RFC 3323 section 4.1.1.3). */
const anonymousCaller: ShownCaller = { user: 'anonymous', name: 'Anonymous', anonymous: true }

/** The caller as a user inside sees him: extension, dial code + extension, or number. */
export function callerShownTo(callee: User, position: RoutePosition): ShownCaller {
  const caller = position.attempt.caller
  if (position.withheld === 'from everybody') return anonymousCaller
  if (caller.kind === 'trunk') {
    return { user: position.callerNumber || caller.number, name: caller.name, anonymous: false }
  }
  const user = caller.user
  if (user.pbx.account !== callee.pbx.account) return callerShownOutside(position)
  const number = user.pbx === callee.pbx ? user.extension || user.externalNumber : user.extensionFromOtherPbxs
  return { user: number || caller.device.sipUserName, name: user.displayName, anonymous: false }
}

/** The caller as somebody outside the account sees him. */
export function callerShownOutside(position: RoutePosition): ShownCaller {
  const caller = position.attempt.caller
  if (position.withheld !== 'from nobody') return anonymousCaller
  if (caller.kind === 'trunk') {
    return { user: position.callerNumber || caller.number, name: caller.name, anonymous: false }
  }
  const number = caller.user.externalNumber
  return number === '' ? anonymousCaller : { user: number, name: caller.user.externalName, anonymous: false }
}

/** The number that the carrier is given, in E.164 or ''. */
export function carrierNumber(position: RoutePosition, trunk: Trunk, forwarder: User | null): string {
  const caller = position.attempt.caller
  if (forwarder !== null && trunk.forwardedCallerId === 'forwarder') return forwarder.externalNumber
  return caller.kind === 'trunk' ? position.callerNumber : caller.user.externalNumber
}

/** The name that the carrier is given. */
export function carrierName(position: RoutePosition, trunk: Trunk, forwarder: User | null): string {
  const caller = position.attempt.caller
  if (forwarder !== null && trunk.forwardedCallerId === 'forwarder') return forwarder.externalName
  return caller.kind === 'trunk' ? caller.name : caller.user.externalName
}

/** The number that emergency services can call back: his own before that of the site. */
export function callBackNumber(caller: Caller): string {
  return caller.kind === 'trunk' ? '' : caller.user.primaryNumber || caller.user.site.mainNumber
}

/** Whether a list names this caller. */
export function listNames(list: CallerList, position: RoutePosition): boolean {
  const caller = position.attempt.caller
  if (list.anonymous && isAnonymous(position)) return true
  if (caller.kind === 'trunk') return position.callerNumber !== '' && namesNumber(list, position.callerNumber)
  if (list.users.has(caller.user.id)) return true
  for (const number of caller.user.numbers) if (namesNumber(list, number)) return true
  return false
}

/** No identity that anybody could use, or one that is withheld. */
export function isAnonymous(position: RoutePosition): boolean {
  const caller = position.attempt.caller
  return position.withheld === 'from everybody' || (caller.kind === 'trunk' && caller.number === '')
}

function namesNumber(list: CallerList, number: string): boolean {
  if (list.numbers.has(number)) return true
  for (const prefix of list.prefixes) if (number.startsWith(prefix)) return true
  for (const range of list.ranges) {
    // Digits of one length compare like the numbers they are.
    if (number.length === range.first.length && number >= range.first && number <= range.last) return true
  }
  return false
}
