/** Limits on outside calls that stop toll fraud (docs/calling-plans.md): asked last, when nothing else speaks against a call. */
import type { Callee, TollFraudLimits, ZoneTable } from '../config/snapshot.ts'
import type { Refuse, TollCharge, TollCounter, TrunkTarget } from './decision.ts'
import { localMinute, localText, scheduleState } from './local-time.ts'
import { callingCountryOf } from './permission.ts'
import { longestPrefix } from './prefix.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { refusals } from './refusals.ts'

const minutesOfDay = 24 * 60

/** By what live state counts the calls of a user, a service, or all of an account. */
export function keyOf(callee: Callee): string {
  return callee.kind === 'user' ? callee.id : callee.key
}

/** Likewise. No id has a colon, and no key of a service begins so. */
export function tollKeyOfAccount(accountId: string): string {
  return `account:${accountId}`
}

/** The day that a moment belongs to by the clocks of a zone, counted from 1970-01-01. */
export function dayAt(zone: ZoneTable, now: number): number {
  return Math.floor(localMinute(zone, now) / minutesOfDay)
}

/** By what an outside call counts, for whoever places it; `null` where nothing is limited. Never asked of emergency calls. */
export function tollChargeOf(question: Question, placer: Callee, number: string): TollCharge | null {
  const { account } = placer.pbx
  const limits = account.tollFraud
  if (limits === null) return null
  const risk = riskOf(question, limits, placer, number).risk
  const outsideHours = risk === 'high' && limits.outsideHours !== null && isClosed(question, limits.outsideHours)
  return { placer, risk, outsideHours }
}

/**
 * Why a call that nothing else speaks against is one too many, or `null`.
 *
 * @param others that ring together with it for the same placer, and are not counted yet
 */
export function tollObjection(
  question: Question,
  placer: Callee,
  number: string,
  others: readonly TrunkTarget[],
): Refuse | null {
  const limits = placer.pbx.account.tollFraud
  if (limits === null) return null
  const charge = tollChargeOf(question, placer, number)
  if (charge === null) return null
  const { risk } = charge
  let hours = 0
  for (const { charge: other } of others) if (other?.outsideHours === true) hours++
  const inquiry: Inquiry = { question, placer, account: tollKeyOfAccount(placer.pbx.account.id), limits }
  if (isUsedUp(inquiry, 'calls', others.length)) return refusals.tooManyOutsideCalls
  if (charge.outsideHours && isUsedUp(inquiry, 'outsideHours', hours)) return refusals.outsideHours
  if (isUsedUp(inquiry, risk, 0)) return refusals.minutesUsedUp
  if (question.listener !== null) {
    const { why } = riskOf(question, limits, placer, number)
    tell(
      question.listener,
      'toll fraud limit',
      'applies',
      `${number} is of ${risk} risk (${why}), within limits`,
      placer,
    )
  }
  return null
}

interface Inquiry {
  readonly question: Question
  readonly placer: Callee
  /** The account's key. */
  readonly account: string
  readonly limits: TollFraudLimits
}

/** Whether the placer or the account has nothing left of this. `more` are about to be used. */
function isUsedUp(inquiry: Inquiry, counter: TollCounter, more: number): boolean {
  const { placer, account, limits, question } = inquiry
  const { name } = placer.pbx.account
  const limit = counter === 'calls' ? limits.simultaneous : counter === 'outsideHours' ? limits.outsideHours : null
  const { each, account: all } = limit ?? limits.minutes[counter as TollCharge['risk']]
  return (
    isReached(question, placer, counter, each, keyOf(placer), placer.displayName, placer.site.timeZone, more) ||
    isReached(question, placer, counter, all, account, `account ${name}`, limits.timeZone, more)
  )
}

function isReached(
  question: Question,
  placer: Callee,
  counter: TollCounter,
  most: number,
  key: string,
  who: string,
  zone: ZoneTable,
  more: number,
): boolean {
  if (most === Number.POSITIVE_INFINITY) return false
  const { live, now, listener } = question
  const day = counter === 'calls' ? 0 : dayAt(zone, now)
  const used = live.tollUse(key, counter, day) + more
  const reached = used >= (isRisk(counter) ? most * 60 : most)
  if (reached) live.limitReached?.(placer, key, counter)
  if (listener !== null) {
    const verdict = reached ? 'fails' : 'does not apply'
    tell(listener, 'toll fraud limit', verdict, sentence(counter, most, who, used, zone, now), placer)
  }
  return reached
}

function isRisk(counter: TollCounter): counter is TollCharge['risk'] {
  return counter !== 'calls' && counter !== 'outsideHours'
}

function sentence(counter: TollCounter, most: number, who: string, used: number, zone: ZoneTable, now: number): string {
  if (counter === 'calls') return `${who} has ${used} outside calls at once; ${most} are allowed`
  const local = localText(localMinute(zone, now))
  const today = `today (${local.slice(0, local.lastIndexOf(' '))} in ${zone.name})`
  if (counter === 'outsideHours') {
    return `${who} has made ${used} calls to numbers of high risk outside business hours ${today}; ${most} are allowed`
  }
  return `${who} has used ${Math.floor(used / 60)} of ${most} minutes to numbers of ${counter} risk ${today}`
}

/** Own words of the account, then what costs more than a call, the placer's own country, and the tables. */
function riskOf(
  { snapshot }: Question,
  { ownRisks, countryRisks }: TollFraudLimits,
  placer: Callee,
  number: string,
): { readonly risk: TollCharge['risk']; readonly why: string } {
  const own = longestPrefix(ownRisks, number)
  if (own !== undefined) return { risk: ownRisks.values.get(own) ?? 'medium', why: `the account says so of ${own}` }
  const special = longestPrefix(snapshot.specialNumbers, number)
  if (special !== undefined) return { risk: 'high', why: snapshot.specialNumbers.values.get(special) ?? '' }
  const home = callingCountryOf(placer)
  if (!home.isAbroad(number)) return { risk: 'low', why: `it is in ${home.country}` }
  const region = longestPrefix(countryRisks, number)
  if (region === undefined) return { risk: 'medium', why: 'no list has it' }
  return { risk: countryRisks.values.get(region) ?? 'medium', why: `numbers that begin with ${region} are` }
}

function isClosed({ snapshot, now }: Question, { scheduleId }: { readonly scheduleId: string }): boolean {
  const schedule = snapshot.schedules.get(scheduleId)
  // A schedule that is used cannot be deleted; should it be missing, nothing is open.
  return schedule === undefined || !scheduleState(schedule, localMinute(schedule.timeZone, now)).open
}
