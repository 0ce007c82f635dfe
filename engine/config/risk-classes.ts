/**
 * How likely a number is where toll fraud leads to. The classes are a choice of this project, and an account may file any
 * number in another one (docs/calling-plans.md, Toll fraud): low are the countries of `zone-48`, without the mobiles that
 * the zone leaves out; high are numbers that cost more than a call, and the countries below, whose numbers turn up most
 * often in what carriers publish about revenue share fraud; medium is everything else.
 */
import { regionsOfCountry } from './calling-regions.ts'
import { countriesOfZone } from './zones.ts'

export const riskClasses = ['low', 'medium', 'high'] as const
export type RiskClass = (typeof riskClasses)[number]

/** ISO 3166-1 alpha-2. */
export const highRiskCountries: readonly string[] = (
  'AC AF AL AZ BA BF BI BY CD CF CG CU DJ DZ ER ET FK GM GN GQ GW GY HT IQ KM KP LA LR LY MD MG ML MM MR MV NE NR NU PG ' +
  'PK PS SB SD SH SL SN SO SR SS ST SY TD TG TJ TK TL TM TN TO TV UZ VU WF XK YE ZW'
).split(' ')

/** By beginnings of E.164 numbers with `+`; where none fits, the risk is medium. */
export const risksByCountry: ReadonlyMap<string, RiskClass> = new Map([
  ...highRiskCountries.flatMap(regionsOfCountry).map((region): [string, RiskClass] => [region, 'high']),
  ...(countriesOfZone('zone-48') ?? []).flatMap(({ country, mobile }): [string, RiskClass][] => [
    ...regionsOfCountry(country).map((region): [string, RiskClass] => [region, 'low']),
    ...mobile.map((region): [string, RiskClass] => [region, 'medium']),
  ]),
])
