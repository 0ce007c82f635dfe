/** Who is calling: as callees see him, as carriers see him, and as lists of callers know him. */
import { beginningKey, digitsOfKey, leadingDigits, placeOfKey } from '../config/number-key.ts'
import type { Callee, CallerList, Snapshot, Trunk, User } from '../config/snapshot.ts'
import type { Caller, ShownCaller, TrunkTarget } from './decision.ts'
import { extensionFromOtherPbxs, isMeantBy } from './extension.ts'
import { externalName, externalNumber, ownName } from './external-identity.ts'
import type { RoutePosition } from './position.ts'

/** Nothing of a withheld identity is handed on (RFC 3323 section 4.1.1.3). */
const anonymousCaller: ShownCaller = { user: 'anonymous', name: 'Anonymous', anonymous: true }

/** The caller as a user inside sees him: extension, dial code + extension, or number. */
export function callerShownTo(snapshot: Snapshot, callee: User, position: RoutePosition): ShownCaller {
  const caller = position.attempt.caller
  if (position.withheld === 'from everybody') return anonymousCaller
  if (caller.kind === 'trunk') {
    const name = contactName(snapshot, position.callerNumber) || caller.name
    return { user: position.callerNumber || caller.number, name, anonymous: false }
  }
  const user = caller.user
  if (user.pbx.account.id !== callee.pbx.account.id) return callerShownOutside(snapshot, position)
  const extension = user.pbx.id === callee.pbx.id ? user.extension : extensionFromOtherPbxs(snapshot, user)
  return {
    user: extension || externalNumber(snapshot, user) || caller.device.sipUserName,
    name: user.internalName,
    anonymous: false,
  }
}

/** The name of the contact who has a number, by id the first of several; '' for none. */
function contactName(snapshot: Snapshot, number: string): string {
  if (number === '' || snapshot.contactsByNumber.size === 0) return ''
  return snapshot.contactsByNumber.get(number)?.[0]?.displayName ?? ''
}

/** The caller as somebody outside the account sees him. */
function callerShownOutside(snapshot: Snapshot, position: RoutePosition): ShownCaller {
  const caller = position.attempt.caller
  if (position.withheld !== 'from nobody') return anonymousCaller
  if (caller.kind === 'trunk') {
    return { user: position.callerNumber || caller.number, name: caller.name, anonymous: false }
  }
  const number = externalNumber(snapshot, caller.user)
  return number === '' ? anonymousCaller : { user: number, name: externalName(snapshot, caller.user), anonymous: false }
}

/** What a carrier is shown and told of the caller. Numbers are E.164 or ''. */
export type CarrierIdentity = Pick<
  TrunkTarget,
  'callerNumber' | 'callerName' | 'assertedNumber' | 'assertedName' | 'hidden'
>

/** @param forwarder who sent the call out; `null` where the caller dialled the number */
export function carrierIdentity(
  snapshot: Snapshot,
  position: RoutePosition,
  trunk: Trunk,
  forwarder: Callee | null,
): CarrierIdentity {
  const { caller } = position.attempt
  const ofForwarder = forwarder === null || trunk.forwardedCallerId === 'original' ? null : forwarder
  const withheld = position.withheld !== 'from nobody'
  if (ofForwarder !== null && trunk.forwardedCallerId === 'forwarder') {
    const hidden = ofForwarder.kind === 'user' && ofForwarder.blockCallerId
    return identityOf(externalNumber(snapshot, ofForwarder), externalName(snapshot, ofForwarder), hidden)
  }
  const original =
    caller.kind === 'trunk'
      ? identityOf(position.callerNumber, caller.name, withheld)
      : identityOf(externalNumber(snapshot, caller.user), externalName(snapshot, caller.user), withheld)
  if (ofForwarder === null) return original
  const assertedNumber = externalNumber(snapshot, ofForwarder)
  return { ...original, assertedNumber, assertedName: externalName(snapshot, ofForwarder) }
}

/** The identity of an emergency call, which nothing hides: his own name, as the number is his own and not one that he shares. */
export function emergencyIdentity({ attempt: { caller } }: RoutePosition): CarrierIdentity {
  const name = caller.kind === 'trunk' ? caller.name : ownName(caller.user)
  return identityOf(callBackNumber(caller), name, false)
}

