/** Checks that an address has what emergency services of its country need. */
import type { AddressBody } from './address.ts'
import type { Findings } from './kind.ts'

type Part = 'streetNumber' | 'street' | 'city' | 'state' | 'postcode'

/** NENA and the national postal forms ask for a state here; elsewhere street, place and postcode find a building. */
const withState = new Set(['US', 'CA', 'AU'])
const usual: readonly Part[] = ['street', 'city', 'postcode']
const inCountriesWithState: readonly Part[] = ['streetNumber', 'street', 'city', 'state', 'postcode']

/** Adds each part that is missing. `country` is used where the address names none. */
export function checkEmergencyAddress(address: AddressBody, country: string, path: string, findings: Findings): void {
  const where = address.country ?? country
  for (const part of withState.has(where) ? inCountriesWithState : usual) {
    if ((address[part] ?? '').trim() !== '') continue
    const message = `an emergency address in ${where === '' ? 'any country' : where} needs it`
    findings.problems.add(`${path}.${part}`, address[part], message, `Write the ${part} of the address`)
  }
  if ((address.latitude === undefined) === (address.longitude === undefined)) return
  const missing = address.latitude === undefined ? 'latitude' : 'longitude'
  findings.problems.add(`${path}.${missing}`, undefined, 'only one of the two is there', 'Write both or neither')
}
