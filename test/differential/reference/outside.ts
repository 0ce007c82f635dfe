/**
 * Calls to outside numbers: who may make them, and the trunks that take them. What is a mobile or a premium number is data,
 * which is taken from where the router has it.
 */
import { specialNumbers } from '../../../engine/config/special-numbers.ts'
import { countriesOfZone } from '../../../engine/config/zones.ts'
import type { Outcome, Outside, Refusal, Routing } from './decision.ts'
import { refusals, trunkRefusal } from './decision.ts'
import type { CallingPlan, RingGroup, Trunk, User } from './document.ts'
import { countryOf, numbersOf, pbxOf, siteOf } from './document.ts'
import { countries, countryOfNumber, diallingOf, longestOf, writtenFor } from './numbers.ts'
import { recordingOf } from './recording.ts'
import { tollObjection } from './tolls.ts'
import type { Way, World } from './world.ts'
import { callingCountry, firstPbx, fullName, shownOutside } from './world.ts'

function beginsWithOneOf(number: string, prefixes: readonly string[] | undefined): boolean {
  return prefixes?.some((prefix) => number.startsWith(prefix)) ?? false
}

function planAllows(world: World, owner: User | RingGroup, number: string): boolean {
  const { company } = world
  const plan =
    owner.callingPlan ?? siteOf(company, owner).callingPlan ?? pbxOf(company, owner).callingPlan ?? 'domestic'
  if (plan === 'emergency-only' || isSpecialAndNotNamed(world, plan, number)) return false
  if (plan === 'domestic') return countryOfNumber(number) === callingCountry(world, owner)
  if (plan === 'international') return true
  const custom = company.callingPlans.find(({ id }) => id === plan)
  return planVerdict(custom, number).allows
}

/** What a plan with lists says, and by how many characters it knows the number. */
function planVerdict(plan: CallingPlan | undefined, number: string) {
  const { allow = [], deny = [] } = plan ?? {}
  const asPrefix = (entry: string) => (entry.startsWith('+') ? entry : `+${diallingOf(entry).code}`)
  const zones = allow.flatMap((entry) => countriesOfZone(entry) ?? []).filter(({ country }) => country in countries)
  const named = allow.filter((entry) => countriesOfZone(entry) === undefined)
  const allowed = longestOf(number, [...named, ...zones.map(({ country }) => country)].map(asPrefix))
  // A zone leaves out mobiles; not those that an entry of the plan names itself.
  const leftOut = zones.filter(({ country }) => !allow.includes(country)).flatMap(({ mobile }) => mobile)
  const denied = longestOf(number, [...deny.map(asPrefix), ...leftOut.filter((each) => !named.includes(each))])
  return { allows: allowed > denied, by: allowed }
}

/** Premium rate and the like: a plan has to name at least as much of the number as the range has. */
function isSpecialAndNotNamed(world: World, plan: string, number: string): boolean {
  const range = longestOf(number, [...specialNumbers.keys()])
  if (range === 0) return false
  const custom = world.company.callingPlans.find(({ id }) => id === plan)
  const { allows, by } = planVerdict(custom, number)
  return !(allows && by >= range)
}

/** By block lists for calls to outside and by calling plan. */
export function objectionTo(world: World, owner: User | RingGroup, number: string): Refusal | null {
  const { company } = world
  const levels = [company.account, pbxOf(company, owner), siteOf(company, owner), owner]
  const blocked = levels.some(
    (level) => 'outboundBlockList' in level && beginsWithOneOf(number, level.outboundBlockList),
  )
  if (blocked) return refusals.blockedOut
  return planAllows(world, owner, number) ? null : refusals.plan
}

