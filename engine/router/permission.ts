/** Who may call which outside number: outbound block lists and calling plans. */
import type { CallingPlan, NumberingPlan, OutboundBlocks, Site, Snapshot } from '../config/snapshot.ts'
import type { Refuse } from './decision.ts'
import { longestPrefix } from './prefix.ts'
import type { Question } from './question.ts'
import { refusals } from './refusals.ts'

/** Whoever an outside call is placed for: a user, or a service that passes calls on. */
export interface Dialler {
  readonly id: string
  readonly displayName: string
  readonly site: Site
  /** Id of the own plan; '' where that of the site counts. */
  readonly callingPlan: string
  /** `null`: the site's. */
  readonly callingCountry: NumberingPlan | null
  readonly outboundBlocks: OutboundBlocks | null
}

/** The country from which somebody calls: what lies outside it is abroad for him. */
export function callingCountryOf(dialler: Dialler): NumberingPlan {
  return dialler.callingCountry ?? dialler.site.numbering
}

/**
 * Why the call to this outside number is refused, or `null` where it is allowed. Always asked of the newest
 * configuration, and never for emergency numbers.
 *
 * @param number E.164 with `+`
 */
export function objectionTo(question: Question, dialler: Dialler, number: string): Refuse | null {
  const { site } = dialler
  const { pbx } = site
  const { account } = pbx
  const blocked =
    blockedBy(account.outboundBlocks, number) ??
    blockedBy(pbx.outboundBlocks, number) ??
    blockedBy(site.outboundBlocks, number) ??
    blockedBy(dialler.outboundBlocks, number)
  if (blocked !== null) {
    tellOf(
      question,
      dialler,
      'outbound block list',
      false,
      `${number} is on the outbound block list of ${blocked.owner}`,
    )
    return refusals.numberBlocked
  }
  return objectionOfPlan(question, dialler, number)
}

function blockedBy(blocks: OutboundBlocks | null, number: string): OutboundBlocks | null {
  return blocks !== null && longestPrefix(blocks.prefixes, number) !== undefined ? blocks : null
}

function objectionOfPlan(question: Question, dialler: Dialler, number: string): Refuse | null {
  const { snapshot } = question
  const plan = planOf(snapshot, dialler)
  const special = longestPrefix(snapshot.specialNumbers, number)
  const entry = plan.reach === 'listed' ? longestPrefix(plan.regions, number) : undefined
  if (special !== undefined && !(allows(plan, entry) && (entry as string).length >= special.length)) {
    if (question.listener !== null) {
      const what = snapshot.specialNumbers.values.get(special)
      const because = `${number} is special (${what}), and the calling plan ${plan.name} does not name ${special}`
      tellOf(question, dialler, 'calling plan', false, because)
    }
    return refusals.planForbids
  }
  const allowed = isAllowed(plan, entry, dialler, number)
  if (question.listener !== null) {
    tellOf(question, dialler, 'calling plan', allowed, reasonOf(plan, entry, dialler, number, allowed))
  }
  return allowed ? null : refusals.planForbids
}

/** His own plan, else the site's, else the PBX's, else Domestic. */
function planOf(snapshot: Snapshot, dialler: Dialler): CallingPlan {
  const id = dialler.callingPlan === '' ? dialler.site.callingPlan : dialler.callingPlan
  // A plan that is used cannot be deleted; should it be missing, nothing beyond emergency numbers is allowed.
  return snapshot.callingPlans.get(id) ?? (snapshot.callingPlans.get('emergency-only') as CallingPlan)
}

function allows(plan: CallingPlan, entry: string | undefined): boolean {
  return entry !== undefined && plan.regions.values.get(entry) === 'allow'
}

function isAllowed(plan: CallingPlan, entry: string | undefined, dialler: Dialler, number: string): boolean {
  switch (plan.reach) {
    case 'emergency-only':
      return false
    case 'domestic':
      return !callingCountryOf(dialler).isAbroad(number)
    case 'international':
      return true
    case 'listed':
      return allows(plan, entry)
  }
}

function reasonOf(
  plan: CallingPlan,
  entry: string | undefined,
  dialler: Dialler,
  number: string,
  allowed: boolean,
): string {
  const who = `${dialler.displayName}'s calling plan is ${plan.name}`
  switch (plan.reach) {
    case 'emergency-only':
      return `${who}: no outside number but emergency numbers`
    case 'domestic': {
      const { country } = callingCountryOf(dialler)
      return allowed ? `${who}, and ${number} is in ${country}` : `${who}, and ${number} is not in ${country}`
    }
    case 'international':
      return `${who}: every country`
    case 'listed':
      if (entry === undefined) return `${who}, which does not list ${number}`
      return `${who}, which ${allowed ? 'allows' : 'denies'} numbers that begin with ${entry}`
  }
}

function tellOf(
  question: Question,
  dialler: Dialler,
  step: 'calling plan' | 'outbound block list',
  allowed: boolean,
  because: string,
): void {
  question.listener?.step({ step, verdict: allowed ? 'applies' : 'fails', because, user: dialler.id, rule: '' })
}
