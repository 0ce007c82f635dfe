/** Facts by which checks find entities: who asks and who has them must write them alike. */
import type { Fact } from './kind.ts'

/** Somebody has this extension in a PBX; '' for any PBX. */
export function extensionFact(extension: string, pbx: string): Fact {
  return pbx === '' ? `extension ${extension}` : `extension ${extension} of ${pbx}`
}

/** Dial code and extension of somebody together make these digits. */
export function dialledFact(digits: string): Fact {
  return `dialled ${digits}`
}

/** A phone number of the configuration. */
export function numberFact(number: string): Fact {
  return `number ${number}`
}

/** A device of a user. */
export function deviceFact(user: string): Fact {
  return `device of ${user}`
}

/** A country of a PBX or one of its sites; '' for any PBX. */
export function countryFact(country: string, pbx: string): Fact {
  return `country ${country} of ${pbx}`
}

/** Digits before outside numbers of some PBX. */
export function outsidePrefixFact(prefix: string): Fact {
  return `outside prefix ${prefix}`
}

/** A feature code of some PBX that is digits only. */
export function featureCodeFact(code: string): Fact {
  return `feature code ${code}`
}
