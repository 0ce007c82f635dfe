import Type from 'typebox'
import type { Kind } from '../../../engine/config/entities/kind.ts'
import { kindNames } from '../../../engine/config/entities/kind.ts'
import type { AuditEvent } from '../../../engine/config/store/configuration-store.ts'
import { operation } from '../../http/operation.ts'
import type { PageQuery } from '../../http/pages.ts'
import { pageParameters, pageSchema } from '../../http/pages.ts'
import { timeOf } from '../../http/times.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { ChangeSchema, viewOfChange } from '../revisions/change-view.ts'

const text = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }))
const orNull = (schema: Type.TSchema, description: string) => Type.Union([schema, Type.Null()], { description })

const Event = Type.Object(
  {
    number: Type.Integer({ description: 'Grows with every event' }),
    at: Type.String({ format: 'date-time', description: 'When' }),
    actor: Type.String({ description: 'Who' }),
    address: Type.String({ description: 'From where; empty: this machine' }),
    source: Type.String({ description: 'How: api, document, restore, command, phone, engine or start' }),
    action: Type.String({ description: 'What: change, sign-in, sign-in-failed, sign-out, ...' }),
    kind: orNull(Type.String(), 'Kind of the entity, where it is one'),
    id: orNull(Type.String(), 'Its id'),
    summary: Type.String({ description: 'In a line' }),
    revision: orNull(Type.Integer(), 'The revision that was made'),
    changes: Type.Array(ChangeSchema, { description: 'Before and after; of many changes at once only the first' }),
    changesInAll: Type.Integer({ description: 'How many changes there were' }),
  },
  { title: 'AuditEvent' },
)

interface Query extends PageQuery {
  actor?: string
  action?: string
  source?: string
  kind?: Kind
  id?: string
  since?: string
  until?: string
}

/** Who did what, when and from where. */
export const plugin: AdminPlugin = {
  name: 'audit',
  permissions: [{ name: 'audit.read', description: 'See who changed what and who signed in' }],
  register(app, services) {
    app.get<{ Querystring: Query }>('/v1/audit', {
      config: { permission: 'audit.read' },
      schema: operation({
        id: 'listAuditEvents',
        tag: 'audit',
        summary: 'List audit events, newest first',
        query: Type.Object(
          {
            actor: text('Only those of this administrator'),
            action: text('Only those of this kind: change, sign-in, ...'),
            source: text('Only those that came this way: api, document, ...'),
            kind: Type.Optional(Type.Enum([...kindNames], { description: 'Only those about an entity of this kind' })),
            id: text('Only those about the entity with this id; goes with kind'),
            since: text('Only from this time on, as 2026-03-01T18:30:00Z'),
            until: text('Only up to this time'),
            ...pageParameters,
          },
          { additionalProperties: false },
        ),
        answers: {
          200: {
            description: 'A page of them',
            schema: pageSchema(Event, 'AuditEventList'),
          },
        },
      }),
      handler: async (request) => {
        const { since, until, limit = 100, cursor, ...others } = request.query
        const found = await services.store.audit.list({
          ...others,
          ...(since === undefined ? {} : { since: timeOf('since', since) }),
          ...(until === undefined ? {} : { until: timeOf('until', until) }),
          ...(cursor === undefined ? {} : { before: Number(cursor) }),
          limit,
        })
        const last = found.at(-1)
        return {
          items: found.map(viewOf),
          next: found.length === limit && last !== undefined ? String(last.number) : null,
        }
      },
    })
  },
}

function viewOf(event: AuditEvent): object {
  return { ...event, at: new Date(event.at).toISOString(), changes: event.changes.map(viewOfChange) }
}
