/** The company of the benchmark "route": entities as the database hands them to the compiler, of any size. */
import type { ChangedEntity } from '../engine/config/compile/changes-by-kind.ts'
import type { Body, Kind } from '../engine/config/entities/kind.ts'

/** Users of a PBX: what dials to another one begins with its dial code. */
const usersOfPbx = 1000
/** One user in so many has ten rules, and one in a thousand a block list of his own. */
const rulesEvery = 10
const listEvery = 1000
const entriesOfList = 1000

export interface RouteUser {
  readonly pbx: number
  /** Within the PBX. */
  readonly extension: string
  readonly dialCode: string
}

/** Everything about user N follows from N. */
export function routeUser(index: number): RouteUser {
  const pbx = Math.floor(index / usersOfPbx)
  return { pbx, extension: String(1000 + (index % usersOfPbx)), dialCode: String(20_000 + pbx) }
}

export function userId(index: number): string {
  return `u${index}`
}

/** Whether a user is the first of a chain: his calls go on three times (see `routeEntities`). */
export function beginsChain(index: number): boolean {
  return index % 100 === 51
}

/** Whether calls to a user stay with him. */
export function isPlain(index: number): boolean {
  const place = index % 100
  return place < 51 || place > 53
}

/**
 * PBXs of a thousand users each, who have a phone and a number. The account and each PBX have block lists of 1000 entries
 * (exact numbers, prefixes, ranges and extensions), and so has one user in a thousand. One user in ten has ten rules, most of
 * which are looked at and do not apply. Users 51, 52 and 53 of each hundred forward all calls to the next.
 */
export function* routeEntities(count: number): Generator<ChangedEntity> {
  const pbxs = Math.max(1, Math.ceil(count / usersOfPbx))
  yield entity('account', 'account', { id: 'account', name: 'Bench', blockList: { callers: blockedCallers(0, count) } })
  for (let pbx = 0; pbx < pbxs; pbx++) {
    const { dialCode } = routeUser(pbx * usersOfPbx)
    const place = { id: `p${pbx}`, name: `PBX ${pbx}`, domain: `p${pbx}.example`, country: 'GB', dialCode }
    yield entity('pbx', place.id, { ...place, blockList: { callers: blockedCallers(pbx + 1, count) } })
  }
  const carrier = { id: 'carrier', name: 'Carrier', address: '192.0.2.1', trusted: [], prefixes: ['+'] }
  yield entity('trunk', 'carrier', carrier)
  for (let pbx = 0; pbx < pbxs; pbx++) {
    yield entity('site', `s${pbx}`, {
      id: `s${pbx}`,
      name: 'Site',
      pbx: `p${pbx}`,
      timeZone: zones[pbx % zones.length],
    })
  }
  for (let index = 0; index < count; index++) yield entity('user', userId(index), userBody(index, count))
  for (let index = 0; index < count; index++) {
    const id = `d${index}`
    yield entity('device', id, { id, user: userId(index), sipUserName: id, password: 'a-long-secret-1' })
  }
  for (let index = 0; index < count; index++) {
    const number = numberOf(index)
    yield entity('phoneNumber', number, { number, user: userId(index) })
  }
}

const zones = ['Europe/London', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney'] as const

function entity(kind: Kind, id: string, after: Body): ChangedEntity {
  return { kind, id, after }
}

export function userBody(index: number, count: number): Body {
  const { pbx, extension } = routeUser(index)
  const next = userId((index + 1) % count)
  return {
    ...{
      id: userId(index),
      userName: userId(index),
      firstName: 'User',
      lastName: String(index),
      email: 'u@example.com',
    },
    ...{ site: `s${pbx}`, extension, lines: 4 },
    ...(index % rulesEvery === 0
      ? { rules: rules(index, next), forwarding: { busy: { to: { user: next } }, noAnswer: { to: { user: next } } } }
      : {}),
    ...(isPlain(index) ? {} : { forwarding: { all: { to: { user: next } } } }),
    ...(index % listEvery === 0 ? { blockList: { callers: blockedCallers(index + 1_000_000, count) } } : {}),
  }
}

/** Ten rules: eight of other callers or other times, one by the week, and one for outside callers. */
function rules(index: number, next: string): Body[] {
  const to = { user: next }
  const callers = Array.from({ length: 6 }, (_, rule) => ({
    name: `Caller ${rule}`,
    who: { callers: [`+4479${digits(index * 7 + rule, 8)}`, `+4478${digits(index, 6)}*`] },
    to,
  }))
  const past = { name: 'Last year', when: { from: '2024-01-01T00:00', until: '2025-01-01T00:00' }, to }
  const later = { name: 'Some day', when: { from: '2090-01-01T00:00', until: '2091-01-01T00:00' }, to }
  const night = { name: 'Night', when: { weekly: { sunday: [{ from: '03:00', to: '03:01' }] } }, to }
  const outside = { name: 'Outside', who: { callers: ['anonymous', '+4477*'] }, to }
  return [...callers, past, later, night, outside]
}

/**
 * Of a thousand: 600 numbers, 200 prefixes, 100 ranges, 99 extensions nobody has, and anonymous callers. Half of the numbers
 * lie among those of the users, so that nobody is ruled out without a search.
 */
function blockedCallers(seed: number, count: number): string[] {
  const entries = new Set(['anonymous'])
  for (let index = 0; entries.size < entriesOfList && index < 10 * entriesOfList; index++) {
    const place = index % 10
    const number = digits((seed * 104_729 + index * 7919) % 100_000_000, 8)
    if (place < 3) entries.add(numberBehind((seed * 104_729 + index * 7919) % count))
    else if (place < 6) entries.add(`+4479${number}`)
    else if (place < 8) entries.add(`+4478${number.slice(0, 4 + (index % 3))}*`)
    else if (place === 8) entries.add(`+4476${digits(index, 4)}0000-+4476${digits(index, 4)}4999`)
    else entries.add(`9${digits(index, 6)}`)
  }
  return [...entries]
}

function numberOf(index: number): string {
  return `+4420${digits(2 * index, 8)}`
}

/** The number between that of a user and the next, which nobody has. */
function numberBehind(index: number): string {
  return `+4420${digits(2 * index + 1, 8)}`
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
