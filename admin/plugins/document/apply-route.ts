import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { ApplyResult } from '../../../engine/config/apply-document.ts'
import { applyEntries } from '../../../engine/config/apply-document.ts'
import { longestDocument } from '../../../engine/config/document-text.ts'
import { steppingAside } from '../../../engine/control/give-way.ts'
import { revisionHeaders, tellCommitted } from '../../http/changes.ts'
import { storeRefusal } from '../../http/errors.ts'
import { changedMeanwhile, etagHeader, etagOf, IfMatchHeaders } from '../../http/etags.ts'
import { textOfBody } from '../../http/json-body.ts'
import { operation } from '../../http/operation.ts'
import { invalid, RequestRefused } from '../../http/problems.ts'
import type { AdminApp, AdminServices } from '../../plugin.ts'
import { authorOf } from '../../plugin.ts'
import { ChangeSchema, viewOfChange } from '../revisions/change-view.ts'
import { expectedRevision } from '../revisions/expected-revision.ts'
import { DocumentReader } from './document-reader.ts'
import { documentUrl } from './export-route.ts'

/** Changes that are shown in the answer; their number is always told. */
const mostShown = 1000
const types = ['application/yaml', 'application/x-yaml', 'text/yaml', 'application/json'] as const

const Applied = Type.Object(
  {
    revision: Type.Integer({
      description: 'The revision that was made; where nothing changed and in a dry run the one there is',
    }),
    inForce: Type.Boolean({ description: 'Whether the next call goes by it' }),
    changesInAll: Type.Integer({ description: 'Entities that are changed' }),
    changes: Type.Array(ChangeSchema, { description: `The first ${mostShown} of them` }),
    warnings: Type.Array(
      Type.Object({ path: Type.String(), value: Type.String(), message: Type.String(), cure: Type.String() }),
      { description: 'What works but is probably not meant' },
    ),
  },
  { title: 'Applied' },
)

/** PUT: the configuration becomes what the document says, whole or not at all. */
export function addApplyRoute(parent: AdminApp, services: AdminServices): void {
  const reader = new DocumentReader()
  parent.addHook('onClose', () => reader.close())
  parent.register((app, _options, done) => {
    // The text itself is wanted: its mistakes are told with their places in it.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      [...types],
      { parseAs: 'buffer', bodyLimit: longestDocument },
      async (_request: FastifyRequest, bytes: Buffer) => textOfBody(bytes),
    )
    app.put<{ Body: string; Querystring: { dryRun?: boolean; prune?: boolean } }>(documentUrl, {
      config: { permission: 'document.apply' },
      bodyLimit: longestDocument,
      schema: operation({
        id: 'applyDocument',
        tag: 'document',
        summary: 'Make the configuration what a document says, whole or not at all',
        description:
          'Adds and changes what the document has; with prune=true it also deletes what it does not have. At most 64 MB.',
        headers: IfMatchHeaders,
        query: Type.Object(
          {
            dryRun: Type.Optional(Type.Boolean({ description: 'Write true to see what would change' })),
            prune: Type.Optional(Type.Boolean({ description: 'Write true to delete what the document does not have' })),
          },
          { additionalProperties: false },
        ),
        body: Type.String({ description: 'Send the document (docs/configuration.md)' }),
        consumes: types,
        answers: {
          200: {
            description: 'Applied; the next call goes by it (in a dry run: checked)',
            schema: Applied,
            headers: { ...revisionHeaders, etag: etagHeader },
          },
          202: {
            description: 'Applied and not yet in force',
            schema: Applied,
            headers: { ...revisionHeaders, etag: etagHeader },
          },
        },
        refusals: [412],
      }),
      handler: async (request, reply) => {
        const { dryRun = false, prune = false } = request.query
        const fileName =
          request.headers['content-type']?.startsWith('application/json') === true ? 'document.json' : 'document.yaml'
        const expected = expectedRevision(request, services)
        const author = { ...authorOf(request), source: 'document' as const }
        const read = await reader.read(request.body, fileName)
        if (read === null) {
          const busy = 'Other large documents are being read: nothing was changed, send it again in a moment'
          throw new RequestRefused('not-ready', busy, {}, { 'retry-after': '5' })
        }
        const applied = refuseUnlessApplied(
          await steppingAside(() => applyEntries(services.configuration, read, author, { dryRun, prune, ...expected })),
        )
        const { revision, changes, shownWarnings } = applied
        const inForce = dryRun ? false : await services.engine.bringIntoForce(revision, changes)
        reply.header('etag', etagOf(revision))
        // Its warnings stand in the body.
        if (!dryRun) tellCommitted(reply, { revision: applied.revision, inForce }, 200)
        return {
          revision,
          inForce,
          changesInAll: changes.length,
          changes: changes.slice(0, mostShown).map(viewOfChange),
          warnings: shownWarnings,
        }
      },
    })
    done()
  })
}

/** @throws RequestRefused with every mistake of the document */
function refuseUnlessApplied(result: ApplyResult): Extract<ApplyResult, { ok: true }> {
  if (result.ok) return result
  switch (result.reason) {
    case 'problems':
      throw invalid(result.shownProblems)
    case 'conflict':
      throw changedMeanwhile()
    case 'store':
      throw storeRefusal(result.error)
    default:
      return result satisfies never
  }
}
