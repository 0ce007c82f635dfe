/** The same recordings for programs, as versioned objects of a region. */
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import { pageSchema } from '../../http/pages.ts'
import { notFound } from '../../http/problems.ts'
import type { AdminApp } from '../../plugin.ts'
import { taskView } from './change-routes.ts'
import { soundAnswers } from './reading-routes.ts'
import type { Chosen, ListQuery } from './recording-query.ts'
import { chosenFields, ListQuerySchema } from './recording-query.ts'
import type { RecordingRequests } from './recording-requests.ts'
import { RecordingSchema, TaskSchema } from './recording-view.ts'

const tag = 'storage'
/** Where the recordings of this installation lie; there is one. */
const ownRegion = (process.env['RINGDOWN_STORAGE_REGION'] ?? '').replaceAll(/[^a-z0-9-]/g, '') || 'local'

const region = Type.String({ maxLength: 100, description: 'The region where they are stored; GET …/regions names it' })
const RegionParameters = Type.Object({ region })
const ObjectParameters = Type.Object({
  region,
  id: Type.String({ maxLength: 200, description: 'Id of the recording' }),
})
const Confirm = Type.String({ maxLength: 20, description: 'The word DELETE, in capital letters' })

interface Region {
  region: string
}
interface ObjectOf extends Region {
  id: string
}

/** @throws RequestRefused that names the right one */
function checkRegion({ region: asked }: Region): void {
  if (asked !== ownRegion) throw notFound(`Nothing of this account is stored in ${asked}: its region is ${ownRegion}`)
}

export function addStorageRoutes(app: AdminApp, requests: RecordingRequests): void {
  app.get<{ Params: Region }>('/storage/:region/v3/regions', {
    config: { permission: 'storage.read' },
    schema: operation({
      id: 'listStorageRegions',
      tag,
      summary: 'Names of the regions where recordings are stored',
      description: 'The setting RINGDOWN_STORAGE_REGION names it; local by default.',
      params: RegionParameters,
      answers: { 200: { description: 'Their names', schema: Type.Array(Type.String()) } },
    }),
    handler: async (request) => {
      checkRegion(request.params)
      return [ownRegion]
    },
  })

  app.get<{ Params: Region; Querystring: ListQuery }>('/storage/:region/v3/objects', {
    config: { permission: 'storage.read' },
    schema: operation({
      id: 'listStorageObjects',
      tag,
      summary: 'List recordings',
      params: RegionParameters,
      query: ListQuerySchema,
      answers: { 200: { description: 'A page of them', schema: pageSchema(RecordingSchema, 'StorageObjectList') } },
    }),
    handler: async (request) => {
      checkRegion(request.params)
      return requests.list(request.query)
    },
  })

  app.get<{ Params: ObjectOf }>('/storage/:region/v3/objects/:id', {
    config: { permission: 'storage.read' },
    schema: operation({
      id: 'readStorageObject',
      tag,
      summary: 'What is known of a recording',
      params: ObjectParameters,
      answers: { 200: { description: 'The recording', schema: RecordingSchema } },
    }),
    handler: async (request) => {
      checkRegion(request.params)
      return requests.view(await requests.find(request.params.id))
    },
  })

  app.get<{ Params: ObjectOf }>('/storage/:region/v3/objects/:id/content', {
    config: { permission: 'storage.download' },
    schema: operation({
      id: 'downloadStorageObject',
      tag,
      summary: 'Download a recording, whole or a range of its bytes',
      params: ObjectParameters,
      answers: soundAnswers,
      refusals: [409, 416],
    }),
    handler: (request, reply) => {
      checkRegion(request.params)
      return requests.send(request, reply, request.params.id, 'download')
    },
  })

  app.post<{ Params: Region; Body: Chosen }>('/storage/:region/v3/objects/download', {
    config: { permission: 'storage.download' },
    schema: operation({
      id: 'downloadStorageObjects',
      tag,
      summary: 'Download many recordings as one ZIP file',
      params: RegionParameters,
      body: Type.Object(chosenFields, { additionalProperties: false, description: 'Write ids, filter or all' }),
      answers: { 200: { description: 'The file', type: 'application/zip', schema: Type.String() } },
    }),
    handler: (request, reply) => {
      checkRegion(request.params)
      return requests.sendZip(request, reply, request.body)
    },
  })

  app.post<{ Params: Region; Body: Chosen & { confirm?: string } }>('/storage/:region/v3/objects/delete', {
    config: { permission: 'storage.delete' },
    schema: operation({
      id: 'deleteStorageObjects',
      tag,
      summary: 'Delete many recordings, as a task',
      params: RegionParameters,
      body: Type.Object(
        { ...chosenFields, confirm: Type.Optional(Confirm) },
        { additionalProperties: false, description: 'Write ids, filter or all' },
      ),
      answers: { 202: { description: 'It has begun', schema: TaskSchema } },
    }),
    handler: async (request, reply) => {
      checkRegion(request.params)
      const { confirm, ...chosen } = request.body
      requests.checkConfirmation(confirm)
      return reply.code(202).send(taskView(await requests.deleteMany(request, chosen)))
    },
  })
}
