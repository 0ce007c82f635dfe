/** Calls to outside numbers: who may make them, and the trunks that take them. */
import type { Outcome, Outside, Routing } from './decision.ts'
import type { RingGroup, Trunk, User } from './document.ts'
import { countryOf, numbersOf, pbxOf, siteOf } from './document.ts'
import { countryOfNumber, diallingOf, writtenFor } from './numbers.ts'
import type { Way, World } from './world.ts'
import { firstPbx, shownOutside } from './world.ts'

function beginsWithOneOf(number: string, prefixes: readonly string[] | undefined): boolean {
  return prefixes?.some((prefix) => number.startsWith(prefix)) ?? false
}

function callingCountry(world: World, owner: User | RingGroup): string {
  return ('callingCountry' in owner ? owner.callingCountry : undefined) ?? countryOf(world.company, owner)
}

function planAllows(world: World, owner: User | RingGroup, number: string): boolean {
  const { company } = world
  const plan =
    owner.callingPlan ?? siteOf(company, owner).callingPlan ?? pbxOf(company, owner).callingPlan ?? 'domestic'
  if (plan === 'emergency-only') return false
  if (plan === 'domestic') return countryOfNumber(number) === callingCountry(world, owner)
  if (plan === 'international') return true
  const custom = company.callingPlans.find(({ id }) => id === plan)
  const asPrefix = (entry: string) => (entry.startsWith('+') ? entry : `+${diallingOf(entry).code}`)
  const longest = (entries: readonly string[] | undefined) =>
    Math.max(0, ...(entries ?? []).map(asPrefix).map((each) => (number.startsWith(each) ? each.length : 0)))
  return longest(custom?.allow) > longest(custom?.deny)
}

/** By block lists for calls to outside and by calling plan. */
export function mayCall(world: World, owner: User | RingGroup, number: string): boolean {
  const { company } = world
  const levels = [company.account, pbxOf(company, owner), siteOf(company, owner), owner]
  const blocked = levels.some(
    (level) => 'outboundBlockList' in level && beginsWithOneOf(number, level.outboundBlockList),
  )
  return !blocked && planAllows(world, owner, number)
}

/** A forward is a call of who forwards, with two more conditions. `more`: forwards that begin together with this one. */
export function mayForward(world: World, owner: User | RingGroup, number: string, more = 0): boolean {
  const abroad = countryOfNumber(number) !== callingCountry(world, owner)
  if (abroad && owner.internationalForwarding !== true) return false
  const now = 'userName' in owner ? (world.live.outsideForwards[owner.userName] ?? 0) : 0
  if (now + more >= (world.company.account.simultaneousOutsideForwards ?? 4)) return false
  return mayCall(world, owner, number)
}

function byPriority(a: Trunk, b: Trunk): number {
  return (a.priority ?? 100) - (b.priority ?? 100) || (a.id < b.id ? -1 : 1)
}

/** The trunks that carry a number, the one to try first first, whether or not they have a channel free. */
export function trunksFor(world: World, number: string): Trunk[] {
  const fit = (trunk: Trunk) =>
    Math.max(0, ...trunk.prefixes.map((prefix) => (number.startsWith(prefix) ? prefix.length : 0)))
  const carrying = world.company.trunks.filter((trunk) => fit(trunk) > 0)
  return carrying.sort((a, b) => fit(b) - fit(a) || byPriority(a, b))
}

/** `taken`: channels that targets of the same decision take, by trunk. */
export function hasChannel(world: World, trunk: Trunk, taken: readonly string[] = []): boolean {
  const inUse = (world.live.channels[trunk.id] ?? 0) + taken.filter((id) => id === trunk.id).length
  return (trunk.channels ?? 0) === 0 || inUse < (trunk.channels ?? 0)
}

