/** ETags of entities are the revision that last changed them; If-Match keeps two people from undoing each other. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { RequestRefused } from './problems.ts'

export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 1000,
      description:
        'The ETag that was read: refused with 412 when the entity was changed since. Without it the change is made anyway',
      examples: ['"17"'],
    }),
  ),
})

export const IfNoneMatchHeaders = Type.Object({
  'if-none-match': Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'The ETag that was read: 304 when nothing changed since',
      examples: ['"17"'],
    }),
  ),
})

export const etagHeader = Type.String({
  description: 'Names this state of the entity, for If-Match',
  examples: ['"17"'],
})

export function etagOf(revision: number): string {
  return `"${revision}"`
}

/** @throws RequestRefused where If-Match is given and does not name this revision (RFC 9110 section 13.1.1) */
export function checkIfMatch(request: FastifyRequest, revision: number): void {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*' || tagsOf(header).includes(etagOf(revision))) return
  throw changedMeanwhile()
}

/** Whether the client has this revision already: then the answer is 304. */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, revision: number): boolean {
  reply.header('etag', etagOf(revision))
  const header = request.headers['if-none-match']
  if (header === undefined) return false
  const tags = tagsOf(header).map((tag) => tag.replace(/^W\//, ''))
  return header.trim() === '*' || tags.includes(etagOf(revision))
}

export function changedMeanwhile(): RequestRefused {
  return new RequestRefused(
    'changed-meanwhile',
    'This was changed since it was read: read it again, and repeat the change if it is still wanted',
  )
}

/** Weak tags stay as they are, and so never match If-Match. */
function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim())
}
