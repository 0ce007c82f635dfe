/** What users and services with an extension have in common. Their scope of uniqueness is the PBX. */
import {
  countriesOf,
  emergencyMeaning,
  emergencyNumberInAccount,
  emergencyNumbersOf,
  hasFact,
} from './emergency-strings.ts'
import { dialledFact, extensionFact, featureCodeFact } from './facts.ts'
import { digitFeatureCodes } from './feature-codes.ts'
import type { ConfigurationView, EntityKey, Fact, Findings, UniqueValue } from './kind.ts'
import type { PbxBody } from './pbx.ts'

/** Where a mistyped emergency number is common enough to be refused unless the PBX says otherwise. */
const strictCountries = ['US', 'CA']
/** Dial codes have at most so many digits. */
export const longestDialCode = 6

/** Scope of `UniqueValue` in which a PBX's extensions are unique. */
export function extensionScope(pbx: string): string {
  return `extension ${pbx}`
}

/** Scope of `UniqueValue` of dial codes. */
export const dialCodeScope = 'dialCode'

export function extensionValue(extension: string, pbx: string): UniqueValue {
  return {
    scope: extensionScope(pbx),
    value: extension,
    path: 'extension',
    what: 'extension',
    cure: 'Give one of the two another extension, or move one to another PBX',
  }
}

/** For `factsOf` of whoever has an extension. */
export function extensionFacts(extension: string, pbx: string, configuration: ConfigurationView): readonly Fact[] {
  const dialCode = pbxOf(pbx, configuration)?.dialCode
  const found = [extensionFact(extension, ''), extensionFact(extension, pbx)]
  return dialCode === undefined ? found : [...found, dialledFact(dialCode + extension)]
}

/** For `watchesOf` of whoever has an extension: what `checkExtension` asks for. */
export function extensionWatches(extension: string, pbx: string, configuration: ConfigurationView): readonly Fact[] {
  const dialCode = pbxOf(pbx, configuration)?.dialCode
  return dialCode === undefined ? [dialledFact(extension)] : [dialledFact(extension), dialledFact(dialCode + extension)]
}

function pbxOf(id: string, configuration: ConfigurationView): PbxBody | undefined {
  return configuration.get('pbx', id) as PbxBody | undefined
}

/** The PBX with a dial code, and its id. */
export function pbxWithDialCode(
  dialCode: string,
  configuration: ConfigurationView,
): { id: string; pbx: PbxBody } | undefined {
  const key = configuration.holderOf(dialCodeScope, dialCode)
  const pbx = key === undefined ? undefined : pbxOf(key.id, configuration)
  return key === undefined || pbx === undefined ? undefined : { id: key.id, pbx }
}

/**
 * Checks an extension of a user or service (`owner`) in a PBX: that it hides no emergency number and no feature code, is
 * not easily mistaken for one, and has a length that the PBX allows. Warns where digits can be read in two ways.
 */
export function checkExtension(
  owner: EntityKey,
  extension: string,
  pbx: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const ofPbx = pbxOf(pbx, configuration)
  if (ofPbx === undefined) return
  const countries = countriesOf(pbx, configuration)
  if (checkMeaning(extension, ofPbx, countries, findings)) checkMisdials(extension, ofPbx, countries, findings)
  checkDialled(extension, ofPbx, configuration, findings)
  warnOfOwnReading(owner, extension, pbx, configuration, findings)
  warnOfLongerCode(owner, extension, ofPbx, configuration, findings)
}

/** Whether an extension is usable at all. */
function checkMeaning(extension: string, pbx: PbxBody, countries: readonly string[], findings: Findings): boolean {
  const { problems } = findings
  const code = digitFeatureCodes(pbx.featureCodes).get(extension)
  const what =
    emergencyMeaning(extension, countries, pbx.outsidePrefix ?? '') ||
    (code === undefined ? '' : `a feature code (${code})`)
  if (what !== '') {
    problems.add('extension', extension, `this extension equals ${what}`, 'Choose another extension')
    return false
  }
  const shortest = pbx.extensionLength?.shortest ?? 3
  const longest = pbx.extensionLength?.longest ?? 6
  if (extension.length < shortest || extension.length > longest) {
    const message = `extensions of PBX ${pbx.id} have ${shortest} to ${longest} digits`
    problems.add('extension', extension, message, 'Choose another extension, or change extensionLength of the PBX')
  }
  return true
}

function checkMisdials(extension: string, pbx: PbxBody, countries: readonly string[], findings: Findings): void {
  for (const number of emergencyNumbersOf(countries)) {
    if (!extension.startsWith(number) && !number.startsWith(extension)) continue
    const isError = pbx.misdialIsError ?? countries.some((country) => strictCountries.includes(country))
    const message = `who mistypes this extension may reach the emergency number ${number}`
    const cure = 'Choose another extension, or set misdialIsError of the PBX to false'
    ;(isError ? findings.problems : findings.warnings).add('extension', extension, message, cure)
    return
  }
}

/** Dial code and extension are dialled in every PBX: they may be no emergency number and no feature code of any. */
export function checkDialled(
  extension: string,
  pbx: PbxBody,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  if (pbx.dialCode === undefined) return
  const dialled = pbx.dialCode + extension
  const emergency = emergencyNumberInAccount(dialled, configuration)
  const reserved = emergency === '' && hasFact(featureCodeFact(dialled), configuration) ? dialled : emergency
  if (reserved === '') return
  const message = `dial code ${pbx.dialCode} and this extension together are ${dialled}, which is reserved (${reserved})`
  findings.problems.add('extension', extension, message, 'Choose another extension, or give the PBX another dial code')
}

/** An extension here that is also dial code and extension elsewhere. */
function warnOfOwnReading(
  owner: EntityKey,
  extension: string,
  pbx: string,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  for (let length = 1; length <= longestDialCode && length < extension.length; length++) {
    const code = extension.slice(0, length)
    const target = pbxWithDialCode(code, configuration)
    if (target === undefined) continue
    const rest = extension.slice(length)
    const other = configuration.holderOf(extensionScope(target.id), rest)
    if (other === undefined || isSame(other, owner)) continue
    const message =
      `${extension} is this extension (${nameOf(owner)}) for callers in PBX ${pbx}, and dial code ${code} with ` +
      `extension ${rest} of PBX ${target.id} (${nameOf(other)}) for all others`
    findings.warnings.add('extension', extension, message, 'Change the extension or the dial code')
  }
}

/** A dial code that begins with another's: what follows the shorter one may be an extension there. */
function warnOfLongerCode(
  owner: EntityKey,
  extension: string,
  pbx: PbxBody,
  configuration: ConfigurationView,
  findings: Findings,
): void {
  const longer = pbx.dialCode ?? ''
  const dialled = longer + extension
  for (let length = 1; length < longer.length; length++) {
    const code = longer.slice(0, length)
    const target = pbxWithDialCode(code, configuration)
    if (target === undefined) continue
    const rest = dialled.slice(length)
    const other = configuration.holderOf(extensionScope(target.id), rest)
    if (other === undefined || isSame(other, owner)) continue
    const message =
      `${dialled} is dial code ${longer} and this extension (${nameOf(owner)}), and also dial code ${code} and ` +
      `extension ${rest} (${nameOf(other)}); the longer dial code wins`
    findings.warnings.add('extension', extension, message, 'Change a dial code or an extension')
  }
}

function isSame(left: EntityKey, right: EntityKey): boolean {
  return left.kind === right.kind && left.id === right.id
}

function nameOf(key: EntityKey): string {
  return key.kind === 'user' ? key.id : `${key.kind} ${key.id}`
}
