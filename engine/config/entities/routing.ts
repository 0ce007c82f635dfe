/** Where calls are sent and who is kept out: parts of users, PBXs and the account. */
import type { Static } from 'typebox'
import Type from 'typebox'
import { E164, Id, Name, strict } from './values.ts'

export const Destination = Type.Object(
  {
    user: Type.Optional(Id),
    number: Type.Optional(E164),
    busy: Type.Optional(Type.Boolean({ description: 'Write true' })),
  },
  { ...strict, description: 'Write one of: user: ID, number: +E164, busy: true' },
)

export const BlockList = Type.Object(
  {
    callers: Type.Array(
      Type.String({
        pattern: '^(anonymous|[0-9]{2,20}|\\+[1-9][0-9]{0,14}\\*|\\+[1-9][0-9]{6,14}(-\\+[1-9][0-9]{6,14})?)$',
        description:
          'Write a number (+442079460000), a prefix (+4420*), a range (+442079460000-+442079460099), ' +
          'an extension (1001 or dial code and extension), or: anonymous',
      }),
      { maxItems: 10_000, description: 'List the callers to block' },
    ),
    treatment: Type.Optional(
      Type.Object(
        { ...Destination.properties, asWhenBusy: Type.Optional(Type.Boolean({ description: 'Write true' })) },
        { ...strict, description: 'Write one of: busy: true, asWhenBusy: true, user: ID, number: +E164' },
      ),
    ),
    tellAnonymousCallers: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
  },
  { ...strict, description: 'Write a list of callers, for example callers: [anonymous, "+4420*"]' },
)

export const ForwardingRule = Type.Object(
  {
    name: Type.Optional(Name),
    enabled: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    to: Destination,
  },
  { ...strict, description: 'Write where calls go, for example to: {user: anna}' },
)

export type DestinationBody = Static<typeof Destination>
export type BlockListBody = Static<typeof BlockList>
export type ForwardingRuleBody = Static<typeof ForwardingRule>
