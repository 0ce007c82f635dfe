/**
 * Numbers that cost more than a call: premium rate, shared cost, personal numbers, satellites. No calling plan allows
 * them unless it names them (docs/calling-plans.md).
 *
 * International ranges are those of ITU-T E.164 and its list of assigned codes; national ones those that the countries'
 * numbering plans set aside for it (Ofcom, Bundesnetzagentur, ARCEP, AGCOM, CNMC, ACM, BIPT, RTR, BAKOM, UKE, ANACOM,
 * PTS, Nkom, Traficom, ILR, ACMA, NAD, MIC and their like).
 */

/** Beginnings of E.164 numbers with `+`, and what they are for people. */
export const specialNumbers: ReadonlyMap<string, string> = new Map([
  ...ranges('international premium rate', '979'),
  ...ranges('international shared cost', '808'),
  ...ranges('universal personal numbers', '878'),
  ...ranges('satellite', '870 881 882 883'),
  ...ranges('premium rate', '1900'), // North America
  ...ranges('premium rate', '449 44871 44872 44873'), // United Kingdom: 09, 087
  ...ranges('service numbers', '44843 44844 44845 44870'),
  ...ranges('personal numbers', '4470'),
  ...ranges('premium rate', '49900 49137'), // Germany
  ...ranges('service numbers', '49180'),
  ...ranges('premium rate', '3389'), // France
  ...ranges('service numbers', '3381 3382'),
  ...ranges('premium rate', '39144 39166 39892 39894 39895 39899'), // Italy
  ...ranges('service numbers', '39199 39178 39840 39841 39847 39848'),
  ...ranges('premium rate', '34803 34806 34807 34905'), // Spain
  ...ranges('service numbers', '34901 34902'),
  ...ranges('premium rate', '31900 31906 31909'), // Netherlands
  ...ranges('premium rate', '3290'), // Belgium
  ...ranges('service numbers', '3270'),
  ...ranges('premium rate', '43900 43901 43930 43931'), // Austria
  ...ranges('service numbers', '43810 43820 43821'),
  ...ranges('premium rate', '41900 41901 41906'), // Switzerland
  ...ranges('service numbers', '4184'),
  ...ranges('premium rate', '48701 48703 48704 48708'), // Poland
  ...ranges('premium rate', '351601 351607 351648 351760 351761 351762'), // Portugal
  ...ranges('service numbers', '351707 351708'),
  ...ranges('premium rate', '46900 46939 46944'), // Sweden
  ...ranges('service numbers', '4677'),
  ...ranges('premium rate', '47820 47829'), // Norway
  ...ranges('premium rate', '4590'), // Denmark
  ...ranges('premium rate', '358600 358700'), // Finland
  ...ranges('premium rate', '352900 352901 352905'), // Luxembourg
  ...ranges('premium rate', '61190'), // Australia
  ...ranges('premium rate', '64900'), // New Zealand
  ...ranges('premium rate', '81990'), // Japan
  ...ranges('service numbers', '81570'),
  ...ranges('premium rate', '651900'), // Singapore
  ...ranges('premium rate', '852900'), // Hong Kong
  ...ranges('premium rate', '52900'), // Mexico
  ...ranges('premium rate', '55300 55500 55900'), // Brazil
  ...ranges('premium rate', '911860'), // India
  ...ranges('premium rate', '7803 7809'), // Russia
  ...ranges('premium rate', '42090'), // Czechia
  ...ranges('premium rate', '3690'), // Hungary
  ...ranges('premium rate', '421900'), // Slovakia
  ...ranges('premium rate', '3090'), // Greece
  ...ranges('premium rate', '40900 40903 40906'), // Romania
  ...ranges('premium rate', '35990'), // Bulgaria
  ...ranges('premium rate', '90900'), // Turkey
  ...ranges('premium rate', '38560'), // Croatia
  ...ranges('premium rate', '372900'), // Estonia
  ...ranges('premium rate', '37190'), // Latvia
  ...ranges('premium rate', '37090'), // Lithuania
  ...ranges('premium rate', '35790'), // Cyprus
  ...ranges('premium rate', '27862'), // South Africa
])

function ranges(what: string, digits: string): [prefix: string, what: string][] {
  return digits.split(' ').map((each) => [`+${each}`, what])
}

/** Whether every number with this beginning is special. */
export function isSpecial(beginning: string): boolean {
  for (const range of specialNumbers.keys()) if (beginning.startsWith(range)) return true
  return false
}
