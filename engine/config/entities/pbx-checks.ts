/** A PBX: references of its settings, and checks of its feature codes. */

import { emergencyTestNumber } from '../countries.ts'
import { planReferences } from './calling-plan-name.ts'
import { countriesOf, emergencyMeaning, emergencyNumberInAccount } from './emergency-strings.ts'
import { extensionScope } from './extension.ts'
import { defaultFeatureCodes, featureCodeNames } from './feature-codes.ts'
import type { ConfigurationView, Findings, Reference, UniqueValue } from './kind.ts'
import { warnOfWaitingDestination, warnOfWhatWaits } from './not-in-force.ts'
import type { PbxBody } from './pbx.ts'
import { warnOfRecordingPolicy } from './recording-policy-checks.ts'

/** All references but those of the block list. */
export function moreReferencesOfPbx(body: PbxBody): Reference[] {
  const found = planReferences(body.callingPlan)
  if (body.mainNumber !== undefined) found.push({ kind: 'phoneNumber', id: body.mainNumber, path: 'mainNumber' })
  if (body.musicOnHold !== undefined) found.push({ kind: 'audioFile', id: body.musicOnHold, path: 'musicOnHold' })
  return found
}

/** Nothing beyond id, domain and dial code. */
export function moreUniqueValuesOfPbx(_body: PbxBody, _configuration: ConfigurationView): UniqueValue[] {
  return []
}

/** Checks that feature codes differ from each other, from extensions and from emergency numbers. */
export function checkPbxExtras(body: PbxBody, configuration: ConfigurationView, findings: Findings): void {
  warnOfWhatWaits('pbx', body, findings)
  warnOfWaitingDestination(body.blockList?.treatment, 'blockList.treatment', 'blocked callers hear busy', findings)
  warnOfRecordingPolicy(body.recordingPolicy, 'recordingPolicy', configuration, findings)
  warnOfMisdialledCode(body.dialCode, configuration, findings)
  if (body.featureCodes === undefined) return
  const countries = countriesOf(body.id, configuration)
  const seen = new Map<string, string>()
  for (const name of featureCodeNames) {
    const code = body.featureCodes[name] ?? defaultFeatureCodes[name]
    if (code === 'off') continue
    const path = `featureCodes.${name}`
    const first = seen.get(code)
    if (first !== undefined) {
      const cure = 'Give one of the two another code, or switch it off'
      findings.problems.add(path, code, `this is also the code ${first}`, cure)
    }
    seen.set(code, name)
    // What is not written here was checked with whatever it could meet.
    if (body.featureCodes[name] === undefined) continue
    const what = emergencyMeaning(code, countries, body.outsidePrefix ?? '')
    const isTest = name === 'emergencyTest' && countries.some((country) => emergencyTestNumber(country) === code)
    if (what !== '' && !isTest) {
      findings.problems.add(path, code, `this code equals ${what}`, 'Choose another code, for example one with *')
    }
    const holder = configuration.holderOf(extensionScope(body.id), code)
    if (holder !== undefined) {
      const cure = 'Choose another code, or give them another extension'
      findings.problems.add(path, code, `this is the extension of ${holder.kind} ${holder.id}`, cure)
    }
  }
}

/** Whoever dials to another PBX and pauses too long has dialled what stands in front so far; he may be in any PBX. */
function warnOfMisdialledCode(
  dialCode: string | undefined,
  configuration: ConfigurationView,
  { warnings }: Findings,
): void {
  if (dialCode === undefined) return
  for (let length = 2; length <= dialCode.length; length++) {
    const number = emergencyNumberInAccount(dialCode.slice(0, length), configuration)
    if (number === '') continue
    const message = `who pauses within this dial code may reach the emergency number ${number}`
    warnings.add('dialCode', dialCode, message, 'Choose a dial code that does not begin so')
    return
  }
}
