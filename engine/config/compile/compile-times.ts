/** Hours, days and periods as numbers that a search finds. */
import type { IntervalsBody, WeeklyHoursBody } from '../entities/hours.ts'
import { weekdays } from '../entities/hours.ts'
import type { RuleBody } from '../entities/rule.ts'
import type { ScheduleBody } from '../entities/schedule.ts'
import type { RuleTime, Schedule, WeeklyTable } from '../snapshot.ts'
import { zoneTable } from './zone-tables.ts'

const minutesOfDay = 24 * 60

export function compileSchedule(source: ScheduleBody): Schedule {
  return {
    id: source.id,
    name: source.name,
    timeZone: zoneTable(source.timeZone),
    weekly: compileWeek(source.weekly),
    exceptions: (source.exceptions ?? []).map(({ date, until, name, holiday, open }) => ({
      name: name ?? date,
      firstDay: minutesOf(date) / minutesOfDay,
      lastDay: minutesOf(until ?? date) / minutesOfDay,
      holiday: holiday ?? false,
      minutes: joined((open ?? []).flatMap((interval) => minutesWithin(interval))),
    })),
  }
}

export function compileRuleTime(source: RuleBody['when']): RuleTime | null {
  if (source === undefined) return null
  if (source.schedule !== undefined) {
    return { kind: 'schedule', scheduleId: source.schedule, during: source.during ?? 'open' }
  }
  if (source.weekly !== undefined) return { kind: 'weekly', hours: compileWeek(source.weekly) }
  return {
    kind: 'period',
    from: source.from === undefined ? Number.NEGATIVE_INFINITY : minutesOf(source.from),
    until: source.until === undefined ? Number.POSITIVE_INFINITY : minutesOf(source.until),
  }
}

function compileWeek(source: WeeklyHoursBody): WeeklyTable {
  const minutes: number[] = []
  for (const [day, name] of weekdays.entries()) {
    for (const interval of source[name] ?? []) {
      for (const minute of minutesWithin(interval)) minutes.push(day * minutesOfDay + minute)
    }
  }
  return joined(minutes)
}

function minutesWithin({ from, to }: IntervalsBody[number]): readonly number[] {
  return [from, to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
}

/** The same hours, in which one does not end where the next begins. */
function joined(minutes: readonly number[]): number[] {
  const result: number[] = []
  for (const minute of minutes) {
    if (result.length % 2 === 0 && result.at(-1) === minute) result.pop()
    else result.push(minute)
  }
  return result
}

/** Minutes since 1970-01-01 0:00 on the same clock. A day, with or without a time of day. */
function minutesOf(text: string): number {
  return Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`) / 60_000
}
