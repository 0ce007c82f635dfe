/** Tells other programs of calls, and shows how that goes. */
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { Webhooks } from './webhooks.ts'

const StateSchema = Type.Object(
  {
    id: Type.String(),
    delivered: Type.Integer({ description: 'Events that the program has taken' }),
    failed: Type.Integer({ description: 'Tries that failed' }),
    lost: Type.Integer({ description: 'Events that were given up, or went because too many waited' }),
    waiting: Type.Integer(),
    problem: Type.String({ description: 'Why the newest try failed; empty where it did not' }),
  },
  { title: 'WebhookState' },
)

export const plugin: AdminPlugin = {
  name: 'webhooks',
  permissions: [{ name: 'webhook-states.read', description: 'See whether programs that are told of calls take it' }],
  register(app, services) {
    const webhooks = new Webhooks(services)
    app.addHook('onClose', async () => webhooks.close())
    app.get('/v1/webhook-states', {
      config: { permission: 'webhook-states.read' },
      schema: operation({
        id: 'listWebhookStates',
        tag: 'live',
        summary: 'The programs that are told of calls: what they took since the start, what waits, and what is wrong',
        answers: {
          200: {
            description: 'All that are on',
            schema: Type.Object({ items: Type.Array(StateSchema) }, { title: 'WebhookStateList' }),
          },
        },
      }),
      handler: async () => ({ items: [...webhooks.states()] }),
    })
  },
}
