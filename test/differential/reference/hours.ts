/** Whether a rule's time is now. Clocks are read with Intl, minute by minute where it matters; slow and obvious. */
import type { Hours, Schedule, Weekly, When } from './document.ts'

interface WallClock {
  /** `2026-03-29` */
  readonly date: string
  /** `02:30` */
  readonly time: string
  /** `sunday` */
  readonly day: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

export function wallClock(moment: number, timeZone: string): WallClock {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'long',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]))
  return {
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    time: `${parts.get('hour')}:${parts.get('minute')}`,
    day: (parts.get('weekday') ?? '').toLowerCase(),
  }
}

/** Times compare as text: `09:00` < `24:00`. The end is excluded. */
function within(hours: readonly Hours[], time: string): boolean {
  return hours.some(({ from, to }) => from <= time && time < to)
}

function openByWeek(weekly: Weekly, clock: WallClock): boolean {
  return within(weekly[clock.day] ?? [], clock.time)
}

/**
 * The first moment, to the minute, at which the clocks show this date and time or, where they leap over it, more. An hour
 * that comes twice so means its first coming.
 */
export function momentOf(dateAndTime: string, timeZone: string): number {
  const asIfUtc = Date.parse(`${dateAndTime}Z`)
  const wanted = dateAndTime.slice(0, 16)
  for (let moment = asIfUtc - 15 * 3_600_000; ; moment += 900_000) {
    const { date, time } = wallClock(moment, timeZone)
    if (`${date}T${time}` < wanted) continue
    // Zones differ by quarters of an hour, and so do the minutes here: the last quarter is searched minute by minute.
    for (let minute = moment - 900_000; minute <= moment; minute += 60_000) {
      const clock = wallClock(minute, timeZone)
      if (`${clock.date}T${clock.time}` >= wanted) return minute
    }
  }
}

const moments = new Map<string, number>()

function knownMoment(dateAndTime: string, timeZone: string): number {
  const key = `${dateAndTime} ${timeZone}`
  const known = moments.get(key) ?? momentOf(dateAndTime, timeZone)
  moments.set(key, known)
  return known
}

function isHoliday(schedule: Schedule, { date }: WallClock): boolean {
  return exceptionOn(schedule, date)?.holiday === true
}

/** Exceptions are asked in order. */
function exceptionOn(schedule: Schedule, date: string) {
  return schedule.exceptions?.find((each) => each.date <= date && date <= (each.until ?? each.date))
}

export function isOpen(schedule: Schedule, moment: number): boolean {
  return isOpenAt(schedule, wallClock(moment, schedule.timeZone))
}

function isOpenAt(schedule: Schedule, clock: WallClock): boolean {
  const exception = exceptionOn(schedule, clock.date)
  return exception === undefined ? openByWeek(schedule.weekly, clock) : within(exception.open ?? [], clock.time)
}

export function fitsTime(
  when: When | undefined,
  moment: number,
  timeZone: string,
  schedules: readonly Schedule[],
): boolean {
  if (when === undefined) return true
  if (when.from !== undefined && moment < knownMoment(when.from, timeZone)) return false
  if (when.until !== undefined && moment >= knownMoment(when.until, timeZone)) return false
  if (when.weekly !== undefined && !openByWeek(when.weekly, wallClock(moment, timeZone))) return false
  const schedule = schedules.find(({ id }) => id === when.schedule)
  if (schedule === undefined) return true
  const clock = wallClock(moment, schedule.timeZone)
  if (when.during === 'holiday') return isHoliday(schedule, clock)
  return isOpenAt(schedule, clock) === (when.during !== 'closed')
}