function identityOf(number: string, name: string, hidden: boolean): CarrierIdentity {
  return { callerNumber: number, callerName: name, assertedNumber: number, assertedName: name, hidden }
}

/** The number that emergency services can call back: his own before that of the site. */
function callBackNumber(caller: Caller): string {
  return caller.kind === 'trunk' ? '' : caller.user.primaryNumber || caller.user.site.mainNumber
}

/**
 * Whether a list names this caller.
 *
 * @param dialledFrom id of the PBX in which extensions of the list are dialled; '' for none
 */
export function listNames(snapshot: Snapshot, list: CallerList, dialledFrom: string, position: RoutePosition): boolean {
  const caller = position.attempt.caller
  if (list.anonymous && isAnonymous(position)) return true
  if (caller.kind === 'trunk') {
    const { callerNumber, callerKey } = position
    if (callerKey < 0) return false
    const leading = leadingDigits(beginningKey(callerKey, callerNumber.length - 1))
    return namesKey(list, callerKey, leading) || namesContact(snapshot, list, callerNumber)
  }
  const { user } = caller
  const lengths = list.extensionLengths & user.extensionLengths
  if (lengths !== 0 && namesExtension(snapshot, list, dialledFrom, user)) return true
  const keys = user.numberKeys
  for (let place = 0; place < keys.length; place += 2) {
    if (namesKey(list, keys[place] as number, keys[place + 1] as number)) return true
  }
  if (list.contacts !== null) for (const number of user.numbers) if (namesContact(snapshot, list, number)) return true
  return false
}

/** No identity that anybody could use, or one that is withheld. */
export function isAnonymous(position: RoutePosition): boolean {
  const caller = position.attempt.caller
  return position.withheld === 'from everybody' || (caller.kind === 'trunk' && position.callerNumber === '')
}

function namesExtension(snapshot: Snapshot, list: CallerList, dialledFrom: string, user: User): boolean {
  const { extension, extensionWithDialCode } = user
  const { extensions } = list
  if (extensions.has(extension) && isMeantBy(snapshot, extension, dialledFrom, user)) return true
  return extensions.has(extensionWithDialCode) && isMeantBy(snapshot, extensionWithDialCode, dialledFrom, user)
}

/** @param leading the key's `leadingDigits` */
function namesKey(list: CallerList, key: number, leading: number): boolean {
  const { numbers, ranges, beginnings } = list
  if (numbers.length > 0 && isAmong(numbers, key)) return true
  if (leading < list.lowestLeading || leading > list.highestLeading) return false
  if (isInRange(ranges, key)) return true
  const digits = digitsOfKey(key)
  return beginsAlike(beginnings, beginningKey(key, digits), digits)
}

function namesContact(snapshot: Snapshot, { contacts }: CallerList, number: string): boolean {
  if (contacts === null) return false
  for (const contact of snapshot.contactsByNumber.get(number) ?? []) if (contacts.has(contact.id)) return true
  return false
}

function isAmong(table: readonly number[], key: number): boolean {
  const places = table.length
  for (let place = placeOfKey(key, places); ; place = (place + 1) & (places - 1)) {
    const found = table[place]
    if (found === key) return true
    if (found === 0) return false
  }
}

/** Halving finds the only range that may hold the key. */
function isInRange(ranges: readonly number[], key: number): boolean {
  let low = 0
  let high = ranges.length >>> 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (key < (ranges[2 * middle] as number)) high = middle
    else if (key > (ranges[2 * middle + 1] as number)) low = middle + 1
    else return true
  }
  return false
}

function beginsAlike(beginnings: readonly number[], key: number, digits: number): boolean {
  let low = 0
  let high = beginnings.length / 3
  while (low < high) {
    const middle = (low + high) >>> 1
    if (key < (beginnings[3 * middle] as number)) high = middle
    else if (key > (beginnings[3 * middle + 1] as number)) low = middle + 1
    // Zeros were put behind a short number, and these are not its own.
    else return digits >= (beginnings[3 * middle + 2] as number)
  }
  return false
}
