/** Which digits reach the emergency service, so that no extension hides them and none is taken for them. */
import { emergencyTestNumber, knownCountries, numberingPlan } from '../countries.ts'
import { countryFact, outsidePrefixFact } from './facts.ts'
import type { ConfigurationView } from './kind.ts'

/** Digits that are an emergency number or the number that tests one, to the countries where they are. */
const countriesByNumber: ReadonlyMap<string, readonly string[]> = countriesOfNumbers()

function countriesOfNumbers(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const country of knownCountries()) {
    const test = emergencyTestNumber(country)
    const numbers = [...(numberingPlan(country)?.emergencyNumbers ?? []), ...(test === '' ? [] : [test])]
    for (const number of numbers) found.set(number, [...(found.get(number) ?? []), country])
  }
  return found
}

/** Countries of a PBX and its sites; of the whole account for ''. */
export function countriesOf(pbx: string, configuration: ConfigurationView): string[] {
  return knownCountries().filter((country) => hasFact(countryFact(country, pbx), configuration))
}

/** Whether anything has a fact. */
export function hasFact(fact: string, configuration: ConfigurationView): boolean {
  for (const _ of configuration.havingFact(fact)) return true
  return false
}

/** What digits reach when they are dialled in a PBX with these countries: words for people, or ''. */
export function emergencyMeaning(digits: string, countries: readonly string[], outsidePrefix: string): string {
  for (const country of countries) {
    const plan = numberingPlan(country)
    if (plan === undefined) continue
    if (digits === emergencyTestNumber(country)) return `the emergency test number of ${country}`
    if (plan.emergencyNumbers.has(digits)) return `the emergency number ${digits} of ${country}`
    const outside = numberAfter(outsidePrefix, digits, plan.emergencyNumbers)
    if (outside !== '') return `the emergency number ${outside} of ${country} after the outside prefix`
    const national = numberAfter(plan.nationalPrefix, digits, plan.emergencyNumbers)
    if (national !== '') return `the emergency number ${national} of ${country} after the national prefix`
  }
  return ''
}

function numberAfter(prefix: string, digits: string, numbers: ReadonlySet<string>): string {
  if (prefix === '' || !digits.startsWith(prefix)) return ''
  const rest = digits.slice(prefix.length)
  return numbers.has(rest) ? rest : ''
}

/** Emergency numbers of these countries, each once. */
export function emergencyNumbersOf(countries: readonly string[]): string[] {
  return [...new Set(countries.flatMap((country) => [...(numberingPlan(country)?.emergencyNumbers ?? [])]))]
}

/** Longest outside and national prefixes. */
const longestPrefix = 3

/**
 * The emergency number that digits are anywhere in the account, alone or after a prefix that is used anywhere in it;
 * '' for none. For digits that are dialled in every PBX, as dial code and extension are.
 */
export function emergencyNumberInAccount(digits: string, configuration: ConfigurationView): string {
  for (let length = 0; length <= longestPrefix; length++) {
    const rest = digits.slice(length)
    const countries = countriesByNumber.get(rest)
    if (countries === undefined || !countries.some((country) => hasFact(countryFact(country, ''), configuration))) {
      continue
    }
    if (isPrefixInAccount(digits.slice(0, length), configuration)) return rest
  }
  return ''
}

/** Whether outside numbers are dialled after these digits anywhere in the account; '' always. */
export function isPrefixInAccount(prefix: string, configuration: ConfigurationView): boolean {
  if (prefix === '' || hasFact(outsidePrefixFact(prefix), configuration)) return true
  return countriesOf('', configuration).some((country) => numberingPlan(country)?.nationalPrefix === prefix)
}

/** Every string that `emergencyNumberInAccount` would find because of one country, with these outside prefixes. */
export function emergencyStringsOf(countries: readonly string[], prefixes: Iterable<string>): string[] {
  const all = ['', ...prefixes]
  for (const country of countries) {
    const national = numberingPlan(country)?.nationalPrefix ?? ''
    if (national !== '') all.push(national)
  }
  const numbers = [...countriesByNumber].filter(([, where]) => where.some((country) => countries.includes(country)))
  return numbers.flatMap(([number]) => all.map((prefix) => prefix + number))
}
