import { checkCountry } from './country-check.ts'
import { countryFact } from './facts.ts'
import { belowPbx } from './hanging-below.ts'
import type { ConfigurationView, EntityChange, KindDefinition } from './kind.ts'
import { checkReservedDialling } from './reserved-dialling.ts'
import type { SiteBody } from './site.ts'
import { Site } from './site.ts'
import { checkSiteExtras, moreReferencesOfSite, moreUniqueValuesOfSite } from './site-checks.ts'
import { checkTimeZone } from './time-checks.ts'

export const siteKind: KindDefinition<SiteBody> = {
  kind: 'site',
  collection: 'sites',
  label: 'site',
  schema: Site,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: (body) => [
    { kind: 'pbx', id: body.pbx, path: 'pbx' },
    ...(body.mainNumber === undefined
      ? []
      : [{ kind: 'phoneNumber' as const, id: body.mainNumber, path: 'mainNumber' }]),
    ...moreReferencesOfSite(body),
  ],
  uniqueValuesOf: moreUniqueValuesOfSite,
  check(body, configuration, findings) {
    checkCountry(body.country, 'country', findings)
    checkTimeZone(body.timeZone, 'timeZone', findings)
    if (body.mainNumberForAll === true && body.mainNumber === undefined) {
      const cure = 'Add mainNumber, or take this out'
      findings.problems.add('mainNumberForAll', true, 'the site has no main number', cure)
    }
    checkSiteExtras(body, configuration, findings)
  },
  /** The PBX has its own country anyway. */
  factsOf: (body) =>
    body.country === undefined ? [] : [countryFact(body.country, body.pbx), countryFact(body.country, '')],
  checkTogether: checkReservedDialling,
  *affectedBy(changes, configuration) {
    for (const { id, before, after } of changes) {
      if (before === null || after === null || concernsOthers(before as SiteBody, after as SiteBody)) {
        yield* configuration.referrersOf('site', id)
        for (const body of [before, after]) if (body !== null) yield { kind: 'pbx', id: String(body['pbx']) }
      }
    }
    // A country that a PBX gets or loses makes its emergency numbers others for everybody in it.
    for (const pbx of withOtherCountries(changes, configuration)) yield* belowPbx(pbx, configuration)
  },
}

function concernsOthers(before: SiteBody, after: SiteBody): boolean {
  return before.pbx !== after.pbx || before.country !== after.country || before.mainNumber !== after.mainNumber
}

/** PBXs that have a country more or less after these changes of sites. */
function withOtherCountries(changes: readonly EntityChange[], configuration: ConfigurationView): ReadonlySet<string> {
  const changed = new Set(changes.map(({ id }) => id))
  const gained = new Set(changes.flatMap(({ after }) => countryFactsOf(after as SiteBody | null)))
  const found = new Set<string>()
  for (const { before, after } of changes) {
    for (const body of [before, after] as (SiteBody | null)[]) {
      if (body === null || found.has(body.pbx)) continue
      for (const fact of countryFactsOf(body)) {
        const holders = [...configuration.havingFact(fact)]
        const stays = holders.some(({ kind, id }) => kind !== 'site' || !changed.has(id))
        if (holders.length > 0 !== (stays || gained.has(fact))) found.add(body.pbx)
      }
    }
  }
  return found
}

function countryFactsOf(body: SiteBody | null): string[] {
  return body?.country === undefined ? [] : [countryFact(body.country, body.pbx)]
}
