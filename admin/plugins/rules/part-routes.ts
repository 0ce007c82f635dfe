/** One field of an entity that has an address of its own: read, replaced, changed and taken away. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Kind } from '../../../engine/config/entities/kind.ts'
import { kindDefinition } from '../../../engine/config/entities/kinds.ts'
import type { Committed, NotYetInForce } from '../../http/changes.ts'
import { aboutPart, changeAnswers, notYetInForce, tellCommitted } from '../../http/changes.ts'
import { etagHeader, etagOf, IfMatchHeaders, IfNoneMatchHeaders, isUnchanged } from '../../http/etags.ts'
import { mergePatch, mergePatchSchema } from '../../http/merge-patch.ts'
import { IdParameters, operation } from '../../http/operation.ts'
import { notFound } from '../../http/problems.ts'
import { refuseUnlessFits } from '../../http/refuse-unless-fits.ts'
import { compileCheck } from '../../http/validation.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { changeEntity, storedEntity } from '../entities/stored.ts'

export interface Part {
  readonly kind: Kind
  readonly field: string
  /** With `:id` unless there is only one such entity. */
  readonly url: string
  /** For people. */
  readonly label: string
  /** In names of operations. */
  readonly name: string
  readonly schema: TSchema
  /** What stands for: there is none. */
  readonly empty: Fields
}

type Fields = Record<string, unknown>
interface Owner {
  Params: { id?: string }
}

export function addPartRoutes(app: AdminApp, services: AdminServices, part: Part): void {
  const definition = kindDefinition(part.kind)
  const check = compileCheck(part.schema)
  const single = !part.url.includes(':id')
  const common = {
    tag: 'rules',
    ...(single ? { refusals: [404, 409, 412, 422] } : { params: IdParameters, refusals: [409, 412, 422] }),
  }
  const answers = changeAnswers(200, 'As it is now', part.schema, { etag: etagHeader })
  const ownerOf = (request: FastifyRequest): string => {
    if (!single) return (request.params as { id: string }).id
    for (const body of services.configuration.configuration.all(part.kind)) return definition.idOf(body)
    throw notFound(`There is no ${definition.label} yet`)
  }
  const partOf = (body: Readonly<Record<string, unknown>>) => (body[part.field] ?? part.empty) as Fields
  const change = (request: FastifyRequest, make: (before: Fields) => Fields) =>
    aboutPart(part.field, () =>
      changeEntity(services, request, definition, ownerOf(request), ({ body }) => ({
        ...body,
        [part.field]: make(partOf(body)),
      })),
    )
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    committed: Committed,
  ): Promise<Fields | NotYetInForce> => {
    // Somebody may have deleted the owner meanwhile: the change was kept all the same.
    const after = await services.store.entities.get(definition.kind, ownerOf(request))
    if (after !== null) reply.header('etag', etagOf(after.revision))
    const waits = tellCommitted(reply, committed, 200) === 202
    return waits || after === null ? notYetInForce(committed) : partOf(after.body)
  }

  app.get<Owner>(part.url, {
    config: { permission: 'rules.read' },
    schema: operation({
      ...common,
      refusals: [404],
      id: `read${part.name}`,
      summary: `Read: ${part.label}`,
      headers: IfNoneMatchHeaders,
      answers: {
        200: { description: 'As it is', schema: part.schema, headers: { etag: etagHeader } },
        304: { description: 'It is as it was', headers: { etag: etagHeader } },
      },
    }),
    handler: async (request, reply) => {
      const { body, revision } = await storedEntity(services, definition, ownerOf(request))
      if (isUnchanged(request, reply, revision)) return reply.code(304).send()
      return partOf(body)
    },
  })

  app.put<Owner & { Body: Fields }>(part.url, {
    config: { permission: 'rules.write' },
    schema: operation({
      ...common,
      id: `replace${part.name}`,
      summary: `Replace: ${part.label}`,
      headers: IfMatchHeaders,
      body: part.schema,
      answers,
    }),
    handler: async (request, reply) => answer(request, reply, await change(request, () => request.body)),
  })

  app.patch<Owner & { Body: Fields }>(part.url, {
    config: { permission: 'rules.write' },
    schema: operation({
      ...common,
      id: `change${part.name}`,
      summary: `Change some fields: ${part.label}`,
      headers: IfMatchHeaders,
      body: mergePatchSchema(part.schema, `${part.name}Patch`),
      consumes: ['application/merge-patch+json', 'application/json'],
      answers,
    }),
    handler: async (request, reply) => {
      const merged = (before: Fields) => refuseUnlessFits(check, mergePatch(before, request.body))
      return answer(request, reply, await change(request, merged))
    },
  })

  app.delete<Owner>(part.url, {
    config: { permission: 'rules.write' },
    schema: operation({
      ...common,
      id: `delete${part.name}`,
      summary: `Take away: ${part.label}`,
      headers: IfMatchHeaders,
      answers: changeAnswers(204, 'Taken away', null),
    }),
    handler: async (request, reply) => {
      const committed = await changeEntity(services, request, definition, ownerOf(request), ({ body }) => {
        const { [part.field]: _, ...rest } = body
        return rest
      })
      return tellCommitted(reply, committed, 204) === 202 ? notYetInForce(committed) : reply.send()
    },
  })
}
