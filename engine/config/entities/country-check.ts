/** Countries of which the dialling rules are known. */
import { knownCountries, numberingPlan } from '../countries.ts'
import type { Findings } from './kind.ts'

/** Adds a problem for a country of two letters whose dialling rules are not known; the schema speaks of other forms. */
export function checkCountry(code: string | undefined, path: string, findings: Findings): void {
  if (code === undefined || !/^[A-Z]{2}$/.test(code) || numberingPlan(code) !== undefined) return
  const cure = `Use one of ${knownCountries().join(', ')}`
  findings.problems.add(path, code, 'the dialling rules of this country are not known', cure)
}
