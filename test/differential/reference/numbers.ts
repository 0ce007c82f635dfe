/** Numbers as people dial them and as trunks write them, for the few countries that random companies lie in. */
interface Dialling {
  readonly code: string
  readonly trunkPrefix: string
  readonly international: string
  readonly emergency: readonly string[]
  /** Digits of a national number, without the trunk prefix. */
  readonly shortest: number
  readonly longest: number
}

export const countries: Readonly<Record<string, Dialling>> = {
  GB: { code: '44', trunkPrefix: '0', international: '00', emergency: ['999', '112'], shortest: 9, longest: 10 },
  US: { code: '1', trunkPrefix: '1', international: '011', emergency: ['911'], shortest: 10, longest: 10 },
  DE: { code: '49', trunkPrefix: '0', international: '00', emergency: ['112', '110'], shortest: 5, longest: 13 },
  FR: {
    code: '33',
    trunkPrefix: '0',
    international: '00',
    emergency: ['112', '15', '17', '18'],
    shortest: 9,
    longest: 9,
  },
}

export function diallingOf(country: string): Dialling {
  const dialling = countries[country]
  if (dialling === undefined) throw new Error(`The reference does not know ${country}`)
  return dialling
}

/** The country of a number in E.164. None of these codes begins another. */
export function countryOfNumber(number: string): string {
  return Object.keys(countries).find((country) => number.startsWith(`+${diallingOf(country).code}`)) ?? ''
}

/** Separators that people write for the eye. */
export function withoutSeparators(dialled: string): string {
  return dialled.replace(/[-. ()]/g, '')
}

function international(digits: string): string | null {
  const number = `+${digits}`
  const country = countries[countryOfNumber(number)]
  const length = digits.length - (country?.code.length ?? 0)
  return country !== undefined && country.shortest <= length && length <= country.longest ? number : null
}

/** E.164 of what is dialled in a country (and area), or null. */
export function readNumber(dialled: string, country: string, areaCode: string | undefined): string | null {
  if (dialled.startsWith('+')) return international(dialled.slice(1))
  if (!/^\d+$/.test(dialled)) return null
  const here = diallingOf(country)
  if (dialled.startsWith(here.international)) return international(dialled.slice(here.international.length))
  if (country === 'US') {
    if (/^1?[2-9]\d{9}$/.test(dialled)) return `+1${dialled.slice(-10)}`
    return areaCode !== undefined && /^[2-9]\d{6}$/.test(dialled) ? `+1${areaCode}${dialled}` : null
  }
  if (dialled.startsWith(here.trunkPrefix)) return international(here.code + dialled.slice(here.trunkPrefix.length))
  return areaCode === undefined ? null : international(here.code + areaCode + dialled)
}

/** A number as a trunk wants it written. */
export function writtenFor(number: string, format: string | undefined, country: string): string {
  if (format === undefined || format === 'e164') return number
  if (format === 'e164-without-plus') return number.slice(1)
  const here = diallingOf(country)
  if (!number.startsWith(`+${here.code}`)) return here.international + number.slice(1)
  return here.trunkPrefix + number.slice(1 + here.code.length)
}

/** How long the entry of a list is by which a number is known; 0 where none fits. */
export function longestOf(number: string, prefixes: readonly string[]): number {
  return Math.max(0, ...prefixes.map((each) => (number.startsWith(each) ? each.length : 0)))
}
