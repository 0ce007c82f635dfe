/** Random calls within a company: who calls, what is dialled in which form, what is so at the moment, how it goes on. */
import type { Chance } from '../simulation/chance.ts'
import { strangers } from './random-company.ts'
import type { Call, Live, Outcome, Ring } from './reference/decision.ts'
import type { Company, User } from './reference/document.ts'
import { countryOf, found, siteOf } from './reference/document.ts'
import { momentOf } from './reference/hours.ts'
import { diallingOf, writtenFor } from './reference/numbers.ts'

/** Before and after the clocks change, holidays, and days like any other. */
const days = [
  '2026-03-08',
  '2026-03-28',
  '2026-03-29',
  '2026-04-04',
  '2026-10-25',
  '2026-11-01',
  '2026-12-25',
  '2026-06-10',
]

/** Often the moment at which a period of somebody's rule begins or ends, give or take a minute or an hour. */
export function randomMoment(chance: Chance, company: Company): number {
  const ends = company.users.flatMap((user) =>
    (user.rules ?? []).flatMap(({ when }) =>
      [when?.from, when?.until].flatMap((end) =>
        end === undefined ? [] : [{ end, timeZone: user.timeZone ?? siteOf(company, user).timeZone }],
      ),
    ),
  )
  if (ends.length > 0 && chance.happens(0.4)) {
    const { end, timeZone } = chance.pick(ends)
    return momentOf(end, timeZone) + chance.pick([-60, -1, 0, 0, 1, 60]) * 60_000
  }
  const minute = chance.pick([0, 29, 30, 31, 59, chance.below(60)])
  // The millisecond draws lots among trunks.
  return Date.parse(`${chance.pick(days)}T00:00Z`) + (chance.below(24) * 60 + minute) * 60_000 + chance.below(60_000)
}

export function randomLive(chance: Chance, company: Company, now: number): Live {
  const some = <Value>(ids: readonly string[], probability: number, make: () => Value) =>
    Object.fromEntries(ids.filter(() => chance.happens(probability)).map((id) => [id, make()]))
  const people = company.users.map(({ userName }) => userName)
  return {
    unregistered: people.filter(() => chance.happens(0.12)),
    lines: some(people, 0.25, () => 1 + chance.below(3)),
    channels: some(
      company.trunks.map(({ id }) => id),
      0.4,
      () => 1 + chance.below(3),
    ),
    tollUse: tollUse(chance, company, now),
    outsideForwards: some(people, 0.15, () => 1 + chance.below(4)),
    lastAnswered: Object.fromEntries(
      company.ringGroups
        .filter(() => chance.happens(0.6))
        .map(({ id, members }) => {
          const member = chance.pick(
            members.some(({ optedOut }) => optedOut !== true)
              ? members.filter(({ optedOut }) => optedOut !== true)
              : members,
          )
          return [id, 'user' in member ? member.user : member.number]
        }),
    ),
    trunkStates: some(
      company.trunks.map(({ id }) => id),
      0.2,
      () => chance.pick(['down', 'unregistered'] as const),
    ),
    idleSince: some(people, 0.7, () => `2026-03-01T${10 + chance.below(10)}:00Z`),
  }
}

/** What was used of limits against toll fraud, mostly near to what is allowed: today, and yesterday by some clock. */
function tollUse(chance: Chance, company: Company, now: number): Live['tollUse'] {
  const limits = company.account.tollFraud
  if (limits === undefined) return {}
  const keys = [
    ...company.users.map(({ userName }) => userName),
    ...company.ringGroups.map(({ id }) => `ringGroup:${id}`),
    'account:account',
  ]
  const days = [now, now, now, now - 86_400_000].map((moment) => new Date(moment).toISOString().slice(0, 10))
  const used: Record<string, number> = {}
  for (const key of keys) {
    if (chance.happens(0.2)) used[`calls/now/${key}`] = chance.below(5)
    if (chance.happens(0.3)) used[`outsideHours/${chance.pick(days)}/${key}`] = chance.below(4)
    for (const risk of ['low', 'medium', 'high']) {
      if (chance.happens(0.5)) used[`${risk}/${chance.pick(days)}/${key}`] = chance.pick([59, 60, 61, 119, 120, 1000])
    }
  }
  return used
}

/** Behind a code, or where a code may be alone. */
function codeDialled(chance: Chance, company: Company, user: User): string {
  if (chance.happens(0.3))
    return chance.pick(['*73', '*91', '*93', '*78', '*79', '*69', '*8', '*68', '*44', '*43', '*97', '555'])
  const code = chance.pick(['*72', '*90', '*92', '*60', '*80', '**', '*88', '*55'])
  return chance.happens(0.1) ? code : code + dialledBy(chance, company, user)
}

