/** Callers whom lists and rules name, laid out for a search. */
import { beginningKey, numberKey, widthOfBeginning } from '../number-key.ts'
import type { CallerList } from '../snapshot.ts'

const noContacts: ReadonlySet<string> = new Set()
const noNumbers = new Float64Array(0)

/** @param contacts ids */
export function compileCallers(entries: readonly string[], contacts: readonly string[] = []): CallerList {
  const extensions = new Set<string>()
  const numbers: [first: number, last: number][] = []
  const beginnings: [first: number, last: number, digits: number][] = []
  let extensionLengths = 0
  let anonymous = false
  for (const entry of entries) {
    const dash = entry.indexOf('-')
    if (entry === 'anonymous') anonymous = true
    else if (entry.endsWith('*')) beginnings.push(beginning(entry.slice(0, -1)))
    else if (dash >= 0) numbers.push([numberKey(entry.slice(0, dash)), numberKey(entry.slice(dash + 1))])
    else if (entry.startsWith('+')) numbers.push([numberKey(entry), numberKey(entry)])
    else {
      extensions.add(entry)
      extensionLengths |= 1 << entry.length
    }
  }
  return {
    anonymous,
    extensions,
    extensionLengths,
    numbers: laidOut(apart(numbers)),
    beginnings: laidOut(shortest(beginnings)),
    contacts: contacts.length === 0 ? noContacts : new Set(contacts),
  }
}

function beginning(text: string): [first: number, last: number, digits: number] {
  const digits = text.length - 1
  // Every number begins with nothing.
  const first = digits === 0 ? 0 : beginningKey(numberKey(text), digits)
  return [first, first + widthOfBeginning(digits) - 1, digits]
}

/** The same numbers in ranges that do not overlap, in order. */
function apart(ranges: [first: number, last: number][]): readonly (readonly number[])[] {
  ranges.sort((a, b) => a[0] - b[0])
  const result: [number, number][] = []
  for (const [first, last] of ranges) {
    const before = result.at(-1)
    if (before === undefined || before[1] < first) result.push([first, last])
    else if (before[1] < last) before[1] = last
  }
  return result
}

/** Without those that begin with another of them, in order. */
function shortest(ranges: [first: number, last: number, digits: number][]): readonly (readonly number[])[] {
  ranges.sort((a, b) => a[0] - b[0] || a[2] - b[2])
  const result: [number, number, number][] = []
  for (const range of ranges) {
    const before = result.at(-1)
    if (before === undefined || before[1] < range[0]) result.push(range)
  }
  return result
}

function laidOut(ranges: readonly (readonly number[])[]): Float64Array {
  return ranges.length === 0 ? noNumbers : Float64Array.from(ranges.flat())
}
