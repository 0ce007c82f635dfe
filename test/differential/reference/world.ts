/** The call and its surroundings, and who the caller is to whom he calls. */
import type { Call, Cause, Live, Party } from './decision.ts'
import type { BlockList, Company, Pbx, RingGroup, Trunk, User } from './document.ts'
import { countryOf, found, numbersOf, pbxOf, siteOf } from './document.ts'
import { readNumber } from './numbers.ts'

/** Facts and time change while a call goes on, so they are read anew at each step. */
export interface World {
  readonly company: Company
  readonly call: Call
  live: Live
  now: number
}

export type Caller =
  | { readonly user: User; readonly code: 'hide' | 'show' | null }
  | { readonly number: string; readonly name: string; readonly givenName: string; readonly anonymous: boolean }

/** How the call came to where it is. */
export interface Way {
  readonly caller: Caller
  readonly forwards: readonly (Party & { readonly cause: Cause })[]
  /** A list of account or PBX sent the caller on: these are not asked again. */
  readonly sentOn: boolean
}

export type Callee =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'group'; readonly group: RingGroup }
  | { readonly kind: 'nobody' }

export function partyOf(of: User | RingGroup): Party {
  return 'userName' in of ? { user: of.userName } : { ringGroup: of.id }
}

/** Whether somebody forwarded this call already. */
export function inChain(way: Way, of: User | RingGroup): boolean {
  const party = JSON.stringify(partyOf(of))
  return way.forwards.some(({ cause, ...by }) => cause !== undefined && JSON.stringify(by) === party)
}

export function withExtension(company: Company, pbx: Pbx, extension: string): Callee | null {
  const user = company.users.find((each) => each.extension === extension && pbxOf(company, each) === pbx)
  if (user !== undefined) return { kind: 'user', user }
  const group = company.ringGroups.find((each) => each.extension === extension && pbxOf(company, each) === pbx)
  return group === undefined ? null : { kind: 'group', group }
}

export function withDialCode(company: Company, dialled: string): Callee | null {
  const length = (pbx: Pbx) => pbx.dialCode?.length ?? 0
  for (const pbx of [...company.pbxs].sort((a, b) => length(b) - length(a))) {
    if (pbx.dialCode === undefined || !dialled.startsWith(pbx.dialCode)) continue
    const callee = withExtension(company, pbx, dialled.slice(pbx.dialCode.length))
    if (callee !== null) return callee
  }
  return null
}

/** Who has a number of the installation; null where it is none of ours. */
export function withNumber(company: Company, number: string): Callee | null {
  const itself = company.phoneNumbers.find((each) => each.number === number)
  if (itself === undefined || itself.status !== undefined) return null
  // A temporary number stands in for one that is being ported.
  const ours =
    company.phoneNumbers.find((each) => each.status !== undefined && each.temporaryNumber === number) ?? itself
  const user = company.users.find(({ userName }) => userName === ours.user)
  if (user !== undefined) return { kind: 'user', user }
  const group = company.ringGroups.find(({ id }) => id === ours.ringGroup)
  return group === undefined ? { kind: 'nobody' } : { kind: 'group', group }
}

export function isAnonymous(caller: Caller): boolean {
  return 'user' in caller ? caller.code === 'hide' : caller.anonymous
}

export function callerOf(company: Company, call: Call): Caller {
  if (call.trunk === undefined) return { user: found(company.users, (each) => each.userName === call.from), code: null }
  const trunk = found(company.trunks, ({ id }) => id === call.trunk)
  const number = numberFrom(company, trunk, call.from) ?? call.from
  const contact = company.contacts.find(({ phoneNumbers }) => phoneNumbers.some((each) => each.number === number))
  const givenName = call.name ?? ''
  const name = contact === undefined ? givenName : `${contact.firstName} ${contact.lastName}`
  return { number, name, givenName, anonymous: call.anonymous === true || call.from === '' }
}

/** A number as a trunk presents it, in E.164. */
export function numberFrom(company: Company, trunk: Trunk, written: string): string | null {
  const country = trunk.country ?? firstPbx(company).country
  const plus = trunk.numberFormat === 'e164-without-plus' && !written.startsWith('+') ? '+' : ''
  return readNumber(plus + written, country, undefined)
}

