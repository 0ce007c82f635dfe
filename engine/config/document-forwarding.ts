/** Checks the rules: each has one destination, what it needs is allowed, and forward-all does not go in a circle. */

import { numberingPlan } from './countries.ts'
import type { Document, DocumentDestination, DocumentUser } from './document.ts'
import type { DocumentIndex } from './document-index.ts'
import type { ProblemList } from './problem.ts'
import { userId } from './user-id.ts'

const oneDestination = 'Write exactly one of user, number and busy'

/** Adds rules and block lists whose destination is missing, double, unknown, not allowed or circular. */
export function checkForwarding(
  document: Document,
  index: DocumentIndex,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  checkTreatment(document.account.blockList?.treatment, 'account', index, problems)
  for (const [place, pbx] of document.pbxs.entries()) {
    checkTreatment(pbx.blockList?.treatment, `pbxs[${place}]`, index, problems)
  }
  for (const [place, user] of (document.users ?? []).entries()) {
    if (user.blockList !== undefined) checkTreatment(user.blockList.treatment, `users[${place}]`, index, problems)
    for (const [event, rule] of Object.entries(user.forwarding ?? {})) {
      const path = `users[${place}].forwarding.${event}.to`
      checkDestination(rule.to, path, index, problems)
      checkRule(user, rule.to, path, index, problems, warnings)
    }
  }
  reportCircles(document, index, problems)
}

function checkTreatment(
  treatment: (DocumentDestination & { asWhenBusy?: boolean }) | undefined,
  owner: string,
  index: DocumentIndex,
  problems: ProblemList,
): void {
  if (treatment === undefined) return
  const path = `${owner}.blockList.treatment`
  if (treatment.asWhenBusy === undefined) {
    checkDestination(treatment, path, index, problems)
  } else if (!treatment.asWhenBusy || Object.keys(treatment).length > 1) {
    problems.add(
      path,
      treatment,
      'this is not one destination',
      'Write exactly one of asWhenBusy: true, user, number and busy',
    )
  }
}

function checkDestination(to: DocumentDestination, path: string, index: DocumentIndex, problems: ProblemList): void {
  const given = [to.user, to.number, to.busy].filter((value) => value !== undefined && value !== false)
  if (given.length !== 1) {
    problems.add(
      path,
      to,
      given.length === 0 ? 'there is no destination' : 'there is more than one destination',
      oneDestination,
    )
  }
  if (to.user !== undefined && !index.users.has(to.user)) {
    problems.add(
      `${path}.user`,
      to.user,
      'there is no user with this id',
      'Use the id (or else the userName) of a user',
    )
  }
}

function checkRule(
  user: DocumentUser,
  to: DocumentDestination,
  path: string,
  index: DocumentIndex,
  problems: ProblemList,
  warnings: ProblemList,
): void {
  if (targetOf(to, index) === userId(user)) {
    problems.add(path, to, 'the user forwards to himself', 'Choose another destination')
  }
  const target = to.user === undefined ? undefined : index.users.get(to.user)
  if (target?.active === false) {
    warnings.add(
      `${path}.user`,
      to.user,
      'this user is deactivated',
      'Choose another destination, or set active to true',
    )
  }
  if (to.number === undefined || index.numbers.has(to.number) || user.internationalForwarding === true) return
  const site = index.sites.get(user.site)
  const plan = numberingPlan(site?.country ?? index.pbxs.get(site?.pbx ?? '')?.country ?? '')
  if (plan === undefined || !plan.isAbroad(to.number)) return
  const cure = 'Set internationalForwarding of the user to true, or choose a number in his country'
  problems.add(`${path}.number`, to.number, 'this number is abroad and the user may not forward abroad', cure)
}

/** The id of the user whom a destination reaches, by name or by a number he has; '' for outside numbers and busy. */
function targetOf(to: DocumentDestination, index: DocumentIndex): string {
  return to.user ?? (to.number === undefined ? '' : (index.numbers.get(to.number) ?? ''))
}

/** Follows forward-all from each user once and reports each circle at its first user. */
function reportCircles(document: Document, index: DocumentIndex, problems: ProblemList): void {
  const settled = new Set<string>()
  for (const start of document.users ?? []) {
    if (start.forwarding?.all === undefined) continue
    const way: string[] = []
    const inWay = new Set<string>()
    let id = userId(start)
    while (id !== '' && !settled.has(id) && !inWay.has(id)) {
      way.push(id)
      inWay.add(id)
      const rule = index.users.get(id)?.forwarding?.all
      id = rule === undefined || rule.enabled === false ? '' : targetOf(rule.to, index)
    }
    const circle = id === '' || settled.has(id) ? [] : way.slice(way.indexOf(id))
    for (const seen of way) settled.add(seen)
    if (circle.length < 2) continue
    const path = `users[${index.places.get(circle[0] ?? '') ?? 0}].forwarding.all`
    const names = [...circle, circle[0]].join(' to ')
    problems.add(
      path,
      '',
      `forward all goes in a circle: ${names}`,
      'Take one of these rules out or give it another destination',
    )
  }
}
