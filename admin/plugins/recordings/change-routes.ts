/** Deleting, holding and retrieving recordings, and the tasks that do it for many. */
import Type from 'typebox'
import { IdParameters, operation } from '../../http/operation.ts'
import { invalidField, notFound } from '../../http/problems.ts'
import type { AdminApp } from '../../plugin.ts'
import type { TaskView } from '../../recordings/tasks.ts'
import type { Chosen } from './recording-query.ts'
import { chosenFields } from './recording-query.ts'
import type { RecordingRequests } from './recording-requests.ts'
import { confirmation, titleOf } from './recording-requests.ts'
import { RecordingSchema, TaskSchema } from './recording-view.ts'

const tag = 'recordings'
const confirm = Type.Optional(
  Type.String({
    maxLength: 20,
    description: `The word ${confirmation}, in capital letters, since what is deleted is gone`,
  }),
)

export function addChangeRoutes(app: AdminApp, requests: RecordingRequests): void {
  const { tasks, catalogue } = requests.recordings
  app.delete<{ Params: { id: string }; Querystring: { confirm?: string } }>('/v1/recordings/:id', {
    config: { permission: 'recordings.delete' },
    schema: operation({
      id: 'deleteRecording',
      tag,
      summary: 'Delete a recording',
      params: IdParameters,
      query: Type.Object({ confirm }, { additionalProperties: false }),
      answers: { 204: { description: 'It is gone' } },
      refusals: [409],
    }),
    handler: async (request, reply) => {
      requests.checkConfirmation(request.query.confirm)
      await requests.delete(request, request.params.id)
      return reply.code(204).send()
    },
  })

  app.post<{ Body: Chosen & { confirm?: string } }>('/v1/recordings/delete', {
    config: { permission: 'recordings.delete' },
    schema: operation({
      id: 'deleteRecordings',
      tag,
      summary: 'Delete many recordings, as a task that can be stopped',
      description: 'Stopping it saves what was not deleted yet. Those that are held stay, and are named by the task.',
      body: Type.Object(
        { ...chosenFields, confirm },
        { additionalProperties: false, description: 'Write ids, filter or all' },
      ),
      answers: { 202: { description: 'It has begun', schema: TaskSchema } },
      refusals: [404],
    }),
    handler: async (request, reply) => {
      const { confirm: written, ...chosen } = request.body
      requests.checkConfirmation(written)
      return reply.code(202).send(taskView(await requests.deleteMany(request, chosen)))
    },
  })

  app.post<{ Body: Chosen }>('/v1/recordings/retrieve', {
    config: { permission: 'recordings.retrieve' },
    schema: operation({
      id: 'retrieveRecordings',
      tag,
      summary: 'Bring recordings back from the archive for seven days, at most 2 GB at once',
      body: Type.Object(chosenFields, { additionalProperties: false, description: 'Write ids, filter or all' }),
      answers: { 202: { description: 'It has begun', schema: TaskSchema } },
      refusals: [404],
    }),
    handler: async (request, reply) => reply.code(202).send(taskView(await requests.retrieve(request, request.body))),
  })

  app.put<{ Params: { id: string }; Body: { reason: string } }>('/v1/recordings/:id/hold', {
    config: { permission: 'recordings.hold' },
    schema: operation({
      id: 'holdRecording',
      tag,
      summary: 'Put a recording on hold: neither people nor policies delete it',
      params: IdParameters,
      body: Type.Object(
        { reason: Type.String({ minLength: 1, maxLength: 500, description: 'Write why, in 1 to 500 characters' }) },
        { additionalProperties: false, description: 'Write the reason' },
      ),
      answers: { 200: { description: 'The recording', schema: RecordingSchema } },
    }),
    handler: async (request) => {
      const row = await requests.find(request.params.id)
      const hold = request.body.reason.trim()
      if (hold === '') throw invalidField('reason', '', 'this says nothing', 'Write why it may not be deleted')
      await catalogue.change(row.id, { hold })
      await requests.audit(request, 'recording-hold', row.id, `Put ${titleOf(row)} on hold: ${hold}`)
      return requests.view({ ...row, hold })
    },
  })

  app.delete<{ Params: { id: string } }>('/v1/recordings/:id/hold', {
    config: { permission: 'recordings.hold' },
    schema: operation({
      id: 'releaseRecording',
      tag,
      summary: 'Lift the hold of a recording',
      params: IdParameters,
      answers: { 200: { description: 'The recording', schema: RecordingSchema } },
    }),
    handler: async (request) => {
      const row = await requests.find(request.params.id)
      await catalogue.change(row.id, { hold: null })
      if (row.hold !== null)
        await requests.audit(request, 'recording-release', row.id, `Lifted the hold of ${titleOf(row)}`)
      return requests.view({ ...row, hold: null })
    },
  })

  app.get('/v1/recording-tasks', {
    config: { permission: 'recordings.read' },
    schema: operation({
      id: 'listRecordingTasks',
      tag,
      summary: 'List tasks about recordings since the start of the server, newest first',
      answers: {
        200: {
          description: 'The last hundred',
          schema: Type.Object({ items: Type.Array(TaskSchema) }, { title: 'RecordingTaskList' }),
        },
      },
    }),
    handler: async () => ({ items: tasks.list().map(taskView) }),
  })

  app.get<{ Params: { id: string } }>('/v1/recording-tasks/:id', {
    config: { permission: 'recordings.read' },
    schema: operation({
      id: 'readRecordingTask',
      tag,
      summary: 'See how far a task is',
      params: IdParameters,
      answers: { 200: { description: 'The task', schema: TaskSchema } },
    }),
    handler: async (request) => taskView(foundTask(tasks.find(request.params.id))),
  })

  app.delete<{ Params: { id: string } }>('/v1/recording-tasks/:id', {
    config: { permission: 'recordings.delete' },
    schema: operation({
      id: 'stopRecordingTask',
      tag,
      summary: 'Stop a task: what was not done yet is not done',
      params: IdParameters,
      answers: { 200: { description: 'The task', schema: TaskSchema } },
    }),
    handler: async (request) => {
      tasks.stop(request.params.id)
      return taskView(foundTask(tasks.find(request.params.id)))
    },
  })
}

/** @throws RequestRefused where there is none */
function foundTask(task: TaskView | null): TaskView {
  if (task === null) throw notFound('There is no task with this id since the server was started')
  return task
}

export function taskView(task: TaskView): Record<string, unknown> {
  const time = (at: number) => new Date(at).toISOString()
  return { ...task, startedAt: time(task.startedAt), endedAt: task.endedAt === null ? null : time(task.endedAt) }
}