/** The PBX whose id comes first. */
export function firstPbx(company: Company): Pbx {
  return found(company.pbxs, (pbx) => company.pbxs.every(({ id }) => pbx.id <= id))
}

/** An entry of a block list or of the callers of a rule. `pbx` is that of the list; an account's has none. */
export function namesCaller(company: Company, entry: string, caller: Caller, pbx: Pbx | null): boolean {
  if (entry === 'anonymous') return isAnonymous(caller)
  const numbers = 'user' in caller ? numbersOf(company, caller.user) : [caller.number]
  if (entry.endsWith('*')) return numbers.some((number) => number.startsWith(entry.slice(0, -1)))
  if (entry.includes('-')) {
    const [first = '', last = ''] = entry.split('-')
    const inside = (number: string) => Number(first) <= Number(number) && Number(number) <= Number(last)
    return numbers.some((number) => number !== '' && inside(number))
  }
  if (entry.startsWith('+')) return numbers.includes(entry)
  if (!('user' in caller)) return false
  const here = pbx === null ? null : withExtension(company, pbx, entry)
  const callee = here ?? withDialCode(company, entry)
  return callee?.kind === 'user' && callee.user === caller.user
}

export function lists(company: Company, list: BlockList | undefined, caller: Caller, pbx: Pbx | null): boolean {
  return list?.callers.some((entry) => namesCaller(company, entry, caller, pbx)) ?? false
}

/** The first list that names the caller: account, PBX, user. */
export function blockingList(company: Company, way: Way, of: User | RingGroup) {
  const pbx = pbxOf(company, of)
  const shared = way.sentOn ? [] : [company.account, pbx]
  for (const owner of shared) {
    const list = owner.blockList
    if (list !== undefined && lists(company, list, way.caller, owner === pbx ? pbx : null)) return { list, own: false }
  }
  const own = 'blockList' in of ? of.blockList : undefined
  return own !== undefined && lists(company, own, way.caller, pbx) ? { list: own, own: true } : null
}

interface Shown {
  readonly shows: string
  readonly name: string
  readonly anonymous: boolean
}

export function fullName({ firstName, lastName }: User): string {
  return `${firstName} ${lastName}`
}

/** What a phone shows of the caller. */
export function shownTo(company: Company, caller: Caller, callee: User): Shown {
  if (isAnonymous(caller)) return { shows: 'anonymous', name: 'Anonymous', anonymous: true }
  if (!('user' in caller)) return { shows: caller.number, name: caller.name, anonymous: false }
  const name = caller.user.internalCallerId?.name ?? fullName(caller.user)
  const { extension, userName } = caller.user
  const pbx = pbxOf(company, caller.user)
  if (pbx === pbxOf(company, callee)) return { shows: extension, name, anonymous: false }
  if (pbx.dialCode !== undefined) return { shows: pbx.dialCode + extension, name, anonymous: false }
  // What calls him back from there: the extension if nobody else has it, a number, or nothing; then his name is shown.
  const having = company.pbxs.filter((each) => withExtension(company, each, extension) !== null)
  const shows = having.length === 1 ? extension : shownOutside(company, caller.user, null).shows
  return { shows: shows === '' ? userName : shows, name, anonymous: false }
}

/** What a carrier is told of a user as the caller: the number, and whether it must not show it. */
export function shownOutside(company: Company, user: User, code: 'hide' | 'show' | null) {
  const site = siteOf(company, user)
  const own = user.externalCallerId?.number ?? numbersOf(company, user)[0] ?? pbxOf(company, user).mainNumber
  const number = site.mainNumberForAll === true ? site.mainNumber : own
  // A shared number brings its name.
  const shared = company.phoneNumbers.find(({ number }) => number === user.externalCallerId?.number)?.sharedCallerId
  const ownName = shared?.displayName ?? user.externalCallerId?.name ?? fullName(user)
  const name = site.mainNumberForAll === true ? company.account.name : ownName
  return { shows: number ?? '', name, hidden: code === 'hide' || (code !== 'show' && user.blockCallerId === true) }
}

/** From where somebody calls: what lies elsewhere is abroad. */
export function callingCountry(world: World, owner: User | RingGroup): string {
  return ('callingCountry' in owner ? owner.callingCountry : undefined) ?? countryOf(world.company, owner)
}
