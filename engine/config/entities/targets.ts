/** What the fields of a destination name, and the facts about it that checks need. */
import { numberingPlan } from '../countries.ts'
import type { Body, ConfigurationView, EntityKey, Kind, Reference } from './kind.ts'
import type { DestinationBody, TargetBody } from './routing.ts'

/** Kinds of services that may be called; the field of a destination has the same name. */
export const serviceKinds = [
  'ringGroup',
  'callQueue',
  'autoAttendant',
  'parkSlot',
  'pagingGroup',
  'conference',
] as const satisfies readonly Kind[]

export type ServiceKind = (typeof serviceKinds)[number]

type Named = Partial<Readonly<Record<ServiceKind | 'user', string | undefined>>>

/** References of a destination to services, without the user that it may name. */
export function serviceReferences(target: Named, path: string): Reference[] {
  const found: Reference[] = []
  for (const kind of serviceKinds) {
    const id = target[kind]
    if (id !== undefined) found.push({ kind, id, path: `${path}.${kind}` })
  }
  return found
}

/** References of a target to its user or service. */
export function targetReferences(target: Named, path: string): Reference[] {
  const found = serviceReferences(target, path)
  if (target.user !== undefined) found.push({ kind: 'user', id: target.user, path: `${path}.user` })
  return found
}

/** References of a destination and, where it is a list, of its members and what comes after it. */
export function destinationReferences(to: DestinationBody, path: string): Reference[] {
  return [...targetReferences(to, path), ...listReferences(to.list, `${path}.list`)]
}

/** References of a list of targets; none where there is no list. */
export function listReferences(list: DestinationBody['list'], path: string): Reference[] {
  if (list === undefined) return []
  const found = list.members.flatMap((member, index) => targetReferences(member, `${path}.members[${index}]`))
  if (list.afterwards !== undefined) found.push(...targetReferences(list.afterwards, `${path}.afterwards`))
  return found
}

/** Who has a number of this installation, or `undefined` where nobody has it or it is not one of ours. */
export function holderOfNumber(number: string, configuration: ConfigurationView): EntityKey | undefined {
  const entry = configuration.get('phoneNumber', number) as Named | undefined
  if (entry === undefined) return undefined
  if (entry.user !== undefined) return { kind: 'user', id: entry.user }
  for (const kind of serviceKinds) {
    const id = entry[kind]
    if (id !== undefined) return { kind, id }
  }
  return undefined
}

/** The user or service that a target reaches inside, by name or by a number that it has; `undefined` for all others. */
export function reachedBy(target: TargetBody, configuration: ConfigurationView): EntityKey | undefined {
  if (target.user !== undefined) return { kind: 'user', id: target.user }
  for (const kind of serviceKinds) {
    const id = target[kind]
    if (id !== undefined) return { kind, id }
  }
  return target.number === undefined ? undefined : holderOfNumber(target.number, configuration)
}

/** The PBX of a site, or `undefined` while one of the two is missing. */
function pbxOfSite(site: string, configuration: ConfigurationView): Body | undefined {
  const found = configuration.get('site', site)
  return found === undefined ? undefined : configuration.get('pbx', String(found['pbx']))
}

/** ISO code of the country in which callers of a site dial, or '' where the site is missing. */
export function countryOfSite(site: string, configuration: ConfigurationView): string {
  const own = configuration.get('site', site)?.['country']
  const country = own ?? pbxOfSite(site, configuration)?.['country']
  return typeof country === 'string' ? country : ''
}

/** Whether a number is neither one of this installation nor in the country of the site. */
export function isAbroad(number: string, site: string, configuration: ConfigurationView): boolean {
  if (configuration.get('phoneNumber', number) !== undefined) return false
  return numberingPlan(countryOfSite(site, configuration))?.isAbroad(number) ?? false
}
