/** What a dialled string means. */
import type { Company, User } from './document.ts'
import { countryOf, pbxOf, siteOf } from './document.ts'
import { diallingOf, readNumber } from './numbers.ts'
import type { Callee } from './world.ts'
import { withDialCode, withExtension, withNumber } from './world.ts'

export type Reading =
  | { readonly emergency: string }
  | { readonly code: 'hide' | 'show' | null; readonly rest: string }
  /** A code that asks for something, and what stands behind it. */
  | { readonly feature: string; readonly argument: string }
  /** `number`: the phone number by which they were dialled; left out for an extension. */
  | { readonly inside: Callee; readonly number?: string }
  | { readonly outside: string }
  | null

/** The readings of a string that a user dials, in the order of the specification. */
export function reading(company: Company, user: User, dialled: string, domain = ''): Reading {
  const pbx = pbxOf(company, user)
  const named = company.pbxs.find((each) => each.domain === domain) ?? pbx
  const country = countryOf(company, user)
  const { outsidePrefix = '' } = pbx
  const behindPrefix =
    outsidePrefix !== '' && dialled.startsWith(outsidePrefix) ? dialled.slice(outsidePrefix.length) : null
  for (const each of [dialled, behindPrefix]) {
    if (each !== null && diallingOf(country).emergency.includes(each)) return { emergency: each }
  }
  const slot = company.parkSlots.find((each) => each.extension === dialled && pbxOf(company, each) === named)
  if (slot !== undefined) return { feature: 'park', argument: dialled }
  if (dialled.startsWith('*67')) return { code: 'hide', rest: dialled.slice(3) }
  if (dialled.startsWith('*70')) return { code: null, rest: dialled.slice(3) }
  if (dialled.startsWith('*82')) return { code: 'show', rest: dialled.slice(3) }
  const feature = featureIn(dialled)
  if (feature !== null) return feature
  const inside = withExtension(company, named, dialled) ?? withDialCode(company, dialled)
  if (inside !== null) return { inside }
  const { areaCode } = siteOf(company, user)
  for (const each of [behindPrefix, dialled]) {
    const number = each === null ? null : readNumber(each, country, areaCode)
    if (number === null) continue
    const ours = withNumber(company, number)
    return ours === null ? { outside: number } : { inside: ours, number }
  }
  const everywhere = company.pbxs.map((each) => ({ each, callee: withExtension(company, each, dialled) }))
  const [only, ...others] = everywhere.filter(({ callee }) => callee !== null)
  if (only === undefined || only.callee === null || others.length > 0 || only.each.dialCode !== undefined) return null
  return { inside: only.callee }
}

const alone: Readonly<Record<string, string>> = {
  '*73': 'forwardAllOff',
  '*91': 'forwardBusyOff',
  '*93': 'forwardNoAnswerOff',
  '*78': 'doNotDisturbOn',
  '*79': 'doNotDisturbOff',
  '*69': 'callReturn',
  '*8': 'pickupGroup',
  '*68': 'park',
  '*44': 'hotDesk',
  '*43': 'echoTest',
  '*97': 'ownVoicemailShort',
  '555': 'ownVoicemail',
}
const before: Readonly<Record<string, string>> = {
  '*72': 'forwardAll',
  '*90': 'forwardBusy',
  '*92': 'forwardNoAnswer',
  '*60': 'block',
  '*80': 'unblock',
  '*88': 'fetchParked',
  '*55': 'page',
  '**': 'pickupExtension',
}

/** Codes as they are where the PBX says nothing: whole strings first, then those before a number. */
function featureIn(dialled: string): Extract<Reading, { readonly feature: string }> | null {
  const whole = alone[dialled] ?? before[dialled]
  if (whole !== undefined) return { feature: whole, argument: '' }
  const code = Object.keys(before).find((each) => dialled.startsWith(each))
  return code === undefined ? null : { feature: before[code] ?? '', argument: dialled.slice(code.length) }
}
