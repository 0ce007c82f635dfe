/** A user's own rules: who, when, and where such calls go. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { WeeklyHours } from './hours.ts'
import { CallerPattern, Destination, SimpleDestination } from './routing.ts'
import { Id, LocalDateTime, listOf, Name, oneOf, strict, wholeNumber, YesNo } from './values.ts'

/** Left out: anyone. */
const Who = Type.Object(
  {
    callers: Type.Optional(listOf(CallerPattern, 1000, 'callers')),
    contacts: Type.Optional(listOf(Id, 1000, 'ids of contacts')),
  },
  { ...strict, description: 'Write callers, contacts or both; for anyone leave it out' },
)

/** Left out: any time. One of: a period, weekly hours, a schedule. */
const When = Type.Object(
  {
    from: Type.Optional(LocalDateTime),
    until: Type.Optional(LocalDateTime),
    weekly: Type.Optional(WeeklyHours),
    schedule: Type.Optional(Id),
    during: Type.Optional(oneOf(['open', 'closed', 'holiday'])),
  },
  { ...strict, description: 'Write from and until, or weekly, or schedule; for any time leave it out' },
)

const RingPhones = Type.Object(
  { seconds: wholeNumber(1, 120, 'seconds'), afterwards: Type.Optional(SimpleDestination) },
  { ...strict, description: 'Write seconds and, if something else is to follow, afterwards' },
)

export const RuleDestination = Type.Object(
  { ...Destination.properties, ringPhones: Type.Optional(RingPhones) },
  {
    ...strict,
    description: 'Write one of: user, number, busy: true, voicemail: true, list, ringPhones, or a service',
  },
)

export const Rule = Type.Object(
  {
    name: Name,
    enabled: Type.Optional(YesNo),
    who: Type.Optional(Who),
    when: Type.Optional(When),
    to: RuleDestination,
  },
  { ...strict, description: 'Write a rule with name and to' },
)

export type RuleBody = Static<typeof Rule>
