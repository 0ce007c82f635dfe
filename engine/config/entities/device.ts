import type { Static } from 'typebox'
import Type from 'typebox'
import { DigestAlgorithms, Id, strict } from './values.ts'

export const Device = Type.Object(
  {
    id: Type.Optional(Id),
    user: Id,
    sipUserName: Type.String({
      pattern: '^[A-Za-z0-9._~!*+-]{1,64}$',
      description: 'Write 1 to 64 letters, digits or . _ ~ ! * + -',
    }),
    password: Type.String({
      pattern: '^[\\x20-\\x7e]*$',
      minLength: 8,
      maxLength: 128,
      description: 'Write 8 to 128 printable ASCII characters',
    }),
    digestAlgorithms: Type.Optional(DigestAlgorithms),
  },
  { ...strict, description: 'Write a device with user, sipUserName and password' },
)

export type DeviceBody = Static<typeof Device>