/** A forward is a call of who forwards, with two more conditions. `others`: numbers that are called together with this one. */
export function mayForward(
  world: World,
  owner: User | RingGroup,
  number: string,
  others: readonly string[] = [],
): boolean {
  const abroad = countryOfNumber(number) !== callingCountry(world, owner)
  if (abroad && owner.internationalForwarding !== true) return false
  const now = 'userName' in owner ? (world.live.outsideForwards[owner.userName] ?? 0) : 0
  if (now + others.length >= (world.company.account.simultaneousOutsideForwards ?? 4)) return false
  return objectionTo(world, owner, number) === null && tollObjection(world, owner, number, others) === null
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

/** The same as they are tried: shares by weight drawn, those that are down left out, those not registered last. */
export function trunksToTry(world: World, number: string): Trunk[] {
  const stateOf = ({ id }: Trunk) => world.live.trunkStates[id] ?? 'up'
  const fitting = world.company.trunks.flatMap(({ prefixes }) => prefixes.filter((prefix) => number.startsWith(prefix)))
  const drawn: Trunk[] = []
  for (const prefix of [...new Set(fitting)].sort((x, y) => y.length - x.length)) {
    // A share is one among the trunks of one prefix, also where one of them has a longer one as well.
    for (let left = world.company.trunks.filter(({ prefixes }) => prefixes.includes(prefix)); left.length > 0; ) {
      const [first] = left.sort(byPriority) as [Trunk]
      const equal = left.filter((each) => (each.priority ?? 100) === (first.priority ?? 100))
      const next = drawnOf(equal, world.now)
      if (!drawn.includes(next)) drawn.push(next)
      left = left.filter((each) => each !== next)
    }
  }
  return [
    ...drawn.filter((each) => stateOf(each) === 'up'),
    ...drawn.filter((each) => stateOf(each) === 'unregistered'),
  ]
}

/** One of several: a list in which each stands as often as its weight says, from which the millisecond picks. */
function drawnOf(trunks: readonly Trunk[], now: number): Trunk {
  const lots = trunks.flatMap((trunk) => Array.from({ length: trunk.weight ?? 0 }, () => trunk))
  const drawn = lots.length === 0 ? trunks[0] : lots[now % lots.length]
  if (drawn === undefined) throw new Error('there is nothing to draw from')
  return drawn
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
  group: RingGroup | null,
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
    ...recordingOf(company, caller, null, group),
  }
}

/** Whether a trunk's answer leads to the next trunk. */
export function tryNext(status: number): boolean {
  return status === 408 || (status >= 500 && status < 600)
}

/**
 * Rings an outside number by one trunk after the other. Null where no trunk could be asked at all.
 *
 * @param group of which the number is a member, where it is rung as that
 */
export function* ringOutside(
  world: World,
  way: Way,
  number: string,
  by: User | RingGroup | null,
  seconds: number,
  group: RingGroup | null = null,
): Routing<Outcome | Refusal | null> {
  let outcome: Outcome | null = null
  const asked: Trunk[] = []
  for (;;) {
    // What is used up meanwhile counts before each further trunk.
    const objection = by === null || asked.length === 0 ? null : tollObjection(world, by, number, [])
    if (objection !== null) return objection
    // One whose channels were all busy before may have one free now.
    const trunk = trunksToTry(world, number).find((each) => !asked.includes(each) && hasChannel(world, each))
    if (trunk === undefined) return outcome
    asked.push(trunk)
    const target = outsideTarget(world, way, trunk, number, by, seconds, group)
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
  let last: Refusal = refusals.noEmergencyTrunk
  const tried: string[] = []
  for (;;) {
    // What does not seem to be there is tried when nothing else is left.
    const left = trunks.filter(({ id }) => !tried.includes(id))
    const next = left.find(({ id }) => (world.live.trunkStates[id] ?? 'up') === 'up') ?? left[0]
    if (next === undefined) return last
    const { id } = next
    tried.push(id)
    const outcome = yield {
      ring: [
        {
          trunk: id,
          number: digits,
          shows,
          name: user.externalCallerId?.name ?? fullName(user),
          asserts: shows,
          hidden: false,
          emergency: true,
          onBehalfOf: user.userName,
          seconds: 0,
          ...recordingOf(company, { user, code: null }, null, null, true),
        },
      ],
      seconds: 0,
      forwardedBy: [],
    }
    last = typeof outcome === 'object' && 'trunkSays' in outcome ? trunkRefusal(outcome.trunkSays) : refusals.noAnswer
    if (last.refuse === 486 || last.refuse === 600) return last
  }
}