/** One of the ways in which somebody may dial a number. */
function asDialled(chance: Chance, company: Company, user: User, number: string): string {
  const country = countryOf(company, user)
  const { areaCode = '' } = siteOf(company, user)
  const national = writtenFor(number, 'national', country)
  const area = `${country === 'US' ? '1' : '0'}${areaCode}`
  const local = national.startsWith(area) ? national.slice(area.length) : national
  const { outsidePrefix } = found(company.pbxs, ({ id }) => id === siteOf(company, user).pbx)
  const written = chance.pick([
    number,
    national,
    // A local number that begins with the outside prefix could be read in two ways.
    outsidePrefix !== undefined && local.startsWith(outsidePrefix) ? national : local,
    diallingOf(country).international + number.slice(1),
  ])
  const behind = outsidePrefix !== undefined && !written.startsWith('+') && chance.happens(0.4) ? outsidePrefix : ''
  const whole = behind + written
  return chance.happens(0.1) ? `${whole.slice(0, 4)}-${whole.slice(4)}` : whole
}

function dialledBy(chance: Chance, company: Company, user: User): string {
  const pbx = found(company.pbxs, ({ id }) => id === siteOf(company, user).pbx)
  const callee = chance.pick([...company.users, ...company.users, ...company.ringGroups])
  const other = found(company.pbxs, ({ id }) => id === siteOf(company, callee).pbx)
  const kind = chance.weighted({ extension: 10, code: 3, ours: 4, outside: 6, emergency: 1, nothing: 1, slot: 1 })
  if (kind === 'extension') return pbx === other ? callee.extension : (other.dialCode ?? '') + callee.extension
  if (kind === 'code') return (other.dialCode ?? '') + callee.extension
  if (kind === 'ours') return asDialled(chance, company, user, chance.pick(company.phoneNumbers).number)
  if (kind === 'outside') return asDialled(chance, company, user, chance.pick(strangers))
  if (kind === 'slot') return chance.pick(['700', '701', `${other.dialCode ?? ''}700`])
  if (kind === 'nothing') return chance.pick(['1999', '0', '221999', '+', 'nobody'])
  const digits = chance.pick(['999', '112', '911'])
  return pbx.outsidePrefix !== undefined && chance.happens(0.4) ? pbx.outsidePrefix + digits : digits
}

export function randomCall(chance: Chance, company: Company): Call {
  if (chance.happens(0.7)) {
    const { user: from } = chance.pick(company.devices)
    const user = found(company.users, ({ userName }) => userName === from)
    const code = chance.happens(0.2) ? chance.pick(['*67', '*82', '*70', '*67*82', '*82*70*67']) : ''
    const dials = code + (chance.happens(0.12) ? codeDialled(chance, company, user) : dialledBy(chance, company, user))
    return chance.happens(0.1)
      ? { from, dials, domain: chance.pick(['elsewhere.test', 'north.test', 'south.test']) }
      : { from, dials }
  }
  const trunk = chance.pick(company.trunks)
  const country = trunk.country ?? 'GB'
  const form = (number: string) => writtenFor(number, chance.happens(0.5) ? 'e164' : trunk.numberFormat, country)
  const from = chance.happens(0.1) ? '' : form(chance.pick(strangers))
  const dials = form(chance.pick([...company.phoneNumbers.map(({ number }) => number), strangers[0] ?? '']))
  return {
    trunk: trunk.id,
    from,
    dials,
    ...(chance.happens(0.03) ? { domain: 'elsewhere.test' } : {}),
    ...(chance.happens(0.5) ? { name: 'Their Name' } : {}),
    ...(chance.happens(0.15) ? { anonymous: true } : {}),
    ...(chance.happens(0.1) ? { ownDiversions: 3 + chance.below(4) } : {}),
  }
}

/** How the ringing that was decided may end. */
export function randomOutcome(chance: Chance, company: Company, { ring, seconds }: Ring): Outcome {
  const [first] = ring
  if (first !== undefined && ring.length === 1 && 'trunk' in first) {
    if (seconds > 0 && chance.happens(0.5)) return 'no answer'
    return { trunkSays: chance.pick([404, 408, 480, 486, 500, 503, 503]) }
  }
  const users = ring.flatMap((target) => ('user' in target ? [target.user] : []))
  if (chance.happens(0.12) && users.length > 0) {
    const forwardedBy = chance.pick(users)
    const user = found(company.users, ({ userName }) => userName === forwardedBy)
    // What a phone forwards to is no emergency call and no code: that nobody asks of a 3xx.
    let to = dialledBy(chance, company, user)
    while (/^9?(999|112|911)$/.test(to)) to = dialledBy(chance, company, user)
    return { forwardedBy, to, ringing: chance.happens(0.5) }
  }
  return chance.pick(['busy', 'no answer', 'no answer', 'not reachable'] as const)
}
