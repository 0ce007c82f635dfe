/** A user's own rules: what they name, and whether they can fire. */
import type { Forwarder } from './destination-checks.ts'
import { checkDestination, checkSimpleDestination } from './destination-checks.ts'
import { isUnconditional } from './forwarding-circle.ts'
import type { ConfigurationView, Findings, Reference } from './kind.ts'
import type { RuleBody } from './rule.ts'
import { covers } from './rule-cover.ts'
import { destinationReferences, targetReferences } from './targets.ts'
import { checkDate, checkWeeklyHours } from './time-checks.ts'

/** Rules with which those below are compared: who has more of them knows what he does. */
const mostCompared = 100

/** References of a user's rules: contacts, schedules and destinations. */
export function referencesOfRules(rules: readonly RuleBody[] | undefined): Reference[] {
  return (rules ?? []).flatMap((rule, index) => referencesOfRule(rule, `rules[${index}]`))
}

function referencesOfRule(rule: RuleBody, path: string): Reference[] {
  const found = destinationReferences(rule.to, `${path}.to`)
  const afterwards = rule.to.ringPhones?.afterwards
  if (afterwards !== undefined) found.push(...targetReferences(afterwards, `${path}.to.ringPhones.afterwards`))
  for (const [index, id] of (rule.who?.contacts ?? []).entries()) {
    found.push({ kind: 'contact', id, path: `${path}.who.contacts[${index}]` })
  }
  const schedule = rule.when?.schedule
  if (schedule !== undefined) found.push({ kind: 'schedule', id: schedule, path: `${path}.when.schedule` })
  return found
}

/** Checks rules one by one, and warns of those that never fire because one above always does. */
export function checkRules(
  rules: readonly RuleBody[] | undefined,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const names = new Map<string, number>()
  const above: RuleBody[] = []
  for (const [index, rule] of (rules ?? []).entries()) {
    const path = `rules[${index}]`
    const first = names.get(rule.name)
    if (first === undefined) names.set(rule.name, index)
    else findings.problems.add(`${path}.name`, rule.name, `rules[${first}] has this name`, 'Give one another name')
    checkWho(rule.who, `${path}.who`, findings)
    checkWhen(rule.when, `${path}.when`, findings)
    checkDestination(rule.to, `${path}.to`, owner, configuration, findings, ['ringPhones'])
    const afterwards = rule.to.ringPhones?.afterwards
    if (afterwards !== undefined) {
      checkSimpleDestination(afterwards, `${path}.to.ringPhones.afterwards`, owner, configuration, findings)
    }
    if (rule.enabled === false) continue
    const shadow = above.find((other) => covers(other, rule))
    if (shadow !== undefined) {
      const what = isUnconditional(shadow) ? 'fits every call' : 'fits all calls that this one fits'
      const cure = 'Move it up, take it out, or give the rule above narrower conditions'
      findings.warnings.add(path, rule.name, `this never applies: ${shadow.name} above it ${what}`, cure)
    } else if (above.length < mostCompared) above.push(rule)
  }
}

function checkWho(who: RuleBody['who'], path: string, findings: Findings): void {
  if (who === undefined) return
  if ((who.callers ?? []).length === 0 && (who.contacts ?? []).length === 0) {
    const cure = 'List callers or contacts; for anyone take who out'
    findings.problems.add(path, who, 'nobody is named, so the rule would never apply', cure)
  }
  for (const [index, entry] of (who.callers ?? []).entries()) {
    const [first = '', last] = entry.split('-')
    if (last === undefined || (first.length === last.length && first <= last)) continue
    const cure = 'Write the lower number first and both with the same number of digits'
    findings.problems.add(`${path}.callers[${index}]`, entry, 'this range has no beginning and end', cure)
  }
}

function checkWhen(when: RuleBody['when'], path: string, findings: Findings): void {
  if (when === undefined) return
  const { problems } = findings
  const period = when.from !== undefined || when.until !== undefined
  const given = [period, when.weekly !== undefined, when.schedule !== undefined].filter((found) => found).length
  if (given !== 1) {
    const message = given === 0 ? 'no time is named' : 'more than one sort of time is named'
    problems.add(path, when, message, 'Write from and until, or weekly, or schedule; for any time take when out')
  }
  checkDate(when.from, `${path}.from`, findings)
  checkDate(when.until, `${path}.until`, findings)
  if (when.from !== undefined && when.until !== undefined && when.from >= when.until) {
    problems.add(`${path}.until`, when.until, 'this is not after the beginning', 'Write the later time under until')
  }
  if (when.during !== undefined && when.schedule === undefined) {
    problems.add(
      `${path}.during`,
      when.during,
      'there is no schedule to which this applies',
      'Write schedule beside it',
    )
  }
  if (when.weekly !== undefined && !checkWeeklyHours(when.weekly, `${path}.weekly`, findings)) {
    findings.warnings.add(`${path}.weekly`, '', 'this rule never applies: no hours are named', 'Write hours of a day')
  }
}
