/** Checks destinations: one thing each, nothing that its owner may not choose, nothing that leads back to him. */
import type { ConfigurationView, EntityKey, Findings } from './kind.ts'
import type { DestinationBody, TargetListBody } from './routing.ts'
import { isAbroad, reachedBy, serviceKinds } from './targets.ts'

/** Whose destination it is. */
export interface Forwarder extends EntityKey {
  readonly site: string
  /** Whether he may forward to other countries. */
  readonly international: boolean
  /** Whether calls to him can go to a mailbox of his own. */
  readonly mailbox: boolean
  /** Attendants are for those only whom the whole company finds. */
  readonly mayUseAttendants: boolean
}

const targetFields = ['user', 'number', ...serviceKinds] as const
const simpleFields = [...targetFields, 'busy', 'voicemail'] as const
const destinationFields = [...simpleFields, 'list'] as const

/** Adds a problem unless exactly one of `fields` is given (`false` counts as not given). Returns whether it is. */
export function checkExactlyOne(to: object, fields: readonly string[], path: string, findings: Findings): boolean {
  const record = to as Readonly<Record<string, unknown>>
  const given = fields.filter((field) => record[field] !== undefined && record[field] !== false)
  if (given.length === 1) return true
  const message =
    given.length === 0 ? 'there is no destination' : `there is more than one destination: ${given.join(', ')}`
  findings.problems.add(path, to, message, `Write exactly one of ${fields.join(', ')}`)
  return false
}

/** Checks a destination with all it may hold. `more` names fields that are allowed here besides. */
export function checkDestination(
  to: DestinationBody,
  path: string,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
  more: readonly string[] = [],
): void {
  checkExactlyOne(to, [...destinationFields, ...more], path, findings)
  checkTarget(to, path, owner, configuration, findings)
  if (to.list !== undefined) checkList(to.list, `${path}.list`, owner, configuration, findings)
}

/** Checks a destination that may be no list. */
export function checkSimpleDestination(
  to: DestinationBody,
  path: string,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  checkExactlyOne(to, simpleFields, path, findings)
  checkTarget(to, path, owner, configuration, findings)
}

/** Checks a list's members and what comes after it. */
function checkList(
  list: TargetListBody,
  path: string,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  for (const [index, member] of list.members.entries()) {
    const at = `${path}.members[${index}]`
    checkExactlyOne(member, targetFields, at, findings)
    checkTarget(member, at, owner, configuration, findings)
  }
  if (list.afterwards !== undefined) {
    checkSimpleDestination(list.afterwards, `${path}.afterwards`, owner, configuration, findings)
  }
}

/** Checks what a target names: that it does not lead back, is not switched off, and may be chosen. */
export function checkTarget(
  to: DestinationBody,
  path: string,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const reached = reachedBy(to, configuration)
  if (reached !== undefined && reached.kind === owner.kind && reached.id === owner.id) {
    const who = owner.kind === 'user' ? 'the user forwards to himself' : 'this leads back to where it begins'
    findings.problems.add(path, to, who, 'Choose another destination')
  }
  if (to.user !== undefined && configuration.get('user', to.user)?.['active'] === false) {
    const cure = 'Choose another destination, or set active to true'
    findings.warnings.add(`${path}.user`, to.user, 'this user is deactivated', cure)
  }
  if (to.number !== undefined && !owner.international && isAbroad(to.number, owner.site, configuration)) {
    const message = `this number is abroad and the ${owner.kind === 'user' ? 'user' : 'service'} may not forward abroad`
    const cure = 'Set internationalForwarding to true, or choose a number in the country'
    findings.problems.add(`${path}.number`, to.number, message, cure)
  }
  if (to.voicemail === true && !owner.mailbox) {
    const cure = 'Set enabled of voicemail to true, or choose another destination'
    findings.problems.add(`${path}.voicemail`, true, 'there is no mailbox, or it is switched off', cure)
  }
  if (to.autoAttendant !== undefined && !owner.mayUseAttendants) {
    const message = 'an auto attendant can be chosen only by users whose directory scope is company'
    const cure = 'Set directoryScope to company, or choose another destination'
    findings.problems.add(`${path}.autoAttendant`, to.autoAttendant, message, cure)
  }
}
