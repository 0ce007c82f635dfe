/**
 * How numbers are dialled in each country that Ringdown knows, and its emergency numbers.
 *
 * Calling codes and prefixes are those of ITU-T E.164 and the ITU's list of dialling procedures; emergency numbers are
 * those that the countries' regulators publish (112 in the European Union by Directive (EU) 2018/1972, article 109).
 */
import { canadianAreas, caribbeanAreas, unitedStatesAreas } from './north-america.ts'
import type { NumberingPlan } from './snapshot.ts'

interface Country {
  readonly callingCode: string
  /** Space-separated; the first is written, all are read. */
  readonly international: string
  readonly national: string
  readonly nationalRequired: boolean
  /** Digits of a national number without prefix. */
  readonly digits: readonly [shortest: number, longest: number]
  /** Digits of area code and local number, where short numbers exist only without an area. */
  readonly shortestLocal?: number
  /** Space-separated. */
  readonly emergency: string
  /** Answered by a test line, never by a person. */
  readonly emergencyTest?: string
}

function country(
  callingCode: string,
  national: string,
  digits: readonly [number, number],
  emergency: string,
  international = '00',
): Country {
  return { callingCode, international, national, nationalRequired: national !== '', digits, emergency }
}

const northAmerica: Country = {
  callingCode: '1',
  international: '011',
  national: '1',
  nationalRequired: false,
  digits: [10, 10],
  emergency: '911',
  emergencyTest: '933',
}

const countries: Readonly<Record<string, Country>> = {
  AT: country('43', '0', [7, 13], '112 122 133 140 141 144'),
  AU: country('61', '0', [9, 9], '000 106 112', '0011'),
  BE: country('32', '0', [8, 9], '112 100 101 102'),
  CA: northAmerica,
  CH: country('41', '0', [9, 9], '112 117 118 144 1414'),
  DE: country('49', '0', [7, 11], '112 110'),
  DK: country('45', '', [8, 8], '112'),
  ES: country('34', '', [9, 9], '112 061 062 080 085 091 092'),
  FI: country('358', '0', [6, 12], '112'),
  FR: country('33', '0', [9, 9], '112 15 17 18 114'),
  GB: { ...country('44', '0', [7, 10], '999 112'), shortestLocal: 9 },
  IE: { ...country('353', '0', [7, 10], '112 999'), shortestLocal: 8 },
  IT: country('39', '', [6, 11], '112 113 115 118'),
  JP: country('81', '0', [9, 10], '110 118 119', '010'),
  LU: country('352', '', [6, 11], '112 113'),
  NL: { ...country('31', '0', [7, 10], '112'), shortestLocal: 9 },
  NO: country('47', '', [8, 8], '110 112 113'),
  NZ: country('64', '0', [8, 10], '111'),
  PL: country('48', '', [9, 9], '112 997 998 999'),
  PT: country('351', '', [9, 9], '112'),
  SE: country('46', '0', [7, 9], '112'),
  US: northAmerica,
}

function words(text: string): string[] {
  return text.split(' ')
}

const plans: ReadonlyMap<string, NumberingPlan> = new Map(
  Object.entries(countries).map(([code, found]) => [code, planOf(code, found)]),
)

function planOf(code: string, found: Country): NumberingPlan {
  return {
    country: code,
    callingCode: found.callingCode,
    internationalPrefixes: words(found.international),
    nationalPrefix: found.national,
    nationalPrefixRequired: found.nationalRequired,
    shortest: found.digits[0],
    longest: found.digits[1],
    shortestLocal: found.shortestLocal ?? found.digits[0],
    isAbroad: abroadFrom(found.callingCode, new Set(foreignAreaCodes(code))),
    emergencyNumbers: new Set(words(found.emergency)),
    emergencyLengths: lengthBits(words(found.emergency)),
    emergencyTestNumber: found.emergencyTest ?? '',
  }
}

/** The lengths that texts have, as bits. */
function lengthBits(texts: readonly string[]): number {
  return texts.reduce((bits, { length }) => bits | (1 << length), 0)
}

function abroadFrom(callingCode: string, foreignAreas: ReadonlySet<string>): (number: string) => boolean {
  const area = 1 + callingCode.length
  return (number) => !number.startsWith(callingCode, 1) || foreignAreas.has(number.slice(area, area + 3))
}

function foreignAreaCodes(code: string): readonly string[] {
  const caribbean = Object.values(caribbeanAreas).flat()
  if (code === 'US') return [...canadianAreas, ...caribbean]
  if (code === 'CA') return [...unitedStatesAreas, ...caribbean]
  return []
}

/** The plan of a country (ISO 3166-1 alpha-2, upper case), or `undefined` where Ringdown does not know the country. */
export function numberingPlan(code: string): NumberingPlan | undefined {
  return plans.get(code)
}

/** ISO 3166-1 alpha-2 codes of the countries Ringdown knows, in alphabetical order. */
export function knownCountries(): string[] {
  return [...plans.keys()]
}

/** The number that tests emergency calling in this country without reaching a person, or ''. */
export function emergencyTestNumber(code: string): string {
  return countries[code]?.emergencyTest ?? ''
}
