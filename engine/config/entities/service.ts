/** What services have in common: a name, a site, an extension, and what a call that they pass on may do. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { planReferences } from './calling-plan-name.ts'
import type { Forwarder } from './destination-checks.ts'
import { checkExactlyOne } from './destination-checks.ts'
import { checkExtension, extensionFacts, extensionValue, extensionWatches } from './extension.ts'
import { numberFact } from './facts.ts'
import type { ConfigurationView, Fact, Findings, Reference, UniqueValue } from './kind.ts'
import { nameValue } from './named.ts'
import { numbersNamedIn } from './named-numbers.ts'
import type { ServiceKind } from './targets.ts'
import { holderOfNumber, isAbroad } from './targets.ts'
import { E164, Extension, Id, Language, Name, PlanName, strict, wholeNumber, YesNo } from './values.ts'

/** Fields of every service. The PBX is that of the site. */
export const ServiceFields = {
  id: Id,
  name: Name,
  site: Id,
  extension: Type.Optional(Extension),
  language: Type.Optional(Language),
} as const

/** Fields of services that pass calls on. */
export const ForwarderFields = {
  callingPlan: Type.Optional(PlanName),
  internationalForwarding: Type.Optional(YesNo),
  musicOnHold: Type.Optional(Id),
} as const

/** Somebody of a ring group or queue: exactly one of user and number. */
export const Member = Type.Object(
  {
    user: Type.Optional(Id),
    number: Type.Optional(E164),
    ringSeconds: Type.Optional(wholeNumber(1, 120, 'seconds')),
    optedOut: Type.Optional(YesNo),
  },
  { ...strict, description: 'Write user: ID or number: +E164' },
)

export type MemberBody = Static<typeof Member>

interface ServiceBody {
  readonly id: string
  readonly name: string
  readonly site: string
  readonly extension?: string
  readonly callingPlan?: string
  readonly internationalForwarding?: boolean
  readonly musicOnHold?: string
}

/** Site, calling plan and music. */
export function referencesOfService(body: ServiceBody): Reference[] {
  const found: Reference[] = [{ kind: 'site', id: body.site, path: 'site' }, ...planReferences(body.callingPlan)]
  if (body.musicOnHold !== undefined) found.push({ kind: 'audioFile', id: body.musicOnHold, path: 'musicOnHold' })
  return found
}

/** Name within its kind, and extension within the PBX. */
export function uniqueValuesOfService(
  kind: ServiceKind,
  body: ServiceBody,
  configuration: ConfigurationView,
): UniqueValue[] {
  const name = nameValue(kind, body.name)
  const pbx = pbxIdOf(body, configuration)
  return body.extension === undefined || pbx === '' ? [name] : [name, extensionValue(body.extension, pbx)]
}

/** By what checks of others find the service. */
export function factsOfService(body: ServiceBody, configuration: ConfigurationView): readonly Fact[] {
  const pbx = pbxIdOf(body, configuration)
  return body.extension === undefined || pbx === '' ? [] : extensionFacts(body.extension, pbx, configuration)
}

/** What the check of the service depends on: its extension, and whose the numbers are that it names. */
export function watchesOfService(body: ServiceBody, configuration: ConfigurationView): readonly Fact[] {
  const pbx = pbxIdOf(body, configuration)
  const found = [...numbersNamedIn(body)].map(numberFact)
  if (body.extension !== undefined && pbx !== '') found.push(...extensionWatches(body.extension, pbx, configuration))
  return found
}

/** The PBX of the service's site, or '' while the site is missing. */
export function pbxIdOf(body: ServiceBody, configuration: ConfigurationView): string {
  const pbx = configuration.get('site', body.site)?.['pbx']
  return typeof pbx === 'string' ? pbx : ''
}

/** The service as one whose destinations are checked. */
export function forwarderOfService(kind: ServiceKind, body: ServiceBody, mailbox: boolean): Forwarder {
  return {
    kind,
    id: body.id,
    site: body.site,
    international: body.internationalForwarding === true,
    mailbox,
    mayUseAttendants: true,
  }
}

/** Users that members name. */
export function referencesOfMembers(members: readonly MemberBody[] | undefined, path: string): Reference[] {
  return (members ?? []).flatMap(({ user }, index): Reference[] =>
    user === undefined ? [] : [{ kind: 'user', id: user, path: `${path}[${index}].user` }],
  )
}

/** Checks that each member is one user or number, listed once, and not the service itself. */
export function checkMembers(
  members: readonly MemberBody[] | undefined,
  path: string,
  owner: Forwarder,
  configuration: ConfigurationView,
  findings: Findings,
  seen: Map<string, string> = new Map(),
): void {
  const { problems } = findings
  for (const [index, member] of (members ?? []).entries()) {
    const at = `${path}[${index}]`
    if (!checkExactlyOne(member, ['user', 'number'], at, findings)) continue
    const name = member.user ?? member.number ?? ''
    const first = seen.get(name)
    if (first !== undefined) problems.add(at, name, `this is also ${first}`, 'Keep one of the two')
    else seen.set(name, at)
    warnOfInactive(member.user, `${at}.user`, configuration, findings)
    if (member.number === undefined) continue
    const holder = holderOfNumber(member.number, configuration)
    if (holder?.kind === owner.kind && holder.id === owner.id) {
      problems.add(`${at}.number`, name, 'this number leads back to the group itself', 'Choose another member')
    } else if (!owner.international && isAbroad(member.number, owner.site, configuration)) {
      const message = 'this number is abroad and the service may not forward abroad'
      const cure = 'Set internationalForwarding to true, or choose a number in the country'
      problems.add(`${at}.number`, name, message, cure)
    }
  }
}

/** Checks the service's extension, if it has one. */
export function checkExtensionOfService(
  kind: ServiceKind,
  body: ServiceBody,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const pbx = pbxIdOf(body, configuration)
  if (body.extension === undefined || pbx === '') return
  checkExtension({ kind, id: body.id }, body.extension, pbx, configuration, findings)
}

/** Warns of a user who is named and cannot be called. */
export function warnOfInactive(
  user: string | undefined,
  path: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  if (user === undefined || configuration.get('user', user)?.['active'] !== false) return
  findings.warnings.add(path, user, 'this user is deactivated', 'Name somebody else, or set active to true')
}
