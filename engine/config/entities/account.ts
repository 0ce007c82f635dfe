import type { Static } from 'typebox'
import Type from 'typebox'
import { BlockList } from './routing.ts'
import { Id, Name, strict } from './values.ts'

export const Account = Type.Object(
  {
    id: Type.Optional(Id),
    name: Name,
    blockList: Type.Optional(BlockList),
    simultaneousOutsideForwards: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1000, description: 'Write a whole number, 0 to 1000' }),
    ),
  },
  { ...strict, description: 'Write the account with its name' },
)

export type AccountBody = Static<typeof Account>
