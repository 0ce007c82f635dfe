/** Requests that carry an Idempotency-Key are carried out once, however often they are sent. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AdminServices } from '../plugin.ts'
import type { Kept } from './changes.ts'
import { RequestRefused } from './problems.ts'

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]*$',
      description: 'Any text, new for each request: sent again within a day, it is answered the same and done once',
      examples: ['2c8f6f1a-7f0e-4f0b-9a53-0f6f0f2a9a11'],
    }),
  ),
})

/** Headers that belong to the answer and are kept with it. */
const keptHeaders = ['location', 'etag', 'ringdown-revision', 'ringdown-in-force', 'ringdown-warnings'] as const

interface KeptAnswer {
  readonly headers: Record<string, string>
  readonly body: unknown
}

/**
 * @param work changes the configuration; when it throws, the key can be used again
 * @param answer sets status and headers of the reply, and gives the body; asked again where the process died after the
 * change was kept and before it was answered
 */
export async function carryOutOnce(
  services: AdminServices,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Kept>,
  answer: (kept: Kept) => Promise<unknown>,
): Promise<unknown> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return answer(await work())
  const { idempotency } = services.store
  const who = request.operator?.name ?? ''
  const before = await idempotency.begin(key, who, hashOf(request))
  switch (before.state) {
    case 'finished': {
      const kept = JSON.parse(before.body) as KeptAnswer
      reply.code(before.status).headers(kept.headers)
      return kept.body
    }
    case 'running':
      throw new RequestRefused(
        'conflict',
        'The first request with this Idempotency-Key is still under way: ask again in a moment',
      )
    case 'different':
      throw new RequestRefused('conflict', 'This Idempotency-Key was used for another request: take a new one for each')
    case 'new':
    case 'committed': {
      let kept: Kept
      if (before.state === 'committed') {
        const { revision } = before
        kept = { revision, inForce: await services.engine.bringIntoForce(revision) }
      } else {
        try {
          kept = await work()
        } catch (error) {
          await idempotency.abandon(key, who)
          throw error
        }
      }
      const body = await answer(kept)
      const headers: Record<string, string> = {}
      for (const name of keptHeaders) {
        const value = reply.getHeader(name)
        if (typeof value === 'string') headers[name] = value
      }
      const answered = JSON.stringify({ headers, body } satisfies KeptAnswer)
      // The change is kept and known as such: it must not look as if it were not.
      await idempotency.finish(key, who, reply.statusCode, answered).catch((error: unknown) => {
        services.log.error({ err: error }, 'An answer was not kept: the request would be answered anew')
      })
      return body
    }
    default:
      return before satisfies never
  }
}

function hashOf(request: FastifyRequest): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([request.method, request.url, request.body]))
  return hash.digest('hex')
}
