/**
 * Ready lists of countries for calling plans: `zone-14`, `zone-32` and `zone-48`, each of which holds the one before.
 * Which countries are in a zone is a choice of this project (where calls to fixed lines cost little); which numbers are
 * mobile is taken from the countries' numbering plans. Where a country's plan does not part mobile from fixed numbers
 * (Denmark, Mexico, and all of calling code 1), or charges both alike, nothing is excluded.
 */

interface ZoneCountry {
  readonly country: string
  /** Beginnings of its mobile numbers with `+`, which the zone leaves out. */
  readonly mobile: readonly string[]
}

const zone14: readonly ZoneCountry[] = [
  country('US'),
  country('CA'),
  country('GB', '4471 4472 4473 4474 4475 4477 4478 4479'),
  country('IE', '3538'),
  country('FR', '336 337'),
  country('DE', '4915 49160 49162 49163 4917'),
  country('ES', '346 3471 3472 3473 3474 3478'),
  country('IT', '393'),
  country('NL', '316 3197'),
  country('BE', '324'),
  country('PT', '3519'),
  country('AU', '614'),
  country('NZ', '642'),
  country('SG'),
]

const zone32: readonly ZoneCountry[] = [
  ...zone14,
  country('AT', '4365 4366 4367 4368 4369'),
  country('CH', '417'),
  country('DK'),
  country('SE', '4670 4672 4673 4676 4679'),
  country('NO', '474 479'),
  country('LU', '3526'),
  country('PL', '4845 4850 4851 4853 4857 4860 4866 4869 4872 4873 4878 4879 4888'),
  country('CZ', '42060 42070 42072 42073 42077 42079'),
  country('HU', '3620 3630 3631 3650 3670'),
  country('GR', '3069'),
  country('RO', '407'),
  country('CY', '3579'),
  country('JP', '8170 8180 8190'),
  country('KR', '821'),
  country('HK'),
  country('IL', '9725'),
  country('MX'),
  country('TW', '8869'),
]

const zone48: readonly ZoneCountry[] = [
  ...zone32,
  country('FI', '3584 35850'),
  country('SK', '42190 42191 42194 42195'),
  country('SI', '38630 38631 38640 38641 38651 38664 38668 38669 38670 38671'),
  country('HR', '3859'),
  country('EE', '3725'),
  country('LV', '3712'),
  country('LT', '3706'),
  country('BG', '35987 35988 35989 35998 35999'),
  country('MT', '3567 3569'),
  country('IS', '3546 3547 3548'),
  country('CN'),
  country('MY', '601'),
  country('TH', '666 668 669'),
  country('ZA', '276 277 2781 2782 2783 2784'),
  country('PE', '519'),
  country('CO', '573'),
]

const zones: ReadonlyMap<string, readonly ZoneCountry[]> = new Map([
  ['zone-14', zone14],
  ['zone-32', zone32],
  ['zone-48', zone48],
])

function country(code: string, mobile = ''): ZoneCountry {
  return { country: code, mobile: mobile === '' ? [] : mobile.split(' ').map((digits) => `+${digits}`) }
}

/** The countries of a zone, or `undefined` where there is no zone of that name. */
export function countriesOfZone(name: string): readonly ZoneCountry[] | undefined {
  return zones.get(name)
}
