/** The account: there is one, and it can be read and changed. */
import type { KindDefinition } from '../../../engine/config/entities/kind.ts'
import { changeAnswers } from '../../http/changes.ts'
import { etagHeader, IfMatchHeaders, IfNoneMatchHeaders, isUnchanged } from '../../http/etags.ts'
import { mergePatch } from '../../http/merge-patch.ts'
import { operation } from '../../http/operation.ts'
import { notFound } from '../../http/problems.ts'
import { refuseUnlessFits } from '../../http/refuse-unless-fits.ts'
import { compileCheck } from '../../http/validation.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { schemasOf } from './entity-schemas.ts'
import { answerEntity, changeEntity, storedEntity } from './stored.ts'

const url = '/v1/account'
const tag = 'account'

export function addAccountRoutes(app: AdminApp, services: AdminServices, definition: KindDefinition): void {
  const schemas = schemasOf(definition)
  const check = compileCheck(schemas.replaced)
  const accountId = async (): Promise<string> => {
    for (const body of services.configuration.configuration.all('account')) return definition.idOf(body)
    throw notFound('There is no account yet: apply a document (PUT /v1/document)')
  }

  app.get(url, {
    config: { permission: 'configuration.read' },
    schema: operation({
      id: 'readAccount',
      tag,
      summary: 'Read the account',
      headers: IfNoneMatchHeaders,
      answers: {
        200: { description: 'The account', schema: schemas.shown, headers: { etag: etagHeader } },
        304: { description: 'It is as it was', headers: { etag: etagHeader } },
      },
      refusals: [404],
    }),
    handler: async (request, reply) => {
      const { body, revision } = await storedEntity(services, definition, await accountId())
      if (isUnchanged(request, reply, revision)) return reply.code(304).send()
      return body
    },
  })

  app.put<{ Body: Record<string, unknown> }>(url, {
    config: { permission: 'configuration.write' },
    schema: operation({
      id: 'replaceAccount',
      tag,
      summary: 'Change the account: fields left out are taken away',
      headers: IfMatchHeaders,
      body: schemas.replaced,
      answers: changeAnswers(200, 'The account as it is now', schemas.shown, { etag: etagHeader }),
      refusals: [404, 412],
    }),
    handler: async (request, reply) => {
      const id = await accountId()
      const committed = await changeEntity(services, request, definition, id, () => request.body)
      return answerEntity(services, reply, definition, id, committed, 200)
    },
  })

  app.patch<{ Body: Record<string, unknown> }>(url, {
    config: { permission: 'configuration.write' },
    schema: operation({
      id: 'changeAccount',
      tag,
      summary: 'Change some fields of the account',
      headers: IfMatchHeaders,
      body: schemas.patch,
      consumes: ['application/merge-patch+json', 'application/json'],
      answers: changeAnswers(200, 'The account as it is now', schemas.shown, { etag: etagHeader }),
      refusals: [404, 412],
    }),
    handler: async (request, reply) => {
      const id = await accountId()
      const committed = await changeEntity(services, request, definition, id, (before) =>
        refuseUnlessFits(check, mergePatch(before.body, request.body)),
      )
      return answerEntity(services, reply, definition, id, committed, 200)
    },
  })
}
