import Type from 'typebox'
import { stringify } from 'yaml'
import { documentOf } from '../../../engine/config/document-of.ts'
import { etagHeader, IfNoneMatchHeaders, isUnchanged } from '../../http/etags.ts'
import { operation } from '../../http/operation.ts'
import { notFound } from '../../http/problems.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'

export const documentUrl = '/v1/document'

/** GET: the document, always the same text for the same configuration. */
export function addExportRoute(app: AdminApp, services: AdminServices): void {
  const answer = {
    type: 'object',
    additionalProperties: true,
    title: 'Document',
    description: 'docs/configuration.md',
  } as unknown as Type.TSchema
  const schema = operation({
    id: 'exportDocument',
    tag: 'document',
    summary: 'Export the whole configuration as a document, without secrets',
    description: 'YAML, or JSON with ?format=json. Applied again it changes nothing: secrets that it leaves out stay.',
    headers: IfNoneMatchHeaders,
    query: Type.Object(
      { format: Type.Optional(Type.Enum(['yaml', 'json'], { description: 'Write yaml or json; default yaml' })) },
      { additionalProperties: false },
    ),
    answers: {
      200: { description: 'The document', schema: answer, headers: { etag: etagHeader } },
      304: { description: 'It is as it was', headers: { etag: etagHeader } },
    },
    refusals: [404],
  })
  const response = schema.response as Record<number, { content: Record<string, object> }>
  const ok = response[200]
  if (ok !== undefined) ok.content['application/yaml'] = { schema: { type: 'string', description: 'The same in YAML' } }
  app.get<{ Querystring: { format?: 'yaml' | 'json' } }>(documentUrl, {
    config: { permission: 'document.export' },
    schema,
    handler: async (request, reply) => {
      await services.configuration.follow()
      const { configuration, revision } = services.configuration
      if (configuration.count('account') === 0) throw notFound('There is no configuration yet: PUT a document here')
      if (isUnchanged(request, reply, revision)) return reply.code(304).send()
      const document = documentOf(configuration)
      if (request.query.format === 'json') return document
      const text = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
      return reply.type('application/yaml').serializer(String).send(text)
    },
  })
}
