/** Call records as the API shows them. */
import Type from 'typebox'
import type { CallRecord } from '../../../engine/records/call-record.ts'
import { callOutcomes } from '../../../engine/records/call-record.ts'

const orNull = (schema: Type.TSchema, description: string) => Type.Union([schema, Type.Null()], { description })
const Time = (description: string) => Type.String({ format: 'date-time', description })

const Party = Type.Object(
  {
    kind: Type.Enum(['user', 'trunk', 'service'], {
      description:
        'A user of the company, the trunk the call came or left by, or the server itself, which did what a code asks for',
    }),
    id: Type.String({ description: 'Id of the user or trunk; of a service the name of the feature' }),
    title: Type.String({ description: 'Extension or number, and name, as they were then' }),
  },
  { title: 'CallParty' },
)

const Step = Type.Object(
  {
    at: Time('When the router was asked'),
    after: Type.String({ description: 'How the step before ended: busy, noAnswer, ...; empty at the first' }),
    detail: Type.String({
      description:
        'What else that said: status and reason of a trunk; of a phone that forwards, its user, 1 if it rang, and to what',
    }),
    revision: Type.Integer({ description: 'Revision of the configuration that decided this step' }),
    facts: Type.Array(Type.String(), { description: 'What the router asked for, and the answer: lines:anna=1' }),
    rules: Type.Array(
      Type.Object({
        user: Type.String({ description: 'Whose rule or list' }),
        step: Type.String({ description: 'Which kind: forward all, busy, no answer, block list, ...' }),
        rule: Type.String({ description: 'Its name' }),
      }),
      { description: 'Rules and lists that decided' },
    ),
    rings: Type.String({ description: 'Who was rung; empty where the call was refused' }),
    targets: Type.Array(Type.String(), {
      description: 'The same for programs: user:ben, or trunk:carrier:+442079460101',
    }),
  },
  { title: 'CallStep' },
)

const Quality = Type.Object(
  {
    at: Time('When this session ended'),
    side: Type.Enum(['caller', 'callee'], { description: 'Whose sound' }),
    codec: Type.String({ description: 'The preferred one of those agreed on: PCMA, OPUS; empty where none was' }),
    packets: Type.Integer({ description: 'Packets that came from this side' }),
    lost: Type.Integer({ description: 'Packets of this side that were lost on the way' }),
    jitter: Type.Number({ description: 'Jitter of what came, milliseconds, at the end' }),
    largestJitter: Type.Number({ description: 'The largest jitter, milliseconds' }),
    roundTrip: orNull(Type.Number(), 'To this side and back, milliseconds; null where it sends no reports'),
    mos: orNull(Type.Number(), 'Estimated mean opinion score of what this side sent, 1 to 4.5 (ITU-T G.107)'),
    sent: Type.Integer({ description: 'Packets that were sent to this side' }),
    reportedLost: orNull(Type.Integer(), 'How many of them it says were lost; null where it sends no reports'),
    reportedJitter: orNull(Type.Number(), 'Their jitter as it says, milliseconds'),
    strangers: Type.Integer({ description: 'Packets of others that came to its ports, and were dropped' }),
  },
  { title: 'CallQuality' },
)

export const RecordSchema = Type.Object(
  {
    id: Type.String({ description: 'Id of the call' }),
    sipCallId: Type.String({ description: 'Call-ID of the caller’s leg' }),
    source: Type.String({ description: 'Where the INVITE came from' }),
    caller: Party,
    dialled: Type.String({ description: 'As dialled' }),
    domain: Type.String({ description: 'The domain it was dialled at; empty: this server' }),
    callee: orNull(Party, 'Who answered; null where nobody did'),
    revision: Type.Integer({ description: 'Revision of the configuration that decided' }),
    asked: orNull(
      Type.Union([
        Type.Object({
          kind: Type.Literal('device'),
          device: Type.String({ description: 'SIP user name of the phone' }),
        }),
        Type.Object({
          kind: Type.Literal('trunk'),
          number: Type.String({ description: 'As presented; empty if none' }),
          name: Type.String(),
          anonymous: Type.Boolean(),
          ownDiversions: Type.Integer({ description: 'How often it was forwarded from numbers of ours' }),
        }),
      ]),
      'Who called, as the router was told; null where it was not asked',
    ),
    steps: Type.Array(Step, { description: 'What the router decided, one after the other' }),
    startedAt: Time('When the call came'),
    answeredAt: orNull(Type.String({ format: 'date-time' }), 'When it was answered'),
    endedAt: orNull(Type.String({ format: 'date-time' }), 'When it ended; null while it is in progress'),
    endedBy: orNull(Type.Enum(['caller', 'callee', 'server']), 'Who ended it'),
    outcome: orNull(Type.Enum([...callOutcomes]), 'How it went; null while it is in progress'),
    status: orNull(Type.Integer(), 'Final SIP status towards the caller'),
    phrase: orNull(Type.String(), 'Its reason phrase'),
    parent: orNull(Type.String(), 'Id of the call from which a transfer, or its return, led to this one'),
    transferred: orNull(
      Type.Object({ to: Type.String({ description: 'Id of the call as which it went on' }), by: Party }),
      'That it was transferred, and by whom',
    ),
    recordings: Type.Array(Type.String(), { description: 'Ids of its recordings, the first one first' }),
    quality: Type.Array(Quality, {
      description:
        'How sound was that passed through the server, for each side, once for each session; none where phones sent it to each other',
    }),
    talkSeconds: Type.Number({ description: 'Seconds from answer to end; 0 where it was not answered or goes on' }),
  },
  { title: 'CallRecord' },
)

/** For the API: times as text. */
export function viewOfRecord(record: CallRecord): Record<string, unknown> & { readonly id: string } {
  return {
    ...record,
    startedAt: timeText(record.startedAt),
    answeredAt: record.answeredAt === null ? null : timeText(record.answeredAt),
    endedAt: record.endedAt === null ? null : timeText(record.endedAt),
    steps: record.steps.map((step) => ({ ...step, at: timeText(step.at) })),
    quality: record.quality.map((one) => ({ ...one, at: timeText(one.at) })),
    talkSeconds: talkSeconds(record),
  }
}

export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export function talkSeconds({ answeredAt, endedAt }: CallRecord): number {
  return answeredAt === null || endedAt === null ? 0 : Math.max(0, endedAt - answeredAt) / 1000
}
