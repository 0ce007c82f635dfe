/** Answers methods that an address does not take: 405 with Allow (RFC 9110 section 15.5.6). */
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify'
import { RequestRefused } from './problems.ts'

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Watches what routes there are; `add` answers the rest, once all of them are there. */
export function refuseOtherMethods(app: FastifyInstance): { add(): void } {
  const taken = new Map<string, Set<string>>()
  app.addHook('onRoute', (route: RouteOptions) => {
    const known = taken.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) known.add(method.toUpperCase())
    taken.set(route.url, known)
  })
  return {
    add() {
      for (const [url, known] of [...taken]) {
        if (!url.startsWith('/') || url.includes('*')) continue
        const allow = methods.filter((method) => known.has(method)).join(', ')
        const others = methods.filter((method) => !known.has(method))
        if (others.length === 0) continue
        app.route({
          method: [...others],
          url,
          schema: { hide: true },
          config: { public: true },
          // Before the body is read: it is of no interest.
          onRequest: async (request) => {
            throw new RequestRefused(
              'method-not-allowed',
              `${request.method} is not possible here, only ${allow}`,
              {},
              { allow },
            )
          },
          handler: async () => null,
        })
      }
    },
  }
}
