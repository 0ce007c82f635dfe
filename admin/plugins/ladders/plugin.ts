/** The SIP messages of recent calls. */
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import { notFound, ofEngine } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'

const MessageSchema = Type.Object(
  {
    direction: Type.Union([Type.Literal('received'), Type.Literal('sent')]),
    at: Type.Number({ description: 'Milliseconds since the epoch' }),
    transport: Type.String({ description: 'UDP, TCP, TLS, WS or WSS' }),
    localAddress: Type.String({ description: 'Of the listener' }),
    localPort: Type.Integer(),
    remoteAddress: Type.String({ description: 'Of the phone or trunk' }),
    remotePort: Type.Integer(),
    text: Type.String({ description: 'The message, one character a byte (latin1); secrets are masked' }),
    cut: Type.Boolean({ description: 'It was longer than what is kept of one message' }),
  },
  { title: 'CallMessage' },
)

const LadderSchema = Type.Object(
  {
    items: Type.Array(MessageSchema, { description: 'Of both sides of the call, oldest first' }),
    more: Type.Integer({ description: 'How many more are kept than are given' }),
    notes: Type.Array(Type.String(), {
      description:
        'What is not seen in them at a glance: refused sessions, no codec in common, packets of other lengths',
    }),
  },
  { title: 'CallMessageList' },
)

export const plugin: AdminPlugin = {
  name: 'ladders',
  permissions: [{ name: 'messages.read', description: 'See the SIP messages of recent calls' }],
  register(app, services) {
    app.get<{ Params: { id: string } }>('/v1/calls/:id/messages', {
      config: { permission: 'messages.read' },
      schema: operation({
        id: 'listCallMessages',
        tag: 'live',
        summary: 'The SIP messages of a recent call, of both its sides',
        description:
          'For calls in progress and those that ended not long ago: the newest messages are kept in a fixed piece of ' +
          'memory (`ladder-mb`), and end with the engine. Credentials, keys, digits and texts are masked.',
        params: Type.Object({ id: Type.String({ maxLength: 64, description: 'Id of the call' }) }),
        answers: { 200: { description: 'What is still kept of them', schema: LadderSchema } },
      }),
      handler: async ({ params: { id } }) => {
        const { ladder } = ofEngine(await services.engine.ladder(id))
        if (ladder === null) {
          throw notFound(
            'This server keeps no messages (ladder-mb is off): start it with ladder-mb set, for later calls',
          )
        }
        const { messages, more, notes } = ladder
        if (messages.length === 0) {
          throw notFound(
            `No messages of call ${id} are kept: there is no such call, it is too long ago, or the engine was started since`,
          )
        }
        return { items: messages, more, notes }
      },
    })
  },
}
