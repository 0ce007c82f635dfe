import type { Static } from 'typebox'
import Type from 'typebox'
import { BlockList, ForwardingRule } from './routing.ts'
import { E164, Extension, Id, Name, strict } from './values.ts'

export const User = Type.Object(
  {
    id: Type.Optional(Id),
    userName: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$',
      description: 'Write 1 to 64 letters, digits, dots, underscores, hyphens or @',
    }),
    firstName: Name,
    lastName: Name,
    email: Type.String({
      pattern: '^[^\\s@]{1,64}@[^\\s@]{1,255}$',
      description: 'Write an e-mail address, for example anna@example.com',
    }),
    site: Id,
    extension: Type.Optional(Extension),
    primaryNumber: Type.Optional(E164),
    active: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    callWaiting: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 4, description: 'Write a whole number, 1 to 4' })),
    ringSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 120, description: 'Write a whole number of seconds, 1 to 120' }),
    ),
    blockCallerId: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    internationalForwarding: Type.Optional(Type.Boolean({ description: 'Write true or false' })),
    blockList: Type.Optional(BlockList),
    forwarding: Type.Optional(
      Type.Object(
        {
          all: Type.Optional(ForwardingRule),
          notReachable: Type.Optional(ForwardingRule),
          busy: Type.Optional(ForwardingRule),
          noAnswer: Type.Optional(ForwardingRule),
        },
        { ...strict, description: 'Write rules under all, notReachable, busy or noAnswer' },
      ),
    ),
  },
  { ...strict, description: 'Write a user with userName, firstName, lastName, email and site' },
)

export type UserBody = Static<typeof User>
