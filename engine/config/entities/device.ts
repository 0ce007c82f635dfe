import type { Static } from 'typebox'
import Type from 'typebox'
import { DigestAlgorithms, E164, Id, Line, Name, oneOf, Secret, strict, YesNo } from './values.ts'

const LineKey = Type.Object(
  {
    does: oneOf(['line', 'lamp', 'speed-dial', 'feature-code', 'nothing']),
    label: Type.Optional(Name),
    user: Type.Optional(Id),
    callQueue: Type.Optional(Id),
    parkSlot: Type.Optional(Id),
    number: Type.Optional(E164),
    code: Type.Optional(
      Type.String({ pattern: '^[0-9*#]{1,20}$', description: 'Write what the key dials: digits, * and #' }),
    ),
  },
  { ...strict, description: 'Write what the key does, for example {does: lamp, user: anna}' },
)

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
    model: Type.Optional(Line),
    mac: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}$',
        description: 'Write the 12 hexadecimal digits of the MAC address, for example 80:5e:c0:12:34:56',
      }),
    ),
    activationCode: Type.Optional(Type.String({ pattern: '^[0-9]{13}$', description: 'Write 13 digits' })),
    adminPassword: Type.Optional(Secret),
    state: Type.Optional(oneOf(['new', 'activated', 'unsupported'])),
    lineKeys: Type.Optional(Type.Array(LineKey, { maxItems: 200, description: 'List at most 200 keys, in order' })),
    secureCalling: Type.Optional(YesNo),
  },
  { ...strict, description: 'Write a device with user, sipUserName and password' },
)

/** Fields whose values are never shown. */
export const deviceSecrets = ['password', 'adminPassword'] as const

export type DeviceBody = Static<typeof Device>
