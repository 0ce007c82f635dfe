/** Recordings as the API shows them. */
import Type from 'typebox'
import type { RecordingDescription } from '../../../media/recording/recording-order.ts'
import type { RecordingRow } from '../../recordings/catalogue.ts'
import { endingOf } from '../../recordings/recording-store.ts'

const orNull = (schema: Type.TSchema, description: string) => Type.Union([schema, Type.Null()], { description })
const Time = (description: string) => Type.String({ format: 'date-time', description })

const RecordedParty = Type.Object(
  {
    kind: Type.Enum(['user', 'outside']),
    user: orNull(Type.String(), 'Id of the user; null outside'),
    name: Type.String(),
    number: Type.String({ description: 'Extension or number; empty if none was shown' }),
    site: orNull(Type.String(), 'Id of his site'),
    pbx: orNull(Type.String(), 'Id of his PBX'),
  },
  { title: 'RecordedParty' },
)

export const RecordingSchema = Type.Object(
  {
    id: Type.String(),
    call: Type.String({ description: 'Id of the record of the call' }),
    direction: Type.Enum(['incoming', 'outgoing', 'internal']),
    caller: RecordedParty,
    callee: RecordedParty,
    owners: Type.Array(Type.String(), { description: 'Ids of the users whose recording it is' }),
    laterOwners: Type.Array(
      Type.Object({
        owner: Type.String({ description: 'Id of the user' }),
        at: Type.Integer({ description: 'Milliseconds of the recording where he came into the conversation' }),
      }),
      { description: 'Of the owners those who came later: what was said before was not said to them' },
    ),
    trigger: Type.Enum(['always', 'on-demand']),
    announced: Type.Enum(['neither', 'me', 'remote-party', 'both']),
    startedAt: Time('When its first sample was spoken'),
    endedAt: Time('When it ended'),
    milliseconds: Type.Integer({ description: 'Length, pauses left out' }),
    pauses: Type.Array(
      Type.Object({
        at: Type.Integer({ description: 'Milliseconds of the recording where something was left out' }),
        from: Time('From when'),
        to: orNull(Type.String({ format: 'date-time' }), 'Until when'),
      }),
    ),
    gaps: Type.Array(
      Type.Object({
        at: Type.Integer({ description: 'Milliseconds of the recording where sound is missing' }),
        milliseconds: Type.Integer({ description: 'How much' }),
        why: Type.Enum(['media-restart', 'disk', 'overload']),
      }),
    ),
    cutShort: orNull(Type.Enum(['media-restart', 'disk', 'too-long']), 'Why it ended before the conversation'),
    format: Type.Enum(['wav', 'opus', 'mp3'], { description: 'wav is G.711 in stereo, the caller on the left' }),
    bytes: Type.Integer({ description: 'Of the file that is played or downloaded' }),
    sha256: Type.String({ description: 'Of that file' }),
    encrypted: Type.Boolean({ description: 'Whether it is encrypted where it lies' }),
    state: Type.Enum(['available', 'archived', 'retrieving', 'retrieved'], {
      description: 'archived: to be retrieved before it can be played',
    }),
    availableUntil: orNull(Type.String({ format: 'date-time' }), 'When what was retrieved returns to the archive'),
    policy: orNull(Type.String(), 'Id of the policy that was in force for it'),
    deletedAfter: orNull(Type.String({ format: 'date-time' }), 'When its time is over; null while it is held'),
    hold: orNull(Type.String(), 'Why it may not be deleted'),
  },
  { title: 'RecordedCall' },
)

const day = 86_400_000

/** @param retrieving whether a task is about to retrieve it */
export function viewOfRecording(row: RecordingRow, retrieving: boolean): Record<string, unknown> {
  const description = JSON.parse(row.description) as RecordingDescription
  const { call, direction, caller, callee, owners, trigger, announced, gaps, cutShort, pauses, milliseconds } =
    description
  const time = (at: number) => new Date(at).toISOString()
  const state = { hot: 'available', cold: retrieving ? 'retrieving' : 'archived', retrieved: 'retrieved' } as const
  return {
    id: row.id,
    call,
    direction,
    caller,
    callee,
    owners,
    laterOwners: laterOwnersOf(description),
    trigger,
    announced,
    startedAt: time(row.started_at),
    endedAt: time(description.endedAt),
    milliseconds,
    pauses: pauses.map(({ at, from, to }) => ({ at, from: time(from), to: to === null ? null : time(to) })),
    gaps,
    cutShort,
    format: row.form,
    bytes: row.bytes,
    sha256: row.sha256,
    encrypted: (row.state === 'cold' ? row.archive_key : row.key) !== null,
    state: state[row.state],
    availableUntil: row.available_until === null ? null : time(row.available_until),
    policy: row.policy,
    deletedAfter: row.hold === null ? time(row.started_at + (row.hot_days + row.cold_days) * day) : null,
    hold: row.hold,
  }
}

/** Whose it became later, and where that is in the sound: pauses are left out of it. */
function laterOwnersOf({ ownedSince, startedAt, milliseconds, pauses }: RecordingDescription) {
  return Object.entries(ownedSince ?? {}).map(([owner, since]) => {
    const left = pauses.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to ?? since, since) - from), 0)
    return { owner, at: Math.max(0, Math.min(milliseconds, since - startedAt - left)) }
  })
}

/** `2026-03-01 09-30 1001 to +442079460101.wav`: what people find in their folder of downloads. */
export function fileNameOf(row: RecordingRow): string {
  const time = new Date(row.started_at).toISOString().slice(0, 16).replace('T', ' ').replace(':', '-')
  const number = (text: string) => text.replaceAll(/[^A-Za-z0-9+*#._-]/g, '').slice(0, 40) || 'unknown'
  return `${time} ${number(row.caller_number)} to ${number(row.callee_number)} ${row.id}.${endingOf(row.form)}`
}

export const mediaTypes = { wav: 'audio/wav', opus: 'audio/ogg', mp3: 'audio/mpeg' } as const

export const TaskSchema = Type.Object(
  {
    id: Type.String(),
    kind: Type.Enum(['delete', 'retrieve']),
    state: Type.Enum(['waiting', 'running', 'done', 'stopped']),
    by: Type.String({ description: 'Who ordered it' }),
    startedAt: Time('When it was ordered'),
    endedAt: orNull(Type.String({ format: 'date-time' }), 'When it ended'),
    total: Type.Integer({ description: 'Recordings that it is about' }),
    done: Type.Integer(),
    failed: Type.Integer(),
    failures: Type.Array(Type.Object({ recording: Type.String(), message: Type.String() }), {
      description: 'The first of those that could not be done, and why',
    }),
  },
  { title: 'RecordingTask' },
)
