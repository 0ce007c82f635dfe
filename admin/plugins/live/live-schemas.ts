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

export const SubscriptionSchema = Type.Object(
  {
    id: Type.String(),
    event: Type.Union([Type.Literal('dialog'), Type.Literal('message-summary'), Type.Literal('presence')], {
      description: 'What is watched: calls, waiting messages or presence',
    }),
    watched: Type.String({ description: 'Id of the user who is watched' }),
    watchedName: Type.String({ description: 'His name; empty where he is not there any more' }),
    userId: Type.String({ description: 'Whose phone watches' }),
    user: Type.String({ description: 'Name of that user' }),
    extension: Type.String(),
    sipUserName: Type.String(),
    deviceId: Type.String(),
    transport: Type.String({ description: 'UDP, TCP, TLS, WS or WSS' }),
    source: Type.String({ description: 'Where it is told: address and port' }),
    flowLost: Type.Boolean({ description: 'It has lost its connection and has not come back' }),
    begunAt: time('When it began'),
    expiresAt: time('When it ends unless refreshed'),
  },
  { title: 'Subscription' },
)

export const TrunkStateSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    state: Type.Union([Type.Literal('up'), Type.Literal('unregistered'), Type.Literal('down')], {
      description: 'unregistered: it answers, but its carrier does not know us',
    }),
    problem: Type.String({ description: 'What is wrong, in words; empty where nothing is' }),
    registration: Type.Union(
      [
        Type.Object({
          state: Type.Union([
            Type.Literal('registering'),
            Type.Literal('registered'),
            Type.Literal('refused'),
            Type.Literal('not answered'),
          ]),
          expiresAt: time('Until when the carrier knows us, 0 while it does not'),
        }),
        Type.Null(),
      ],
      { description: 'null: it does not register' },
    ),
    addresses: Type.Array(
      Type.Object({
        address: Type.String({ description: 'Transport, address and port' }),
        state: Type.Union([Type.Literal('unknown'), Type.Literal('up'), Type.Literal('down')], {
          description: 'unknown: it was not asked yet, or is not asked at all',
        }),
        misses: Type.Integer({ description: 'Answers missed since the last one that came' }),
      }),
    ),
    channelsInUse: Type.Integer({ description: 'Calls on it, both directions' }),
    channels: Type.Integer({ description: 'As many as it may have, 0: no limit' }),
  },
  { title: 'TrunkState' },
)

const minutes = (risk: string) => Type.Integer({ description: `Seconds of today to numbers of ${risk} risk` })

export const TollUseSchema = Type.Object(
  {
    key: Type.String({ description: 'Id of a user, `ringGroup:` and an id, or `account:` and an id' }),
    name: Type.String(),
    calls: Type.Integer({ description: 'Outside calls at this moment' }),
    seconds: Type.Object({ low: minutes('low'), medium: minutes('medium'), high: minutes('high') }),
    outsideHours: Type.Integer({
      description: 'Calls of today to numbers of high risk outside business hours',
    }),
  },
  { title: 'TollUse' },
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
    heldBy: Type.Union([Type.Literal('nobody'), Type.Literal('caller'), Type.Literal('callee'), Type.Literal('both')], {
      description: 'Which sides have put the other one on hold',
    }),
    parkedIn: Type.Optional(
      Type.String({ description: 'Extension of the park slot in which one side waits; left out where none does' }),
    ),
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

export const ParkedSchema = Type.Object(
  {
    slot: Type.String({ description: 'Id of the park slot' }),
    extension: Type.String({ description: 'Its extension, by which the call is fetched' }),
    name: Type.String({ description: 'Its name' }),
    call: Type.String({ description: 'Id of the call' }),
    parked: Type.String({ description: 'Who waits: extension or number, and name' }),
    by: Type.String({ description: 'Who parked the call' }),
    since: time('Since when'),
  },
  { title: 'ParkedCall' },
)
