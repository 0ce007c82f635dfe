/** Which outside numbers may be called, where the three built-in plans do not fit. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { regionsOfCountry } from '../calling-regions.ts'
import { countriesOfZone } from '../zones.ts'
import { builtInPlans } from './calling-plan-name.ts'
import type { ConfigurationView, Findings, KindDefinition } from './kind.ts'
import { nameValue } from './named.ts'
import { Id, listOf, Name, Note, strict } from './values.ts'

const regionPattern = '^([A-Z]{2}|zone-(14|32|48)|\\+[1-9][0-9]{0,14})$'
const isRegion = new RegExp(regionPattern)
export const Region = Type.String({
  pattern: regionPattern,
  description: 'Write a country (GB), the beginning of numbers (+447), zone-14, zone-32 or zone-48',
})

export const CallingPlan = Type.Object(
  {
    id: Id,
    name: Name,
    note: Type.Optional(Note),
    allow: listOf(Region, 1000, 'countries and beginnings of numbers'),
    deny: Type.Optional(listOf(Region, 1000, 'countries and beginnings of numbers')),
  },
  { ...strict, description: 'Write a calling plan with id, name and allow' },
)

export type CallingPlanBody = Static<typeof CallingPlan>

function check(body: CallingPlanBody, _configuration: ConfigurationView, findings: Findings): void {
  const { problems, warnings } = findings
  if (builtInPlans.includes(body.id)) {
    problems.add('id', body.id, 'this is the name of a built-in plan', 'Give the plan another id')
  }
  const allowed = regionsIn(body.allow, 'allow', findings)
  const denied = regionsIn(body.deny ?? [], 'deny', findings)
  for (const [region, path] of denied) {
    const other = allowed.get(region)
    if (other !== undefined) {
      const cure = 'Take one of the two out'
      problems.add(path, region, `this is allowed (${other}) and denied at once`, cure)
    } else if (!isWithin(region, allowed)) {
      warnings.add(path, region, 'nothing that the plan allows is denied by this', 'Take it out')
    }
  }
  if (allowed.size === 0) {
    const cure = 'List countries or beginnings of numbers under allow, or use emergency-only'
    warnings.add('allow', '', 'this plan allows no outside number', cure)
  }
}

/** Regions of a list with their paths, beginnings of numbers for countries that have a code of their own. */
export function regionsIn(list: readonly string[], field: string, findings: Findings): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [index, entry] of list.entries()) {
    // What is no region at all has been told already.
    if (!isRegion.test(entry)) continue
    const path = `${field}[${index}]`
    const prefixes = prefixesOf(entry)
    const [only] = prefixes
    if (only === undefined) {
      const cure = 'Write the ISO 3166-1 code of a country, or a calling code, for example +420'
      findings.problems.add(path, entry, 'the calling code of this country is not known', cure)
      continue
    }
    const region = prefixes.length === 1 ? only : entry
    const first = found.get(region)
    if (first === undefined) found.set(region, path)
    else findings.problems.add(path, entry, `this is the same as ${first}`, 'Take one of the two out')
  }
  return found
}

/** Beginnings of the numbers of an entry; none for a country that is not known. */
export function prefixesOf(entry: string): readonly string[] {
  if (entry.startsWith('+')) return [entry]
  const zone = countriesOfZone(entry)
  return zone === undefined ? regionsOfCountry(entry) : zone.flatMap(({ country }) => regionsOfCountry(country))
}

/** Whether any number of a region is among those that are allowed. */
function isWithin(region: string, allowed: ReadonlyMap<string, string>): boolean {
  const allowedPrefixes = new Set([...allowed.keys()].flatMap(prefixesOf))
  for (const prefix of prefixesOf(region)) {
    for (let length = prefix.length; length > 1; length--) if (allowedPrefixes.has(prefix.slice(0, length))) return true
    for (const other of allowedPrefixes) if (other.startsWith(prefix)) return true
  }
  return false
}

export const callingPlanKind: KindDefinition<CallingPlanBody> = {
  kind: 'callingPlan',
  collection: 'callingPlans',
  label: 'calling plan',
  schema: CallingPlan,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: () => [],
  uniqueValuesOf: (body) => [nameValue('callingPlan', body.name)],
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
