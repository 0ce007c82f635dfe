import type { FastifyRequest } from 'fastify'
import { changedMeanwhile } from '../../http/etags.ts'
import type { AdminServices } from '../../plugin.ts'

/** If-Match names the revision of the whole configuration here. */
export function expectedRevision(request: FastifyRequest, services: AdminServices): { expectedRevision?: number } {
  const header = request.headers['if-match']?.trim()
  if (header === undefined || header === '*') return {}
  const number = /^"(\d{1,15})"$/.exec(header)?.[1]
  if (number === undefined || Number(number) !== services.configuration.revision) throw changedMeanwhile()
  return { expectedRevision: Number(number) }
}
