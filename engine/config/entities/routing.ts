/** Where calls are sent and who is kept out: parts of users, PBXs, services and the account. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { E164, Id, Name, strict, wholeNumber, YesNo } from './values.ts'

/** Services by the field that names one; each field is called as its kind. */
const services = {
  ringGroup: Type.Optional(Id),
  callQueue: Type.Optional(Id),
  autoAttendant: Type.Optional(Id),
  parkSlot: Type.Optional(Id),
  pagingGroup: Type.Optional(Id),
  conference: Type.Optional(Id),
}

/** Somebody or something that rings: exactly one field. */
export const Target = Type.Object(
  { user: Type.Optional(Id), number: Type.Optional(E164), ...services },
  { ...strict, description: 'Write one of: user: ID, number: +E164, or a service, for example ringGroup: ID' },
)

/** A destination that is no list itself: exactly one field. */
export const SimpleDestination = Type.Object(
  {
    ...Target.properties,
    busy: Type.Optional(Type.Boolean({ description: 'Write true' })),
    voicemail: Type.Optional(Type.Boolean({ description: 'Write true' })),
  },
  {
    ...strict,
    description: 'Write one of: user: ID, number: +E164, busy: true, voicemail: true, or a service: ringGroup: ID',
  },
)

export const TargetList = Type.Object(
  {
    order: Type.Enum(['sequential', 'simultaneous'], { description: 'Write sequential or simultaneous' }),
    members: Type.Array(
      Type.Object(
        { ...Target.properties, ringSeconds: Type.Optional(wholeNumber(1, 120, 'seconds')) },
        { ...strict, description: 'Write one of user, number or a service, and ringSeconds' },
      ),
      { minItems: 1, maxItems: 50, description: 'List 1 to 50 users, numbers or services' },
    ),
    /** Where the call goes if nobody answered. */
    afterwards: Type.Optional(SimpleDestination),
  },
  { ...strict, description: 'Write order, members and, for when nobody answers, afterwards' },
)

export const Destination = Type.Object(
  { ...SimpleDestination.properties, list: Type.Optional(TargetList) },
  {
    ...strict,
    description:
      'Write one of: user: ID, number: +E164, busy: true, voicemail: true, list, or a service, for example ringGroup: ID',
  },
)

/** One caller or many, as block lists and rules name them. */
export const CallerPattern = Type.String({
  pattern: '^(anonymous|[0-9]{2,20}|\\+[1-9][0-9]{0,14}\\*|\\+[1-9][0-9]{6,14}(-\\+[1-9][0-9]{6,14})?)$',
  description:
    'Write a number (+442079460000), a prefix (+4420*), a range (+442079460000-+442079460099), ' +
    'an extension (1001 or dial code and extension), or: anonymous',
})

export const BlockList = Type.Object(
  {
    callers: Type.Array(CallerPattern, { maxItems: 10_000, description: 'List the callers to block' }),
    treatment: Type.Optional(
      Type.Object(
        {
          ...SimpleDestination.properties,
          asWhenBusy: Type.Optional(Type.Boolean({ description: 'Write true' })),
        },
        {
          ...strict,
          description:
            'Write one of: busy: true, asWhenBusy: true, voicemail: true, user: ID, number: +E164, or a service',
        },
      ),
    ),
    tellAnonymousCallers: Type.Optional(YesNo),
  },
  { ...strict, description: 'Write a list of callers, for example callers: [anonymous, "+4420*"]' },
)

export const ForwardingRule = Type.Object(
  { name: Type.Optional(Name), enabled: Type.Optional(YesNo), to: Destination },
  { ...strict, description: 'Write where calls go, for example to: {user: anna}' },
)

export type TargetBody = Static<typeof Target>
export type SimpleDestinationBody = Static<typeof SimpleDestination>
export type TargetListBody = Static<typeof TargetList>
export type DestinationBody = Static<typeof Destination>
export type BlockListBody = Static<typeof BlockList>
export type ForwardingRuleBody = Static<typeof ForwardingRule>
