/** Seeing, playing and downloading recordings. */
import Type from 'typebox'
import { IdParameters, operation } from '../../http/operation.ts'
import { pageSchema } from '../../http/pages.ts'
import type { AdminApp } from '../../plugin.ts'
import type { Chosen, ListQuery } from './recording-query.ts'
import { chosenFields, ListQuerySchema } from './recording-query.ts'
import type { RecordingRequests } from './recording-requests.ts'
import { RecordingSchema } from './recording-view.ts'

const tag = 'recordings'
const Sound = Type.String({ description: 'The bytes of the sound' })
/** In the form that the recording has. */
export const soundAnswers = {
  200: { description: 'The sound', type: 'audio/wav', schema: Sound },
  206: { description: 'The range that was asked for', type: 'audio/wav', schema: Sound },
}

const Usage = Type.Object(
  {
    recordings: Type.Integer(),
    bytes: Type.Integer({ description: 'On disk' }),
    warningBytes: Type.Union([Type.Integer(), Type.Null()], {
      description: 'From where on the account wants a warning',
    }),
    isOverWarning: Type.Boolean(),
    users: Type.Array(Type.Object({ user: Type.String(), recordings: Type.Integer(), bytes: Type.Integer() }), {
      description: 'Owners with most bytes first, a thousand at most; what two own counts for both',
    }),
  },
  { title: 'RecordingUsage' },
)

export function addReadingRoutes(
  app: AdminApp,
  requests: RecordingRequests,
  warningGigabytes: () => number | null,
): void {
  app.get<{ Querystring: ListQuery }>('/v1/recordings', {
    config: { permission: 'recordings.read' },
    schema: operation({
      id: 'listRecordings',
      tag,
      summary: 'List recordings, newest first',
      description: 'A recording is there as soon as it is complete, which is when its call has ended.',
      query: ListQuerySchema,
      answers: { 200: { description: 'A page of them', schema: pageSchema(RecordingSchema, 'RecordingList') } },
    }),
    handler: (request) => requests.list(request.query),
  })

  app.get<{ Params: { id: string } }>('/v1/recordings/:id', {
    config: { permission: 'recordings.read' },
    schema: operation({
      id: 'readRecording',
      tag,
      summary: 'Read what is known of a recording',
      params: IdParameters,
      answers: { 200: { description: 'The recording', schema: RecordingSchema } },
    }),
    handler: async (request) => requests.view(await requests.find(request.params.id)),
  })

  for (const [action, permission, summary] of [
    ['play', 'recordings.read', 'Play a recording, whole or a range of its bytes'],
    ['download', 'recordings.download', 'Download a recording'],
  ] as const) {
    app.get<{ Params: { id: string } }>(`/v1/recordings/:id/${action}`, {
      config: { permission },
      schema: operation({
        id: `${action}Recording`,
        tag,
        summary,
        description:
          'In the form that `format` of the recording says; `Range` is understood (RFC 9110). It is audited.',
        params: IdParameters,
        answers: soundAnswers,
        refusals: [409, 416],
      }),
      handler: (request, reply) => requests.send(request, reply, request.params.id, action),
    })
  }

  app.post<{ Body: Chosen }>('/v1/recordings/download', {
    config: { permission: 'recordings.download' },
    schema: operation({
      id: 'downloadRecordings',
      tag,
      summary: 'Download many recordings as one ZIP file, with their descriptions',
      description: 'It is made as it is sent. Archived ones are left out.',
      body: Type.Object(chosenFields, { additionalProperties: false, description: 'Write ids, filter or all' }),
      answers: { 200: { description: 'The file', type: 'application/zip', schema: Sound } },
      refusals: [404],
    }),
    handler: (request, reply) => requests.sendZip(request, reply, request.body),
  })

  app.get('/v1/recording-usage', {
    config: { permission: 'recordings.read' },
    schema: operation({
      id: 'readRecordingUsage',
      tag,
      summary: 'How much recordings take, of the account and of each user',
      answers: { 200: { description: 'The usage', schema: Usage } },
    }),
    handler: async () => {
      const { catalogue } = requests.recordings
      const { recordings, bytes } = await catalogue.count({})
      const gigabytes = warningGigabytes()
      const warningBytes = gigabytes === null ? null : gigabytes * 1e9
      const isOverWarning = warningBytes !== null && bytes > warningBytes
      return { recordings, bytes, warningBytes, isOverWarning, users: await catalogue.usage(1000) }
    },
  })
}
