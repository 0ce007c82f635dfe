import { join } from 'node:path'
import { Readable } from 'node:stream'
import Type from 'typebox'
import type { CallOutcome } from '../../../engine/records/call-record.ts'
import { callOutcomes } from '../../../engine/records/call-record.ts'
import type { CallRecordFilter } from '../../../engine/records/call-records.ts'
import { CallRecords } from '../../../engine/records/call-records.ts'
import { recordsDatabaseName } from '../../../engine/records/records-file.ts'
import { filterText, IdParameters, operation } from '../../http/operation.ts'
import type { PageQuery } from '../../http/pages.ts'
import { pageParameters, pageSchema } from '../../http/pages.ts'
import { notFound } from '../../http/problems.ts'
import { periodOf } from '../../http/times.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { RecordSchema, viewOfRecord } from './record-schema.ts'
import { recordsAsCsv } from './records-csv.ts'

const tag = 'records'

const filterFields = {
  since: filterText('Only calls that came from this time on, as 2026-03-01T18:30:00Z'),
  until: filterText('Only calls that came up to this time'),
  user: filterText('Only calls that the user with this id made or answered'),
  trunk: filterText('Only calls that came or left by the trunk with this id'),
  outcome: Type.Optional(Type.Enum([...callOutcomes], { description: `Write one of ${callOutcomes.join(', ')}` })),
  parent: filterText('Only calls to which a transfer led from the call with this id'),
  q: filterText('Only calls in whose caller, dialled number or answerer this text is found'),
}

interface Filters {
  since?: string
  until?: string
  user?: string
  trunk?: string
  outcome?: CallOutcome
  parent?: string
  q?: string
}

/** Who called whom, when, and why it went where it went. */
export const plugin: AdminPlugin = {
  name: 'records',
  permissions: [{ name: 'records.read', description: 'See the records of calls' }],
  register(app, services) {
    const records = new CallRecords(join(services.dataFolder, recordsDatabaseName))
    app.addHook('onClose', async () => records.close())

    app.get<{ Querystring: Filters & PageQuery }>('/v1/records', {
      config: { permission: 'records.read' },
      schema: operation({
        id: 'listRecords',
        tag,
        summary: 'List records of calls, newest first',
        description: 'A call has a record about a second after it began; it is complete about a second after its end.',
        query: Type.Object(
          {
            ...filterFields,
            ...pageParameters,
          },
          { additionalProperties: false },
        ),
        answers: {
          200: {
            description: 'A page of them',
            schema: pageSchema(RecordSchema, 'CallRecordList'),
          },
        },
      }),
      handler: async (request) => {
        const { limit = 100, cursor, ...filters } = request.query
        const page = await records.list(filterOf(filters), cursor === undefined ? null : Number(cursor), limit)
        return { items: page.records.map(viewOfRecord), next: page.next === null ? null : String(page.next) }
      },
    })

    app.get<{ Querystring: Filters }>('/v1/records.csv', {
      config: { permission: 'records.read' },
      schema: operation({
        id: 'exportRecords',
        tag,
        summary: 'All records of calls that fit, as CSV, newest first',
        query: Type.Object(filterFields, { additionalProperties: false }),
        answers: { 200: { description: 'One call a line', type: 'text/csv', schema: Type.String() } },
      }),
      handler: (request, reply) => {
        const lines = Readable.from(recordsAsCsv(records, filterOf(request.query)))
        return reply
          .header('content-type', 'text/csv; charset=utf-8; header=present')
          .header('content-disposition', 'attachment; filename="calls.csv"')
          .send(lines)
      },
    })

    app.get<{ Params: { id: string } }>('/v1/records/:id', {
      config: { permission: 'records.read' },
      schema: operation({
        id: 'readRecord',
        tag,
        summary: 'Read the record of one call',
        params: IdParameters,
        answers: { 200: { description: 'The record', schema: RecordSchema } },
      }),
      handler: async (request) => {
        const record = await records.find(request.params.id)
        if (record === null) throw notFound('There is no record of a call with this id: GET /v1/records lists them')
        return viewOfRecord(record)
      },
    })
  },
}

function filterOf({ since, until, q, ...others }: Filters): CallRecordFilter {
  return {
    ...others,
    ...periodOf({ since, until }),
    ...(q === undefined ? {} : { text: q }),
  }
}
