import { blockListReferences, blockListWatches, checkBlockList } from './block-list.ts'
import { checkCountry } from './country-check.ts'
import { dialCodeScope, extensionScope } from './extension.ts'
import { countryFact, featureCodeFact, outsidePrefixFact } from './facts.ts'
import { digitFeatureCodes } from './feature-codes.ts'
import { belowPbx } from './hanging-below.ts'
import type { Body, KindDefinition } from './kind.ts'
import type { PbxBody } from './pbx.ts'
import { Pbx } from './pbx.ts'
import { checkPbxExtras, moreReferencesOfPbx, moreUniqueValuesOfPbx } from './pbx-checks.ts'
import { checkReservedDialling } from './reserved-dialling.ts'

export const pbxKind: KindDefinition<PbxBody> = {
  kind: 'pbx',
  collection: 'pbxs',
  label: 'PBX',
  schema: Pbx,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: (body) => [...blockListReferences(body.blockList), ...moreReferencesOfPbx(body)],
  uniqueValuesOf: (body, configuration) => [
    {
      scope: 'domain',
      value: body.domain,
      path: 'domain',
      what: 'SIP domain',
      cure: 'Give one of the two another domain',
    },
    ...(body.dialCode === undefined
      ? []
      : [
          {
            scope: dialCodeScope,
            value: body.dialCode,
            path: 'dialCode',
            what: 'dial code',
            cure: 'Give one of the two another dial code',
          },
        ]),
    ...moreUniqueValuesOfPbx(body, configuration),
  ],
  check(body, configuration, findings) {
    checkCountry(body.country, 'country', findings)
    const bounds = body.extensionLength
    if (bounds !== undefined && bounds.shortest > bounds.longest) {
      findings.problems.add('extensionLength', bounds, 'the shortest is longer than the longest', 'Swap the two')
    }
    checkBlockList(body.blockList, body.id, configuration, findings)
    checkPbxExtras(body, configuration, findings)
  },
  factsOf: (body) => [
    countryFact(body.country, body.id),
    countryFact(body.country, ''),
    ...(body.outsidePrefix === undefined ? [] : [outsidePrefixFact(body.outsidePrefix)]),
    ...[...digitFeatureCodes(body.featureCodes).keys()].map(featureCodeFact),
  ],
  watchesOf: (body) => blockListWatches(body.blockList, body.id),
  checkTogether: checkReservedDialling,
  *affectedBy(changes, configuration) {
    for (const { id, before, after } of changes) {
      if (differ(before, after, dialled)) yield* belowPbx(id, configuration)
      if (after === null || !differ(before, after, ['featureCodes'])) continue
      for (const code of digitFeatureCodes((after as PbxBody).featureCodes).keys()) {
        const holder = configuration.holderOf(extensionScope(id), code)
        if (holder !== undefined) yield holder
      }
    }
  },
}

/** Fields on which the extensions, rules and numbers of those below depend. */
const dialled = [
  'country',
  'dialCode',
  'extensionLength',
  'outsidePrefix',
  'misdialIsError',
] as const satisfies readonly (keyof PbxBody)[]

function differ(before: Body | null, after: Body | null, fields: readonly string[]): boolean {
  if (before === null || after === null) return true
  return fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
}
