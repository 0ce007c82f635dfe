/** Requests that carry an Idempotency-Key are carried out once, however often they are sent. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { AdminServices } from '../plugin.ts'
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
const keptHeaders = ['location', 'etag', 'ringdown-revision', 'ringdown-in-force'] as const

interface KeptAnswer {
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** @param work sets status and headers of the reply, and gives the body; when it throws, the key can be used again */
export async function carryOutOnce(
  services: AdminServices,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return work()
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
    case 'new': {
      let body: unknown
      try {
        body = await work()
      } catch (error) {
        await idempotency.abandon(key, who)
        throw error
      }
      const headers: Record<string, string> = {}
      for (const name of keptHeaders) {
        const value = reply.getHeader(name)
        if (typeof value === 'string') headers[name] = value
      }
      await idempotency.finish(key, who, reply.statusCode, JSON.stringify({ headers, body } satisfies KeptAnswer))
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
