import Type from 'typebox'
import type { NewSecret } from '../../../engine/config/configuration-writer.ts'
import { kindNames } from '../../../engine/config/entities/kind.ts'
import type { Revision } from '../../../engine/config/store/configuration-store.ts'
import { steppingAside } from '../../../engine/control/give-way.ts'
import { revisionHeaders, tellCommitted, writtenOf } from '../../http/changes.ts'
import { etagHeader, etagOf, IfMatchHeaders } from '../../http/etags.ts'
import { operation } from '../../http/operation.ts'
import type { PageQuery } from '../../http/pages.ts'
import { pageParameters, pageSchema } from '../../http/pages.ts'
import { notFound } from '../../http/problems.ts'
import type { AdminPlugin, AdminServices } from '../../plugin.ts'
import { authorOf } from '../../plugin.ts'
import { ChangeSchema, viewOfChange } from './change-view.ts'
import { expectedRevision } from './expected-revision.ts'

const tag = 'revisions'
/** Changes that are shown after restoring; their number is always told. */
const mostShown = 1000
const revisionFields = {
  revision: Type.Integer({ description: 'Its number', examples: [17] }),
  at: Type.String({ format: 'date-time', description: 'When it was made' }),
  actor: Type.String({ description: 'Who made it' }),
  address: Type.String({ description: 'From where; empty: this machine' }),
  source: Type.String({ description: 'How: api, document, restore, command or start' }),
  summary: Type.String({ description: 'What was changed, in a line' }),
}
const RevisionSchema = Type.Object(revisionFields, { title: 'Revision' })
const RevisionList = pageSchema(RevisionSchema, 'RevisionList')
const Changes = Type.Array(ChangeSchema, { description: 'One for each entity' })
const Parameters = Type.Object({
  revision: Type.Integer({ minimum: 0, maximum: 2 ** 50, description: 'Number of the revision' }),
})
const Restoring = Type.Object(
  {
    newSecrets: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.Enum([...kindNames], { description: 'Write the kind of the entity' }),
            id: Type.String({ maxLength: 200, description: 'Write its id' }),
            field: Type.String({ maxLength: 100, description: 'Write the secret field' }),
            value: {
              ...Type.String({ maxLength: 1000, description: 'Write its new value' }),
              writeOnly: true,
            } as Type.TString,
          },
          { additionalProperties: false, description: 'Write kind, id, field and value' },
        ),
        { maxItems: 10_000, description: 'List values of secrets that nobody keeps any more' },
      ),
    ),
  },
  { title: 'Restoring', additionalProperties: false, description: 'Write {}, or newSecrets' },
)
const Restored = Type.Object(
  {
    revision: Type.Integer({ description: 'The revision that was made; in a dry run the one there is' }),
    inForce: Type.Boolean({ description: 'Whether the next call goes by it' }),
    changesInAll: Type.Integer({ description: 'Entities that are changed' }),
    changes: Type.Array(ChangeSchema, { description: `The first ${mostShown} of them` }),
  },
  { title: 'Restored' },
)

interface OfRevision {
  Params: { revision: number }
}

