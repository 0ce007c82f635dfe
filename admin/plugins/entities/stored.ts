/** Reading and writing one entity, for the routes. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EntityKey, KindDefinition } from '../../../engine/config/entities/kind.ts'
import type { StoredEntity } from '../../../engine/config/store/configuration-store.ts'
import type { Committed, Kept, NotYetInForce } from '../../http/changes.ts'
import { commit, gone, notYetInForce, tellCommitted } from '../../http/changes.ts'
import { changedMeanwhile, checkIfMatch, etagOf } from '../../http/etags.ts'
import { invalidField, RequestRefused } from '../../http/problems.ts'
import type { AdminServices } from '../../plugin.ts'

type Fields = Record<string, unknown>

/** @throws RequestRefused where there is none */
export async function storedEntity(
  services: AdminServices,
  definition: KindDefinition,
  id: string,
): Promise<StoredEntity> {
  const found = await services.store.entities.get(definition.kind, id)
  if (found === null) throw gone(`${definition.label} ${id}`)
  return found
}

/** The body with the id of its address in it. @throws RequestRefused where it names another */
export function bodyWithId(definition: KindDefinition, id: string, body: Fields): Fields {
  const properties = definition.schema.properties as Fields
  if ('id' in properties) {
    const written = body['id']
    if (written !== undefined && written !== id) {
      throw invalidField(
        'id',
        String(written),
        `this is not the id in the address, ${id}`,
        'Leave it out: an id cannot be changed',
      )
    }
    return { ...body, id }
  }
  const written = definition.idOf(body)
  if (written === id) return body
  const message = `this is ${definition.label} ${written}, and the address is that of ${id}`
  throw invalidField('', '', message, `Make ${written} by POST and delete ${id}`)
}

/**
 * Changes an entity that is there to what `make` makes of it. Asked again where somebody else was faster, unless
 * the request says which state it is about.
 */
export async function changeEntity(
  services: AdminServices,
  request: FastifyRequest,
  definition: KindDefinition,
  id: string,
  make: (before: StoredEntity) => Fields,
): Promise<Committed> {
  const key: EntityKey = { kind: definition.kind, id }
  for (let attempt = 0; ; attempt++) {
    const before = await storedEntity(services, definition, id)
    checkIfMatch(request, before.revision)
    const body = bodyWithId(definition, id, make(before))
    try {
      const entityRevisions = [{ ...key, revision: before.revision }]
      return await commit(services, request, [{ ...key, body }], { entityRevisions }, key)
    } catch (error) {
      const again = error instanceof RequestRefused && error.problem === 'changed-meanwhile'
      if (!again || attempt >= 20) throw error
      if (request.headers['if-match'] !== undefined) throw changedMeanwhile()
    }
  }
}

/** The entity as it is after a change, or that it is not yet in force. */
export async function answerEntity(
  services: AdminServices,
  reply: FastifyReply,
  definition: KindDefinition,
  id: string,
  committed: Kept,
  status: number,
): Promise<Fields | NotYetInForce> {
  const after = await services.store.entities.get(definition.kind, id)
  if (after !== null) reply.header('etag', etagOf(after.revision))
  if (tellCommitted(reply, committed, status) === 202 || after === null) return notYetInForce(committed)
  return after.body
}
