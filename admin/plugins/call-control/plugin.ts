/** Orders about calls in progress: click to dial, hang up, hold, resume, park, fetch, transfer. */
import Type from 'typebox'
import type { CallOrder } from '../../../engine/control/protocol.ts'
import { operation } from '../../http/operation.ts'
import { ofEngine, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'

const User = Type.String({ minLength: 1, maxLength: 64, description: 'Id of a user' })
const Dialled = Type.String({
  pattern: '^[!-~]{1,128}$',
  description: 'Write an extension, number or code, as the user would dial it',
})
const IdParameters = Type.Object({ id: Type.String({ maxLength: 64, description: 'Id of the call' }) })
const OfUser = Type.Object({ user: User }, { additionalProperties: false })
const ToSomebody = Type.Object({ user: User, to: Dialled }, { additionalProperties: false })
const DoneSchema = Type.Object(
  { calls: Type.Array(Type.String(), { description: 'Ids of the calls it is about' }) },
  { title: 'CallOrderDone' },
)
const accepted = {
  202: {
    description: 'It is done, or under way: the calls and their records show what becomes of it',
    schema: DoneSchema,
  },
}

interface ToBody {
  user: string
  to: string
}

export const plugin: AdminPlugin = {
  name: 'call-control',
  permissions: [{ name: 'calls.control', description: 'Make, hold, park, transfer and end calls of users' }],
  register(app, services) {
    const carryOut = async (order: CallOrder) => {
      const result = ofEngine(await services.engine.callOrder(order))
      if (!result.done) throw new RequestRefused(result.problem, result.why)
      return { calls: result.calls }
    }
    const config = { permission: 'calls.control' }

    app.post<{ Body: ToBody }>('/v1/calls', {
      config,
      schema: operation({
        id: 'dial',
        tag: 'live',
        summary: 'Ring a user’s phones, and call somebody for him when he answers',
        description: 'Click to dial. The call is his: his calling plan and blocks count.',
        body: ToSomebody,
        answers: accepted,
      }),
      handler: async ({ body }, reply) => reply.code(202).send(await carryOut({ order: 'dial', ...body })),
    })

    app.delete<{ Params: { id: string } }>('/v1/calls/:id', {
      config,
      schema: operation({
        id: 'hangUp',
        tag: 'live',
        summary: 'End a call on all sides',
        params: IdParameters,
        answers: accepted,
      }),
      handler: async ({ params }, reply) => reply.code(202).send(await carryOut({ order: 'hangUp', call: params.id })),
    })

    for (const order of ['hold', 'resume'] as const) {
      app.post<{ Params: { id: string }; Body: { user: string } }>(`/v1/calls/:id/${order}`, {
        config,
        schema: operation({
          id: `${order}Call`,
          tag: 'live',
          summary:
            order === 'hold'
              ? 'Put the other side of a user’s call on hold'
              : 'Let a user speak again with whom he has on hold',
          params: IdParameters,
          body: OfUser,
          answers: accepted,
        }),
        handler: async ({ params, body }, reply) =>
          reply.code(202).send(await carryOut({ order, call: params.id, user: body.user })),
      })
    }

    app.post<{ Params: { id: string }; Body: ToBody }>('/v1/calls/:id/transfer', {
      config,
      schema: operation({
        id: 'transferCall',
        tag: 'live',
        summary: 'Hand the other side of a user’s call on to somebody else',
        description: 'A blind transfer: the call stays as it is until somebody has answered.',
        params: IdParameters,
        body: ToSomebody,
        answers: accepted,
      }),
      handler: async ({ params, body }, reply) =>
        reply.code(202).send(await carryOut({ order: 'transfer', call: params.id, ...body })),
    })

    app.post<{ Params: { id: string }; Body: { user: string; slot?: string } }>('/v1/calls/:id/park', {
      config,
      schema: operation({
        id: 'parkCall',
        tag: 'live',
        summary: 'Let the other side of a user’s call wait in a park slot',
        params: IdParameters,
        body: Type.Object(
          {
            user: User,
            slot: Type.Optional(
              Type.String({
                pattern: '^[0-9]{2,10}$',
                description: 'Extension of a park slot of the user’s PBX; the first that is free if left out',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        answers: accepted,
      }),
      handler: async ({ params, body: { user, slot = '' } }, reply) =>
        reply.code(202).send(await carryOut({ order: 'park', call: params.id, user, slot })),
    })

    app.post<{ Body: { user: string; slot: string } }>('/v1/calls/fetch', {
      config,
      schema: operation({
        id: 'fetchParkedCall',
        tag: 'live',
        summary: 'Ring a user’s phones, and give him who waits in a park slot when he answers',
        description: 'Where he does not answer the call waits on. `GET /v1/parked-calls` lists those that wait.',
        body: Type.Object(
          {
            user: User,
            slot: Type.String({ pattern: '^[0-9]{2,10}$', description: 'Extension of a park slot of the user’s PBX' }),
          },
          { additionalProperties: false },
        ),
        answers: accepted,
      }),
      handler: async ({ body }, reply) => reply.code(202).send(await carryOut({ order: 'fetch', ...body })),
    })

    app.post<{ Body: { user: string } }>('/v1/calls/end-all', {
      config,
      schema: operation({
        id: 'endCallsOfUser',
        tag: 'live',
        summary: 'End all calls of a user',
        body: OfUser,
        answers: accepted,
      }),
      handler: async ({ body }, reply) => reply.code(202).send(await carryOut({ order: 'endAll', user: body.user })),
    })
  },
}