/** What the carrier is asked. `by`: who forwarded last, or dialled; null for a call that comes from outside. */
export function outsideTarget(
  world: World,
  way: Way,
  trunk: Trunk,
  number: string,
  by: User | RingGroup | null,
  seconds: number,
): Outside {
  const { company } = world
  const { caller } = way
  const original =
    'user' in caller
      ? shownOutside(company, caller.user, caller.code)
      : { shows: caller.number, name: caller.givenName, hidden: caller.anonymous }
  const isForward = by !== null && ('id' in by || way.forwards.length > 0)
  const forwarder =
    isForward && (trunk.forwardedCallerId ?? 'original') !== 'original'
      ? 'userName' in by
        ? shownOutside(company, by, null)
        : {
            shows: siteOf(company, by).mainNumber ?? pbxOf(company, by).mainNumber ?? '',
            name: siteOf(company, by).mainNumberForAll === true ? company.account.name : by.name,
            hidden: false,
          }
      : null
  return {
    trunk: trunk.id,
    number: writtenFor(number, trunk.numberFormat, trunk.country ?? firstPbx(company).country),
    shows: trunk.forwardedCallerId === 'forwarder' ? (forwarder ?? original).shows : original.shows,
    name: trunk.forwardedCallerId === 'forwarder' ? (forwarder ?? original).name : original.name,
    asserts: (forwarder ?? original).shows,
    // Whose number is shown says whether it is.
    hidden: trunk.forwardedCallerId === 'forwarder' ? (forwarder ?? original).hidden : original.hidden,
    emergency: false,
    onBehalfOf: by === null ? '' : 'userName' in by ? by.userName : by.id,
    seconds,
  }
}

/** Whether a trunk's answer leads to the next trunk. */
export function tryNext(status: number): boolean {
  return status === 408 || (status >= 500 && status < 600)
}

/** Rings an outside number by one trunk after the other. Null where no trunk could be asked at all. */
export function* ringOutside(
  world: World,
  way: Way,
  number: string,
  by: User | RingGroup | null,
  seconds: number,
): Routing<Outcome | null> {
  let outcome: Outcome | null = null
  const asked: Trunk[] = []
  for (;;) {
    // One whose channels were all busy before may have one free now.
    const trunk = trunksFor(world, number).find((each) => !asked.includes(each) && hasChannel(world, each))
    if (trunk === undefined) return outcome
    asked.push(trunk)
    const target = outsideTarget(world, way, trunk, number, by, seconds)
    outcome = yield { ring: [target], seconds, forwardedBy: way.forwards }
    if (typeof outcome !== 'object' || !('trunkSays' in outcome) || !tryNext(outcome.trunkSays)) return outcome
  }
}

/** Emergency calls: trunks marked for the caller's country, then unmarked ones of it. Nothing is counted or asked. */
export function* emergency(world: World, user: User, digits: string): Routing {
  const { company } = world
  const country = countryOf(company, user)
  const own = (trunk: Trunk) => trunk.country ?? firstPbx(company).country
  const marks = (trunk: Trunk) => trunk.emergencyCountries ?? (trunk.emergency === 'first' ? [own(trunk)] : [])
  const place = (trunk: Trunk) => (marks(trunk).includes(country) ? 0 : 1)
  const trunks = company.trunks
    .filter((trunk) => trunk.emergency !== 'never')
    .filter((trunk) => place(trunk) === 0 || own(trunk) === country)
    .sort((a, b) => place(a) - place(b) || byPriority(a, b))
  const shows = numbersOf(company, user)[0] ?? siteOf(company, user).mainNumber ?? ''
  let last = 503
  for (const { id } of trunks) {
    const outcome = yield {
      ring: [
        {
          trunk: id,
          number: digits,
          shows,
          name: shownOutside(company, user, null).name,
          asserts: shows,
          hidden: false,
          emergency: true,
          onBehalfOf: user.userName,
          seconds: 0,
        },
      ],
      seconds: 0,
      forwardedBy: [],
    }
    last = typeof outcome === 'object' && 'trunkSays' in outcome ? outcome.trunkSays : 480
    if (last === 486 || last === 600) break
  }
  return { refuse: last }
}
