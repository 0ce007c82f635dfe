/** Whether the server is alive and ready, for load balancers, service managers and people in a hurry. */
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { readiness } from './readiness.ts'

const Alive = Type.Object(
  { alive: Type.Literal(true), version: Type.String(), uptimeSeconds: Type.Number() },
  { title: 'Alive' },
)

const Ready = Type.Object(
  {
    ready: Type.Boolean(),
    alerts: Type.Array(Type.String(), { description: 'What is wrong and what to do, one line each' }),
    storeRevision: Type.Union([Type.Integer(), Type.Null()], { description: 'Newest revision of the configuration' }),
    engineRevision: Type.Union([Type.Integer(), Type.Null()], { description: 'The one that calls are decided by' }),
  },
  { title: 'Readiness' },
)

export const plugin: AdminPlugin = {
  name: 'health',
  permissions: [],
  register(app, services) {
    const startedAt = services.clock()
    app.get('/healthz', {
      config: { public: true },
      schema: operation({
        id: 'readHealth',
        tag: 'health',
        summary: 'Whether the admin process is alive',
        open: true,
        answers: { 200: { description: 'It is', schema: Alive } },
      }),
      handler: async () => ({
        alive: true,
        version: services.version,
        uptimeSeconds: (services.clock() - startedAt) / 1000,
      }),
    })
    app.get('/readyz', {
      config: { public: true },
      schema: operation({
        id: 'readReadiness',
        tag: 'health',
        summary: 'Whether calls are served, by the newest configuration',
        open: true,
        answers: {
          200: { description: 'All is well', schema: Ready },
          503: { description: 'Something is not: the alerts tell', schema: Ready },
        },
      }),
      handler: async (_request, reply) => {
        const found = await readiness(services)
        return reply.code(found.ready ? 200 : 503).send(found)
      },
    })
  },
}
