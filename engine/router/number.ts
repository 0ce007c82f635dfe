/** Telephone numbers between the way they are dialled or signalled and E.164. No number here is checked against a real one. */
import type { NumberFormat, NumberingPlan, Trunk } from '../config/snapshot.ts'

const shortestE164 = 7
const longestE164 = 15

/** The dialled string without visual separators (RFC 3966 section 5.1.1) and without parameters. */
export function withoutSeparators(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code < 0x30 || code > 0x39) && code !== 0x2a && code !== 0x2b && code !== 0x23) return cleaned(text)
  }
  return text
}

function cleaned(text: string): string {
  let result = ''
  for (const character of text) {
    if (character === ';') break
    if (character !== '-' && character !== '.' && character !== '(' && character !== ')' && character !== ' ') {
      result += character
    }
  }
  return result
}

function allDigits(text: string, from: number): boolean {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x30 || code > 0x39) return false
  }
  return text.length > from
}

/** `+` and the digits from `start`, or '' when that cannot be an E.164 number. */
function international(text: string, start: number): string {
  const length = text.length - start
  if (length < shortestE164 || length > longestE164 || text.charCodeAt(start) === 0x30) return ''
  return `+${start === 0 ? text : text.slice(start)}`
}

/**
 * Reads a number as somebody in this country and area dials it: E.164 with `+`, international prefix, national prefix,
 * or local. Returns E.164 with `+`, or '' when it is none of these.
 */
export function numberFromDialled(text: string, plan: NumberingPlan, areaCode: string): string {
  if (text.charCodeAt(0) === 0x2b) return allDigits(text, 1) ? international(text, 1) : ''
  if (!allDigits(text, 0)) return ''
  for (const prefix of plan.internationalPrefixes) {
    if (text.startsWith(prefix)) return international(text, prefix.length)
  }
  const prefix = plan.nationalPrefix
  if (prefix !== '' && text.startsWith(prefix)) return national(text.slice(prefix.length), plan)
  if (!plan.nationalPrefixRequired) {
    const number = national(text, plan)
    if (number !== '') return number
  }
  if (areaCode === '' || areaCode.length + text.length < plan.shortestLocal) return ''
  return national(areaCode + text, plan)
}

function national(digits: string, plan: NumberingPlan): string {
  if (digits.length < plan.shortest || digits.length > plan.longest) return ''
  const first = digits.charCodeAt(0)
  // Where a prefix is dropped for E.164, what remains never begins with it, nor with 0.
  if (plan.nationalPrefix !== '' && (first === 0x30 || digits.startsWith(plan.nationalPrefix))) return ''
  return `+${plan.callingCode}${digits}`
}

/** Reads a number as a trunk writes it. Returns E.164 with `+`, or '' when it cannot be one. */
export function numberFromTrunk(text: string, trunk: Trunk): string {
  const digits = withoutSeparators(text)
  const plan = trunk.numbering
  if (trunk.numberFormat === 'national' || digits.charCodeAt(0) === 0x2b || digits.charCodeAt(0) === 0x30) {
    return numberFromDialled(digits, plan, '')
  }
  return allDigits(digits, 0) ? international(digits, 0) : ''
}

/** Writes a dialled E.164 number with `+` as the trunk wants it. */
export function numberForTrunk(number: string, trunk: Trunk): string {
  return writtenFor(number, trunk, trunk.numberFormat)
}

/** Likewise the caller's. */
export function callerNumberForTrunk(number: string, trunk: Trunk): string {
  return writtenFor(number, trunk, trunk.callerNumberFormat)
}

function writtenFor(number: string, trunk: Trunk, format: NumberFormat): string {
  switch (format) {
    case 'e164':
      return number
    case 'e164-without-plus':
      return number.slice(1)
    case 'national': {
      const plan = trunk.numbering
      return number.startsWith(plan.callingCode, 1)
        ? plan.nationalPrefix + number.slice(1 + plan.callingCode.length)
        : (plan.internationalPrefixes[0] ?? '') + number.slice(1)
    }
  }
}
