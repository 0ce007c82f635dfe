/** Prometheus' text format, of the engine and of the admin process (docs/monitoring.md). */
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { operatorOf } from '../../sign-in/guard.ts'
import { AdminMetrics } from './admin-metrics.ts'
import { engineMetrics } from './engine-metrics.ts'

export const plugin: AdminPlugin = {
  name: 'metrics',
  permissions: [],
  register(app, services) {
    const admin = new AdminMetrics()
    app.addHook('onClose', async () => admin.stop())
    app.get('/metrics', {
      // Prometheus on this machine reads them without signing in.
      config: { public: true },
      schema: operation({
        id: 'readMetrics',
        tag: 'health',
        summary: "Metrics in Prometheus' text format",
        description: 'From other machines a token is needed.',
        open: true,
        answers: { 200: { description: 'Metrics', schema: Type.String(), type: 'text/plain' } },
        refusals: [401],
      }),
      handler: async (request, reply) => {
        if (!isLoopback(request.ip)) await operatorOf(request, services.signIn)
        const engine = engineMetrics(await services.engine.metrics())
        const texts = await Promise.all([engine.text(), admin.read().text()])
        reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
        // As it is: the application's serializer is for JSON.
        return reply.serializer((text: string) => text).send(texts.join('\n'))
      },
    })
  },
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
