import { join } from 'node:path'
import Type from 'typebox'
import type { MessageState } from '../../../engine/records/message-events.ts'
import { messageStates } from '../../../engine/records/message-events.ts'
import type { MessageFilter, RecordedMessage } from '../../../engine/records/message-history.ts'
import { MessageHistory } from '../../../engine/records/message-history.ts'
import { recordsDatabaseName } from '../../../engine/records/records-file.ts'
import { filterText, operation } from '../../http/operation.ts'
import type { PageQuery } from '../../http/pages.ts'
import { pageParameters, pageSchema } from '../../http/pages.ts'
import { periodOf } from '../../http/times.ts'
import type { AdminPlugin } from '../../plugin.ts'

const time = (description: string) => Type.String({ format: 'date-time', description })
const UserSchema = Type.Object({ id: Type.String(), title: Type.String({ description: 'Extension and name' }) })

const MessageSchema = Type.Object(
  {
    id: Type.String(),
    from: UserSchema,
    to: UserSchema,
    dialled: Type.String({ description: 'What the sender wrote to' }),
    contentType: Type.String(),
    body: Type.String(),
    state: Type.Enum([...messageStates], {
      description: 'expired: no phone took it in time; discarded: the recipient’s block list keeps the sender out',
    }),
    sentAt: time('When it came'),
    settledAt: Type.Union([time('When it was delivered or given up'), Type.Null()], { description: 'null: it waits' }),
  },
  { title: 'Message' },
)

interface Query extends PageQuery {
  since?: string
  until?: string
  user?: string
  state?: MessageState
  q?: string
}

/** What users wrote to each other. */
export const plugin: AdminPlugin = {
  name: 'messages',
  permissions: [{ name: 'messages.audit', description: 'Read what users write to each other' }],
  register(app, services) {
    const messages = new MessageHistory(join(services.dataFolder, recordsDatabaseName))
    app.addHook('onClose', async () => messages.close())

    app.get<{ Querystring: Query }>('/v1/messages', {
      config: { permission: 'messages.audit' },
      schema: operation({
        id: 'listMessages',
        tag: 'records',
        summary: 'List messages between users, newest first, those that still wait among them',
        description: 'A message is in the list about a second after it came.',
        query: Type.Object(
          {
            since: filterText('Only messages that came from this time on, as 2026-03-01T18:30:00Z'),
            until: filterText('Only messages that came up to this time'),
            user: filterText('Only messages that the user with this id sent or was to get'),
            state: Type.Optional(
              Type.Enum([...messageStates], { description: `Write one of ${messageStates.join(', ')}` }),
            ),
            q: filterText('Only messages in whose body this text is found'),
            ...pageParameters,
          },
          { additionalProperties: false },
        ),
        answers: { 200: { description: 'A page of them', schema: pageSchema(MessageSchema, 'MessageList') } },
      }),
      handler: async (request) => {
        const { limit = 100, cursor, ...filters } = request.query
        const page = await messages.list(filterOf(filters), cursor === undefined ? null : Number(cursor), limit)
        return { items: page.messages.map(viewOf), next: page.next === null ? null : String(page.next) }
      },
    })
  },
}

function filterOf({ since, until, q, user, state }: Query): MessageFilter {
  return {
    ...(user === undefined ? {} : { user }),
    ...(state === undefined ? {} : { state }),
    ...periodOf({ since, until }),
    ...(q === undefined ? {} : { text: q }),
  }
}

function viewOf(message: RecordedMessage) {
  const { sentAt, settledAt } = message
  return {
    ...message,
    sentAt: new Date(sentAt).toISOString(),
    settledAt: settledAt === null ? null : new Date(settledAt).toISOString(),
  }
}
