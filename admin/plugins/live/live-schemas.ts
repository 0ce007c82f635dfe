import Type from 'typebox'

const time = (description: string) => Type.Integer({ description: `${description}, in milliseconds since the epoch` })

export const RegistrationSchema = Type.Object(
  {
    id: Type.String({ description: 'Number of the registration' }),
    userId: Type.String(),
    user: Type.String({ description: 'Name of the user' }),
    extension: Type.String(),
    sipUserName: Type.String(),
    deviceId: Type.String(),
    contact: Type.String({ description: 'As the phone wrote it' }),
    transport: Type.String({ description: 'UDP or TCP' }),
    source: Type.String({ description: 'Where it registered from: address and port' }),
    behindNat: Type.Boolean({ description: 'The contact names another address than the source' }),
    userAgent: Type.String({ description: 'What the phone calls itself' }),
    expiresAt: time('When it ends unless refreshed'),
  },
  { title: 'Registration' },
)

export const CallSchema = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([Type.Literal('ringing'), Type.Literal('answered')]),
    caller: Type.String({ description: 'Extension or number, and name' }),
    dialled: Type.String(),
    callee: Type.String({ description: 'Who rings or has answered' }),
    startedAt: time('When the INVITE came'),
    answeredAt: time('When it was answered, 0 while it rings'),
    parties: Type.Array(
      Type.Object({
        kind: Type.Union([Type.Literal('user'), Type.Literal('trunk')]),
        id: Type.String(),
        title: Type.String({ description: 'Extension or number, and name' }),
      }),
      { description: 'Users and trunks on both sides' },
    ),
  },
  { title: 'Call' },
)
