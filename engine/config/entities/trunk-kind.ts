import { checkCountry } from './country-check.ts'
import type { KindDefinition } from './kind.ts'
import { checkIpAddress } from './networks.ts'
import type { TrunkBody } from './trunk.ts'
import { Trunk, trunkSecrets } from './trunk.ts'
import { checkTrunkExtras, moreReferencesOfTrunk, moreUniqueValuesOfTrunk } from './trunk-checks.ts'

export const trunkKind: KindDefinition<TrunkBody> = {
  kind: 'trunk',
  collection: 'trunks',
  label: 'trunk',
  schema: Trunk,
  secrets: trunkSecrets,
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: (body) => moreReferencesOfTrunk(body),
  /** A trunk is known by where its calls come from. */
  uniqueValuesOf: (body, configuration) => [
    ...body.trusted.map((source, index) => ({
      scope: 'trunk source',
      value: `${source.address.toLowerCase()} port ${source.port ?? 0}`,
      path: `trusted[${index}]`,
      what: 'source of calls',
      cure: 'Each source belongs to one trunk: take one out',
    })),
    ...moreUniqueValuesOfTrunk(body, configuration),
  ],
  check(body, configuration, findings) {
    for (const [index, source] of body.trusted.entries()) {
      checkIpAddress(source.address, `trusted[${index}].address`, findings)
    }
    checkCountry(body.country, 'country', findings)
    checkTrunkExtras(body, configuration, findings)
  },
}
