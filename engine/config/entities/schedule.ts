/** Opening hours by name: a week, and days that are different. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { Intervals, WeeklyHours } from './hours.ts'
import type { ConfigurationView, Findings, KindDefinition } from './kind.ts'
import { nameValue } from './named.ts'
import { checkDate, checkIntervals, checkTimeZone, checkWeeklyHours } from './time-checks.ts'
import { Id, LocalDate, listOf, Name, strict, TimeZone, YesNo } from './values.ts'

/** A day, or with `until` several, on which other hours hold than in other weeks. */
const Exception = Type.Object(
  {
    date: LocalDate,
    until: Type.Optional(LocalDate),
    name: Type.Optional(Name),
    holiday: Type.Optional(YesNo),
    open: Type.Optional(Intervals),
  },
  { ...strict, description: 'Write date and, unless it is closed all day, open' },
)

export const Schedule = Type.Object(
  {
    id: Id,
    name: Name,
    timeZone: TimeZone,
    weekly: WeeklyHours,
    exceptions: Type.Optional(listOf(Exception, 1000, 'days that differ')),
  },
  { ...strict, description: 'Write a schedule with id, name, timeZone and weekly' },
)

export type ScheduleBody = Static<typeof Schedule>

function check(body: ScheduleBody, _configuration: ConfigurationView, findings: Findings): void {
  const { problems } = findings
  checkTimeZone(body.timeZone, 'timeZone', findings)
  let open = checkWeeklyHours(body.weekly, 'weekly', findings)
  let last = ''
  for (const [index, exception] of (body.exceptions ?? []).entries()) {
    const path = `exceptions[${index}]`
    const end = exception.until ?? exception.date
    checkDate(exception.date, `${path}.date`, findings)
    checkDate(exception.until, `${path}.until`, findings)
    if (end < exception.date) {
      problems.add(`${path}.until`, end, 'this is before the first day', 'Write the last day under until')
    } else if (exception.date <= last) {
      const message = `this day is not after those above, which reach to ${last}`
      problems.add(`${path}.date`, exception.date, message, 'List days in order, each once')
    }
    if (end > last) last = end
    checkIntervals(exception.open ?? [], `${path}.open`, findings)
    if ((exception.open ?? []).length > 0) open = true
  }
  if (!open) findings.warnings.add('weekly', '', 'this schedule is never open', 'Write hours under a day')
}

export const scheduleKind: KindDefinition<ScheduleBody> = {
  kind: 'schedule',
  collection: 'schedules',
  label: 'schedule',
  schema: Schedule,
  secrets: [],
  idOf: (body) => body.id,
  titleOf: (body) => body.name,
  referencesOf: () => [],
  uniqueValuesOf: (body) => [nameValue('schedule', body.name)],
  check,
  /** Others only care whether it is there. */
  affectedBy: () => [],
}
