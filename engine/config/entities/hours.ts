/** Weekly hours and single days: the form that schedules and users' rules have in common. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { strict } from './values.ts'

const TimeOfDay = Type.String({
  pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
  description: 'Write hours and minutes, for example 09:00; the end of the day is 24:00',
})

export const Intervals = Type.Array(
  Type.Object(
    { from: TimeOfDay, to: TimeOfDay },
    { ...strict, description: 'Write from and to, for example {from: 09:00, to: 17:30}' },
  ),
  { maxItems: 24, description: 'List times from ... to, in order; an empty list is closed all day' },
)

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** A day that is left out is closed. */
export const WeeklyHours = Type.Object(
  {
    monday: Type.Optional(Intervals),
    tuesday: Type.Optional(Intervals),
    wednesday: Type.Optional(Intervals),
    thursday: Type.Optional(Intervals),
    friday: Type.Optional(Intervals),
    saturday: Type.Optional(Intervals),
    sunday: Type.Optional(Intervals),
  },
  { ...strict, description: 'Write times under monday to sunday' },
)

export type IntervalsBody = Static<typeof Intervals>
export type WeeklyHoursBody = Static<typeof WeeklyHours>
