/** Calling plans and outbound block lists as calls look numbers up in them. */
import { regionsOfCountry } from '../calling-regions.ts'
import type { CallingPlanBody } from '../entities/calling-plan.ts'
import type { CallingPlan, OutboundBlocks, PlanVerdict } from '../snapshot.ts'
import { isSpecial, specialNumbers } from '../special-numbers.ts'
import { countriesOfZone } from '../zones.ts'
import type { ChangesOfKind } from './changes-by-kind.ts'
import { prefixTable } from './prefix-table.ts'

const noRegions = prefixTable<PlanVerdict>(new Map())

const builtIn: readonly CallingPlan[] = [
  { id: 'emergency-only', name: 'Emergency only', reach: 'emergency-only', regions: noRegions },
  { id: 'domestic', name: 'Domestic', reach: 'domestic', regions: noRegions },
  { id: 'international', name: 'International', reach: 'international', regions: noRegions },
]

/** Numbers that cost more, by their beginnings. */
export const specialNumberTable = prefixTable(specialNumbers)

/** The plans that there are, the built-in ones included. */
export class Plans {
  byId: ReadonlyMap<string, CallingPlan> = new Map(builtIn.map((plan) => [plan.id, plan]));

  /** Takes over changes. */
  *apply(changes: ChangesOfKind): Generator<void, void> {
    if (changes.size === 0) return
    const next = new Map(this.byId)
    for (const [id, body] of changes) {
      if (body === null) next.delete(id)
      else next.set(id, compilePlan(body as CallingPlanBody))
      yield
    }
    this.byId = next
  }
}

function compilePlan(source: CallingPlanBody): CallingPlan {
  const verdicts = new Map<string, PlanVerdict>()
  const put = (entries: readonly string[], verdict: PlanVerdict) => {
    for (const entry of entries) for (const prefix of prefixesOf(entry)) verdicts.set(prefix, verdict)
  }
  const { allow, deny = [] } = source
  for (const [entries, verdict] of [[allow, 'allow'] as const, [deny, 'deny'] as const]) {
    for (const entry of entries) {
      for (const { country, mobile } of countriesOfZone(entry) ?? []) {
        put([country], verdict)
        // Whoever names the country itself as well means all of it.
        if (verdict === 'allow' && !allow.includes(country)) put(mobile, 'deny')
      }
    }
  }
  put(allow, 'allow')
  put(deny, 'deny')
  return { id: source.id, name: source.name, reach: 'listed', regions: prefixTable(verdicts) }
}

/**
 * Beginnings of numbers that a country or a beginning of numbers stands for; none for a zone. Areas of a country that are
 * special as a whole (900 in North America) are not meant by whoever names the country.
 */
function prefixesOf(entry: string): readonly string[] {
  if (entry.startsWith('+')) return [entry]
  if (countriesOfZone(entry) !== undefined) return []
  return regionsOfCountry(entry).filter((region) => !isSpecial(region))
}

/** @param owner for people: whose list it is */
export function compileOutboundBlocks(prefixes: readonly string[] | undefined, owner: string): OutboundBlocks | null {
  if (prefixes === undefined || prefixes.length === 0) return null
  return { owner, prefixes: prefixTable(new Map(prefixes.map((prefix) => [prefix, prefix]))) }
}
