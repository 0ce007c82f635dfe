/** Callers whom lists and rules name, laid out for a search. */
import type { CallerList, NumberRange } from '../snapshot.ts'

const noContacts: ReadonlySet<string> = new Set()

/** @param contacts ids */
export function compileCallers(entries: readonly string[], contacts: readonly string[] = []): CallerList {
  const extensions = new Set<string>()
  const numbers = new Set<string>()
  const prefixes = new Set<string>()
  const ranges: NumberRange[] = []
  let anonymous = false
  for (const entry of entries) {
    const dash = entry.indexOf('-')
    if (entry === 'anonymous') anonymous = true
    else if (entry.endsWith('*')) prefixes.add(entry.slice(0, -1))
    else if (dash >= 0) ranges.push({ first: entry.slice(0, dash), last: entry.slice(dash + 1) })
    else if (entry.startsWith('+')) numbers.add(entry)
    else extensions.add(entry)
  }
  return {
    anonymous,
    extensions,
    numbers,
    prefixes,
    prefixLengths: [...new Set([...prefixes].map((prefix) => prefix.length))].sort((a, b) => a - b),
    ranges: apart(ranges),
    contacts: contacts.length === 0 ? noContacts : new Set(contacts),
  }
}

/** The same numbers in ranges that neither overlap nor touch in part, in order. */
function apart(ranges: NumberRange[]): readonly NumberRange[] {
  // Digits of one length compare like the numbers they are.
  ranges.sort((a, b) => a.first.length - b.first.length || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const result: NumberRange[] = []
  for (const range of ranges) {
    const before = result.at(-1)
    if (before === undefined || before.first.length !== range.first.length || before.last < range.first) {
      result.push(range)
    } else if (before.last < range.last) result[result.length - 1] = { first: before.first, last: range.last }
  }
  return result
}
