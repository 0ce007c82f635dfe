import type { Static } from 'typebox'
import Type from 'typebox'
import { E164, Id, Line, LocalDate, Name, oneOf, strict } from './values.ts'

/**
 * Whether a number is assigned or available follows from who has it. A `status` stands here only while a number is not
 * (yet) one of ours to route.
 */
export const PhoneNumber = Type.Object(
  {
    number: E164,
    user: Type.Optional(Id),
    ringGroup: Type.Optional(Id),
    callQueue: Type.Optional(Id),
    autoAttendant: Type.Optional(Id),
    pagingGroup: Type.Optional(Id),
    conference: Type.Optional(Id),
    source: Type.Optional(oneOf(['claimed', 'ported'])),
    status: Type.Optional(oneOf(['pre-porting', 'pending', 'failed'])),
    expectedDate: Type.Optional(LocalDate),
    reason: Type.Optional(Line),
    temporaryNumber: Type.Optional(E164),
    sharedCallerId: Type.Optional(
      Type.Object({ displayName: Name }, { ...strict, description: 'Write displayName, the name that callees see' }),
    ),
  },
  { ...strict, description: 'Write a number and, if somebody has it, its user' },
)

export type PhoneNumberBody = Static<typeof PhoneNumber>
