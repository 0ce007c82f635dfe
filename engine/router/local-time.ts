/** What the clocks of a time zone show, and whether hours are open then. Nothing here but arithmetic. */
import type { Schedule, ScheduleException, WeeklyTable, ZoneTable } from '../config/snapshot.ts'

const minute = 60_000
const minutesOfDay = 24 * 60
const minutesOfWeek = 7 * minutesOfDay
/** 1970-01-01 was a Thursday, weeks begin on Monday. */
const weekOfEpoch = 3 * minutesOfDay
/** No place is further from UTC than this, in milliseconds. */
const furthestOffset = 26 * 60 * minute

/** Minutes that the clocks of a zone show at a moment, counted from 1970-01-01 0:00. */
export function localMinute(zone: ZoneTable, now: number): number {
  return Math.floor((now + (zone.offsets[placeOf(zone.changes, now)] ?? 0)) / minute)
}

/**
 * The first moment at which the clocks of a zone show these minutes or are past them. So an hour that comes twice means
 * its first coming, and a time that is left out means the moment of the change.
 */
export function momentOf(zone: ZoneTable, local: number): number {
  const { changes, offsets } = zone
  const shown = local * minute
  for (let place = placeOf(changes, shown - furthestOffset); ; place++) {
    const moment = shown - (offsets[place] ?? 0)
    const begins = changes[place - 1] ?? Number.NEGATIVE_INFINITY
    const ends = changes[place] ?? Number.POSITIVE_INFINITY
    if (moment < ends) return moment > begins ? moment : begins
  }
}

/** Whether weekly hours are open at a local minute. */
export function isWithinWeek(hours: WeeklyTable, local: number): boolean {
  const minutes = (local + weekOfEpoch) % minutesOfWeek
  return isOdd(placeOf(hours, minutes < 0 ? minutes + minutesOfWeek : minutes))
}

/** The part of a schedule that a local minute of its time zone falls into. */
export function scheduleState(
  schedule: Schedule,
  local: number,
): { readonly open: boolean; readonly exception: ScheduleException | null } {
  const day = Math.floor(local / minutesOfDay)
  const exception = exceptionOn(schedule.exceptions, day)
  const open =
    exception === null
      ? isWithinWeek(schedule.weekly, local)
      : isOdd(placeOf(exception.minutes, local - day * minutesOfDay))
  return { open, exception }
}

function exceptionOn(exceptions: readonly ScheduleException[], day: number): ScheduleException | null {
  let low = 0
  let high = exceptions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const exception = exceptions[middle]
    if (exception === undefined || exception.firstDay > day) high = middle
    else if (exception.lastDay < day) low = middle + 1
    else return exception
  }
  return null
}

/** How many of ascending numbers are not above this one. */
function placeOf(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}

function isOdd(count: number): boolean {
  return count % 2 === 1
}

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** A local minute for people: `Monday 2026-03-02 09:30`. */
export function localText(local: number): string {
  const day = Math.floor(local / minutesOfDay)
  const ofDay = local - day * minutesOfDay
  return `${days[(((day + 3) % 7) + 7) % 7]} ${dateText(day)} ${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`
}

/** The date of a day counted from 1970-01-01. Years begin with March here, so that the day that may be missing is last. */
function dateText(day: number): string {
  const shifted = day + 719_468
  const cycle = Math.floor(shifted / 146_097)
  const ofCycle = shifted - cycle * 146_097
  const year = Math.floor(
    (ofCycle - Math.floor(ofCycle / 1460) + Math.floor(ofCycle / 36_524) - Math.floor(ofCycle / 146_096)) / 365,
  )
  const ofYear = ofCycle - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * ofYear + 2) / 153)
  const calendarMonth = month < 10 ? month + 3 : month - 9
  const calendarYear = year + cycle * 400 + (calendarMonth <= 2 ? 1 : 0)
  return `${calendarYear}-${two(calendarMonth)}-${two(ofYear - Math.floor((153 * month + 2) / 5) + 1)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
