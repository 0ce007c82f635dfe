import type { Static } from 'typebox'
import Type from 'typebox'
import { E164, Id, strict } from './values.ts'

export const PhoneNumber = Type.Object(
  { number: E164, user: Type.Optional(Id) },
  { ...strict, description: 'Write a number and, if somebody has it, its user' },
)

export type PhoneNumberBody = Static<typeof PhoneNumber>
