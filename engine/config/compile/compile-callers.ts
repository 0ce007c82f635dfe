/** Callers whom lists and rules name, laid out for a search. */
import { beginningKey, digitsOfKey, leadingDigits, numberKey, placeOfKey, widthOfBeginning } from '../number-key.ts'
import type { CallerList } from '../snapshot.ts'

const noNumbers: readonly number[] = []

const star = 0x2a
const plus = 0x2b

/**
 * Lists may have a thousand entries, and a large company thousands of lists: loops and no lists in between.
 *
 * @param contacts ids
 */
export function compileCallers(entries: readonly string[], contacts: readonly string[] = []): CallerList {
  const extensions = new Set<string>()
  const numbers: number[] = []
  const ranges: [first: number, last: number][] = []
  const beginnings: [first: number, last: number, digits: number][] = []
  const leading = new Leading()
  let extensionLengths = 0
  let anonymous = false
  for (const entry of entries) {
    if (entry.charCodeAt(entry.length - 1) === star) {
      const range = beginning(entry.slice(0, -1))
      beginnings.push(range)
      leading.add(range[0])
      leading.add(range[1])
    } else if (entry.charCodeAt(0) !== plus) {
      if (entry === 'anonymous') anonymous = true
      else {
        extensions.add(entry)
        extensionLengths |= 1 << entry.length
      }
    } else {
      const dash = entry.indexOf('-')
      if (dash < 0) numbers.push(numberKey(entry))
      else {
        const range: [number, number] = [numberKey(entry.slice(0, dash)), numberKey(entry.slice(dash + 1))]
        ranges.push(range)
        for (const end of leadingOfRange(range)) leading.add(end)
      }
    }
  }
  return {
    anonymous,
    extensions,
    extensionLengths,
    lowestLeading: leading.lowest,
    highestLeading: leading.highest,
    numbers: scattered(numbers),
    ranges: laidOut(apart(ranges)),
    beginnings: laidOut(shortest(beginnings)),
    contacts: contacts.length === 0 ? null : new Set(contacts),
  }
}

/** Between what the first digits of ranges lie; -1 where there are none. */
class Leading {
  lowest = -1
  highest = -1

  add(beginning: number): void {
    const digits = leadingDigits(beginning)
    if (this.lowest < 0 || digits < this.lowest) this.lowest = digits
    if (digits > this.highest) this.highest = digits
  }
}

function beginning(text: string): [first: number, last: number, digits: number] {
  const digits = text.length - 1
  // Every number begins with nothing.
  const first = digits === 0 ? 0 : beginningKey(numberKey(text), digits)
  return [first, first + widthOfBeginning(digits) - 1, digits]
}

/** The beginnings between which a range lies. Of numbers of different lengths, those between may begin with anything. */
function leadingOfRange([first, last]: readonly [number, number]): number[] {
  const [digits, digitsOfLast] = [digitsOfKey(first), digitsOfKey(last)]
  if (digits !== digitsOfLast) return [0, beginningKey(numberKey('+999999999999999'), 15)]
  return [beginningKey(first, digits), beginningKey(last, digits)]
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

/** A table with about half of its places free, so that looking somebody up touches one or two of them. */
function scattered(keys: readonly number[]): readonly number[] {
  if (keys.length === 0) return noNumbers
  let places = 2
  while (places < 1.5 * keys.length) places *= 2
  // As long as it has to be: one that grows has places to spare.
  const table = Array.from({ length: places }, () => 0)
  for (const key of keys) {
    let place = placeOfKey(key, places)
    while (table[place] !== 0 && table[place] !== key) place = (place + 1) & (places - 1)
    table[place] = key
  }
  return table
}

function laidOut(ranges: readonly (readonly number[])[]): readonly number[] {
  return ranges.length === 0 ? noNumbers : ranges.flat()
}
