/** Limits against toll fraud. Which countries are of which risk is data, which is taken from where the router has it. */
import { risksByCountry } from '../../../engine/config/risk-classes.ts'
import { specialNumbers } from '../../../engine/config/special-numbers.ts'
import { countriesOfZone } from '../../../engine/config/zones.ts'
import type { Refusal } from './decision.ts'
import { refusals } from './decision.ts'
import type { RingGroup, TollFraud, TollLimit, User } from './document.ts'
import { found, siteOf } from './document.ts'
import { isOpen, wallClock } from './hours.ts'
import { countryOfNumber, diallingOf, longestOf } from './numbers.ts'
import type { World } from './world.ts'
import { callingCountry } from './world.ts'

type Risk = 'low' | 'medium' | 'high'

/** Entries of the account's own lists as beginnings of numbers; of the few countries that random companies know. */
function asPrefixes(entries: readonly string[] | undefined): string[] {
  return (entries ?? []).flatMap((entry) => {
    if (entry.startsWith('+')) return [entry]
    const zone = countriesOfZone(entry)
    return (zone?.map(({ country }) => country) ?? [entry]).flatMap((country) => {
      try {
        return [`+${diallingOf(country).code}`]
      } catch {
        return []
      }
    })
  })
}

/** By the longest entry that fits. */
function riskIn(pick: (entries?: readonly string[]) => string[], limits: TollFraud, number: string): Risk | undefined {
  const { lowRisk, mediumRisk, highRisk } = limits
  const own = { low: asPrefixes(pick(lowRisk)), medium: asPrefixes(pick(mediumRisk)), high: asPrefixes(pick(highRisk)) }
  const risks: readonly Risk[] = ['low', 'medium', 'high']
  const longest = Math.max(...risks.map((risk) => longestOf(number, own[risk])))
  return risks.find((risk) => longest > 0 && longestOf(number, own[risk]) === longest)
}

export function riskOf(world: World, limits: TollFraud, owner: User | RingGroup, number: string): Risk {
  const zonesOf = (entries: readonly string[] = []) => entries.filter((entry) => countriesOfZone(entry) !== undefined)
  const namedOf = (entries: readonly string[] = []) => entries.filter((entry) => countriesOfZone(entry) === undefined)
  // A country that is named counts more than the zone that it is in.
  for (const pick of [namedOf, zonesOf]) {
    const said = riskIn(pick, limits, number)
    if (said !== undefined) return said
  }
  if (longestOf(number, [...specialNumbers.keys()]) > 0) return 'high'
  if (countryOfNumber(number) === callingCountry(world, owner)) return 'low'
  const known = [...risksByCountry].filter(([beginning]) => number.startsWith(beginning))
  const [, risk] = known.sort(([a], [b]) => b.length - a.length)[0] ?? ['', 'medium' as const]
  return risk
}

function isClosed(world: World, limits: TollFraud): boolean {
  const { outsideHours } = limits
  if (outsideHours === undefined) return false
  return !isOpen(
    found(world.company.schedules, ({ id }) => id === outsideHours.schedule),
    world.now,
  )
}

/** @param others numbers that are called together with this one, for the same owner */
export function tollObjection(
  world: World,
  owner: User | RingGroup,
  number: string,
  others: readonly string[],
): Refusal | null {
  const limits = world.company.account.tollFraud
  if (limits === undefined) return null
  const key = 'userName' in owner ? owner.userName : `ringGroup:${owner.id}`
  const dayOf = (timeZone: string) => wallClock(world.now, timeZone).date
  const days = { own: dayOf(siteOf(world.company, owner).timeZone), account: dayOf(limits.timeZone ?? 'UTC') }
  const used = (name: string) => world.live.tollUse[name] ?? 0
  const isReached = (limit: TollLimit | undefined, own: number, all: number) =>
    (limit?.each !== undefined && own >= limit.each) || (limit?.account !== undefined && all >= limit.account)
  const ofDay = (counter: string) =>
    [used(`${counter}/${days.own}/${key}`), used(`${counter}/${days.account}/account:account`)] as const
  const more = others.length
  if (isReached(limits.simultaneousCalls, used(`calls/now/${key}`) + more, used('calls/now/account:account') + more)) {
    return refusals.tooMany
  }
  const risk = riskOf(world, limits, owner, number)
  if (risk === 'high' && limits.outsideHours !== undefined && isClosed(world, limits)) {
    const { each, account } = limits.outsideHours
    const limit = each === undefined && account === undefined ? { each: 0 } : limits.outsideHours
    const [own, all] = ofDay('outsideHours')
    const too = others.filter((other) => riskOf(world, limits, owner, other) === 'high').length
    if (isReached(limit, own + too, all + too)) return refusals.closed
  }
  const minutes = limits.minutesADay?.[risk]
  const [own, all] = ofDay(risk)
  return isReached(minutes, own / 60, all / 60) ? refusals.usedUp : null
}
