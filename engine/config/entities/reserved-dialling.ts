/** Digits that the whole account keeps free for emergency numbers and feature codes, found from their side. */
import { countriesOf, emergencyStringsOf } from './emergency-strings.ts'
import { checkDialled, extensionScope, longestDialCode, pbxWithDialCode } from './extension.ts'
import { digitFeatureCodes } from './feature-codes.ts'
import type { ConfigurationView, EntityKey, Findings } from './kind.ts'
import type { PbxBody } from './pbx.ts'

/**
 * For `checkTogether` of what brings countries, prefixes and feature codes in: whoever is reached by one of these as dial
 * code and extension, in any PBX, has to go. There are few such strings and there may be many users: so they are looked
 * up, and users not gone through.
 */
export function checkReservedDialling(
  _checked: readonly EntityKey[],
  configuration: ConfigurationView,
  findingsOf: (entity: EntityKey) => Findings,
): void {
  for (const digits of reservedStrings(configuration)) {
    for (let length = 1; length <= longestDialCode && length < digits.length; length++) {
      const target = pbxWithDialCode(digits.slice(0, length), configuration)
      if (target === undefined) continue
      const extension = digits.slice(length)
      const holder = configuration.holderOf(extensionScope(target.id), extension)
      if (holder !== undefined) checkDialled(extension, target.pbx, configuration, findingsOf(holder))
    }
  }
}

function reservedStrings(configuration: ConfigurationView): ReadonlySet<string> {
  const codes = new Set<string>()
  const prefixes = new Set<string>()
  for (const body of configuration.all('pbx')) {
    const { outsidePrefix, featureCodes } = body as PbxBody
    if (outsidePrefix !== undefined) prefixes.add(outsidePrefix)
    for (const code of digitFeatureCodes(featureCodes).keys()) codes.add(code)
  }
  return new Set([...codes, ...emergencyStringsOf(countriesOf('', configuration), prefixes)])
}