/** What the configuration was, what changed when, and bringing it back. */
export const plugin: AdminPlugin = {
  name: 'revisions',
  permissions: [
    { name: 'revisions.read', description: 'See revisions of the configuration' },
    { name: 'revisions.restore', description: 'Make the configuration as it was' },
  ],
  register(app, services) {
    app.get<{ Querystring: PageQuery }>('/v1/revisions', {
      config: { permission: 'revisions.read' },
      schema: operation({
        id: 'listRevisions',
        tag,
        summary: 'List revisions, newest first',
        query: Type.Object(pageParameters, { additionalProperties: false }),
        answers: { 200: { description: 'A page of them', schema: RevisionList } },
      }),
      handler: async (request) => {
        const { limit = 100, cursor } = request.query
        const before = cursor === undefined ? {} : { before: Number(cursor) }
        const found = await services.store.revisions.list({ limit, ...before })
        const last = found.at(-1)
        return {
          items: found.map(viewOf),
          next: found.length === limit && last !== undefined && last.number > 1 ? String(last.number) : null,
        }
      },
    })

    app.get<OfRevision>('/v1/revisions/:revision', {
      config: { permission: 'revisions.read' },
      schema: operation({
        id: 'readRevision',
        tag,
        summary: 'Read a revision and what it changed',
        params: Parameters,
        answers: {
          200: {
            description: 'With its changes',
            schema: Type.Object({ ...revisionFields, changes: Changes }, { title: 'RevisionWithChanges' }),
          },
        },
      }),
      handler: async (request) => {
        const revision = await revisionAt(services, request.params.revision)
        const changes = await services.store.revisions.changes(revision.number)
        return { ...viewOf(revision), changes: changes.map(viewOfChange) }
      },
    })

    app.get<OfRevision & { Querystring: { to: number } }>('/v1/revisions/:revision/difference', {
      config: { permission: 'revisions.read' },
      schema: operation({
        id: 'compareRevisions',
        tag,
        summary: 'Compare two revisions: what leads from one to the other',
        params: Parameters,
        query: Type.Object(
          { to: Type.Integer({ minimum: 0, maximum: 2 ** 50, description: 'Write the number of the other revision' }) },
          { additionalProperties: false, description: 'Write to' },
        ),
        answers: {
          200: { description: 'What differs', schema: Type.Object({ changes: Changes }, { title: 'Difference' }) },
        },
      }),
      handler: async (request) => {
        const { revision } = request.params
        const { to } = request.query
        for (const number of [revision, to]) if (number !== 0) await revisionAt(services, number)
        const changes = await services.configuration.difference(revision, to)
        return { changes: changes.map(viewOfChange) }
      },
    })

    app.post<OfRevision & { Querystring: { dryRun?: boolean }; Body: { newSecrets?: NewSecret[] } }>(
      '/v1/revisions/:revision/restore',
      {
        config: { permission: 'revisions.restore' },
        schema: operation({
          id: 'restoreRevision',
          tag,
          summary: 'Make the configuration as it was at a revision; that is a new revision',
          description:
            'Passwords stay those of now. Where an entity comes back whose password nobody keeps, newSecrets gives it a new one.',
          params: Parameters,
          headers: IfMatchHeaders,
          query: Type.Object(
            { dryRun: Type.Optional(Type.Boolean({ description: 'Write true to see what would change' })) },
            { additionalProperties: false },
          ),
          body: Restoring,
          answers: {
            200: {
              description: 'Restored; the next call goes by it (in a dry run: checked)',
              schema: Restored,
              headers: { ...revisionHeaders, etag: etagHeader },
            },
            202: {
              description: 'Restored and not yet in force',
              schema: Restored,
              headers: { ...revisionHeaders, etag: etagHeader },
            },
          },
          refusals: [409, 412],
        }),
        handler: async (request, reply) => {
          const { number: revision } = await revisionAt(services, request.params.revision)
          const dryRun = request.query.dryRun === true
          const expected = expectedRevision(request, services)
          const newSecrets = request.body.newSecrets ?? []
          const written = writtenOf(
            await steppingAside(() =>
              services.configuration.restoreRevision(revision, authorOf(request), { dryRun, newSecrets, ...expected }),
            ),
          )
          const changesInAll = written.changes.length
          const changes = written.changes.slice(0, mostShown).map(viewOfChange)
          reply.header('etag', etagOf(written.revision))
          if (dryRun) return { revision: written.revision, inForce: false, changesInAll, changes }
          const inForce = await services.engine.bringIntoForce(written.revision, written.changes)
          tellCommitted(reply, { ...written, inForce }, 200)
          return { revision: written.revision, inForce, changesInAll, changes }
        },
      },
    )
  },
}

/** @throws RequestRefused where there is none */
async function revisionAt(services: AdminServices, number: number): Promise<Revision> {
  const found = await services.store.revisions.get(number)
  if (found === null) throw notFound(`There is no revision ${number}: GET /v1/revisions lists them`)
  return found
}

function viewOf({ number, at, actor, address, source, summary }: Revision): object {
  return { revision: number, at: new Date(at).toISOString(), actor, address, source, summary }
}
