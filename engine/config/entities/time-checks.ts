/** Checks time zones, days and hours. */

import type { IntervalsBody, WeeklyHoursBody } from './hours.ts'
import { weekdays } from './hours.ts'
import type { Findings } from './kind.ts'

/** Longer than any name in the database. */
const longestTimeZone = 64
const timeZones = new Map<string, boolean>()

/** Whether a name is a time zone of the IANA database, as far as this Node.js knows it. */
export function isTimeZone(name: string): boolean {
  const known = timeZones.get(name)
  if (known !== undefined) return known
  if (name.length > longestTimeZone) return false
  let valid = /^[A-Za-z]/.test(name)
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    valid = false
  }
  if (timeZones.size < 1000) timeZones.set(name, valid)
  return valid
}

/** Adds a problem for a name that is no time zone. */
export function checkTimeZone(name: string | undefined, path: string, findings: Findings): void {
  if (name === undefined || isTimeZone(name)) return
  findings.problems.add(path, name, 'this is no time zone', 'Write an IANA name, for example Europe/London')
}

/** Whether a date in the form year-month-day is in the calendar; a time may follow. */
export function isRealDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1970 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Adds a problem for a day that no calendar has. */
export function checkDate(text: string | undefined, path: string, findings: Findings): void {
  // Another form than a date's has been told already.
  if (text === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text) || isRealDate(text)) return
  findings.problems.add(path, text, 'there is no such day', 'Write a day that is in the calendar, from 1970 on')
}

/** Adds intervals that end before they begin, overlap, or are out of order. */
export function checkIntervals(intervals: IntervalsBody, path: string, findings: Findings): void {
  let end = ''
  for (const [index, { from, to }] of intervals.entries()) {
    const at = `${path}[${index}]`
    if (from >= to) {
      const cure = 'Write the earlier time first; hours past midnight belong to the next day'
      findings.problems.add(at, `${from}-${to}`, 'this ends before it begins', cure)
    } else if (from < end) {
      const cure = 'List the times of a day in order, without overlaps'
      findings.problems.add(at, `${from}-${to}`, `this begins before the one above ends (${end})`, cure)
    }
    if (to > end) end = to
  }
}

/** Adds what is wrong with the hours of a week. Returns whether it is open at any time. */
export function checkWeeklyHours(hours: WeeklyHoursBody, path: string, findings: Findings): boolean {
  let open = false
  for (const day of weekdays) {
    const intervals = hours[day]
    if (intervals === undefined) continue
    if (intervals.length > 0) open = true
    checkIntervals(intervals, `${path}.${day}`, findings)
  }
  return open
}
