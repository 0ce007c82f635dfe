/** What a dialled string means. */
import type { Company, User } from './document.ts'
import { countryOf, pbxOf, siteOf } from './document.ts'
import { diallingOf, readNumber } from './numbers.ts'
import type { Callee } from './world.ts'
import { withDialCode, withExtension, withNumber } from './world.ts'

export type Reading =
  | { readonly emergency: string }
  | { readonly code: 'hide' | 'show' | null; readonly rest: string }
  | { readonly inside: Callee }
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
  if (dialled.startsWith('*67')) return { code: 'hide', rest: dialled.slice(3) }
  if (dialled.startsWith('*70')) return { code: null, rest: dialled.slice(3) }
  if (dialled.startsWith('*82')) return { code: 'show', rest: dialled.slice(3) }
  const inside = withExtension(company, named, dialled) ?? withDialCode(company, dialled)
  if (inside !== null) return { inside }
  const { areaCode } = siteOf(company, user)
  for (const each of [behindPrefix, dialled]) {
    const number = each === null ? null : readNumber(each, country, areaCode)
    if (number === null) continue
    const ours = withNumber(company, number)
    return ours === null ? { outside: number } : { inside: ours }
  }
  const everywhere = company.pbxs.map((each) => ({ each, callee: withExtension(company, each, dialled) }))
  const [only, ...others] = everywhere.filter(({ callee }) => callee !== null)
  if (only === undefined || only.callee === null || others.length > 0 || only.each.dialCode !== undefined) return null
  return { inside: only.callee }
}
