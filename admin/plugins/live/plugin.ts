/** What goes on at this moment: registrations, calls, and their changes as they happen. */
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { ListQuery } from '../../../engine/control/list-query.ts'
import { liveEventNames } from '../../../engine/control/live-events.ts'
import { recordingActions } from '../../../engine/control/protocol.ts'
import { operation, textParameter } from '../../http/operation.ts'
import { ofEngine, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { EventLog } from './event-log.ts'
import { EventStreams } from './event-streams.ts'
import {
  CallSchema,
  ParkedSchema,
  RegistrationSchema,
  SubscriptionSchema,
  TollUseSchema,
  TrunkStateSchema,
} from './live-schemas.ts'

const paging = {
  q: textParameter('Part of what is shown, whatever its case', 'anna'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Entries on a page; 50 if left out' })),
  cursor: textParameter('`next` of the page before'),
}

type Query = Readonly<Record<string, string | number | undefined>>

/** Names of filters in the API and at the control port. */
const registrationFilters = {
  user: 'userId',
  device: 'deviceId',
  extension: 'extension',
  sipUserName: 'sipUserName',
  source: 'source',
  transport: 'transport',
} as const
const subscriptionFilters = {
  user: 'userId',
  device: 'deviceId',
  extension: 'extension',
  sipUserName: 'sipUserName',
  event: 'event',
  watched: 'watched',
  source: 'source',
  transport: 'transport',
} as const
const callFilters = { user: 'user', trunk: 'trunk', state: 'state', dialled: 'dialled' } as const

const usualLimit = 50

export const plugin: AdminPlugin = {
  name: 'live',
  permissions: [
    { name: 'registrations.read', description: 'See which phones are registered' },
    { name: 'subscriptions.read', description: 'See which phones watch what' },
    { name: 'trunk-states.read', description: 'See how trunks are at the moment' },
    { name: 'toll-use.read', description: 'See what outside calls have used of the limits against toll fraud' },
    { name: 'calls.record', description: 'Start, pause, resume and stop the recording of a call in progress' },
    { name: 'calls.read', description: 'See who talks with whom at the moment, and follow it' },
  ],
  register(app, services) {
    const log = new EventLog(services.engine, services.clock)
    const streams = new EventStreams(log)
    // Streams end before the server waits for its connections.
    app.addHook('preClose', async () => streams.close())

    app.get<{ Querystring: Query }>('/v1/registrations', {
      config: { permission: 'registrations.read' },
      schema: operation({
        id: 'listRegistrations',
        tag: 'live',
        summary: 'Contacts of phones that are registered now, in the order in which they came',
        query: querySchema({
          user: textParameter('Id of the user', 'anna'),
          device: textParameter('Id of the device'),
          extension: textParameter('Extension of the user', '1001'),
          sipUserName: textParameter('SIP user name of the device'),
          source: textParameter('Where it registered from', '192.0.2.7:5060'),
          transport: textParameter('UDP or TCP'),
        }),
        answers: { 200: { description: 'A page of them', schema: pageSchema(RegistrationSchema, 'RegistrationList') } },
      }),
      handler: async (request) =>
        ofEngine(await services.engine.registrationPage(listQuery(request, registrationFilters))),
    })

    app.get<{ Querystring: Query }>('/v1/calls', {
      config: { permission: 'calls.read' },
      schema: operation({
        id: 'listCalls',
        tag: 'live',
        summary: 'Calls in progress, in the order in which they began',
        query: querySchema({
          user: textParameter('Id of a user on either side', 'anna'),
          trunk: textParameter('Id of a trunk on either side'),
          state: Type.Optional(Type.Union([Type.Literal('ringing'), Type.Literal('answered')])),
          dialled: textParameter('What was dialled', '1002'),
        }),
        answers: { 200: { description: 'A page of them', schema: pageSchema(CallSchema, 'CallList') } },
      }),
      handler: async (request) => ofEngine(await services.engine.callPage(listQuery(request, callFilters))),
    })

    app.post<{ Params: { id: string }; Body: { action: (typeof recordingActions)[number] } }>(
      '/v1/calls/:id/recording',
      {
        config: { permission: 'calls.record' },
        schema: operation({
          id: 'recordCall',
          tag: 'live',
          summary: 'Start, pause, resume or stop the recording of an answered call, whatever the modes of its parties',
          description:
            'Sound that phones send to each other is brought to the server first, by a re-INVITE to both: the recording ' +
            'begins a moment later, or not at all where a phone refuses, which the log says.',
          params: Type.Object({ id: Type.String({ maxLength: 64, description: 'Id of the call, from the list' }) }),
          body: Type.Object(
            { action: Type.Enum([...recordingActions], { description: 'start, pause, resume or stop' }) },
            { additionalProperties: false, title: 'RecordingOrder' },
          ),
          answers: { 204: { description: 'It is done, or under way' } },
          refusals: [409],
        }),
        handler: async (request, reply) => {
          const { outcome, reason } = ofEngine(await services.engine.recordCall(request.params.id, request.body.action))
          if (outcome === 'unknown') throw new RequestRefused('not-found', 'No such call is in progress and answered')
          if (outcome === 'refused') throw new RequestRefused('conflict', reason)
          return reply.code(204).send()
        },
      },
    )

    app.get<{ Querystring: Query }>('/v1/subscriptions', {
      config: { permission: 'subscriptions.read' },
      schema: operation({
        id: 'listSubscriptions',
        tag: 'live',
        summary: 'What phones watch: lamps, presence and waiting messages, in the order in which they began',
        query: querySchema({
          user: textParameter('Id of the user whose phone watches', 'anna'),
          device: textParameter('Id of that device'),
          extension: textParameter('Extension of that user', '1001'),
          sipUserName: textParameter('SIP user name of that device'),
          event: textParameter('dialog, presence or message-summary', 'dialog'),
          watched: textParameter('Id of the user who is watched', 'ben'),
          source: textParameter('Where it is told', '192.0.2.7:5060'),
          transport: textParameter('UDP, TCP, TLS, WS or WSS'),
        }),
        answers: { 200: { description: 'A page of them', schema: pageSchema(SubscriptionSchema, 'SubscriptionList') } },
      }),
      handler: async (request) =>
        ofEngine(await services.engine.subscriptionPage(listQuery(request, subscriptionFilters))),
    })

    app.get('/v1/trunk-states', {
      config: { permission: 'trunk-states.read' },
      schema: operation({
        id: 'listTrunkStates',
        tag: 'live',
        summary: 'All trunks as they are now: whether they answer, whether they are registered, and their calls',
        answers: {
          200: {
            description: 'All of them',
            schema: Type.Object({ items: Type.Array(TrunkStateSchema) }, { title: 'TrunkStateList' }),
          },
        },
      }),
      handler: async () => ({ items: ofEngine(await services.engine.trunks()) }),
    })

    app.get('/v1/toll-use', {
      config: { permission: 'toll-use.read' },
      schema: operation({
        id: 'listTollUse',
        tag: 'live',
        summary: 'What users, ring groups and the account have used of the limits against toll fraud today',
        description: 'Only of those who have used something, and only while `tollFraud` of the account sets limits.',
        answers: {
          200: {
            description: 'All of them',
            schema: Type.Object({ items: Type.Array(TollUseSchema) }, { title: 'TollUseList' }),
          },
        },
      }),
      handler: async () => ({ items: ofEngine(await services.engine.tollUse()) }),
    })

    app.get('/v1/parked-calls', {
      config: { permission: 'calls.read' },
      schema: operation({
        id: 'listParkedCalls',
        tag: 'live',
        summary: 'Calls that wait in park slots',
        description: 'They change with the events `call-parked`, `call-unparked` and `call-ended`.',
        answers: {
          200: {
            description: 'All of them',
            schema: Type.Object({ items: Type.Array(ParkedSchema) }, { title: 'ParkedCallList' }),
          },
        },
      }),
      handler: async () => ({ items: ofEngine(await services.engine.parked()) }),
    })

    app.get<{ Querystring: { events?: string } }>('/v1/events', {
      config: { permission: 'calls.read' },
      schema: operation({
        id: 'followEvents',
        tag: 'live',
        summary: 'Calls and registrations as they come and go, as server-sent events',
        description:
          'Begins with what happens next. With `Last-Event-ID` it begins behind that event, if it is among the last ' +
          'thousand and nobody stopped listening meanwhile; else `missed` comes first, with `count` null: read the ' +
          'lists again. `missed` also comes when events came faster than they were read. A comment every 15 seconds ' +
          'keeps the connection open.',
        query: Type.Object(
          { events: textParameter(`Which, with commas between: ${liveEventNames.join(', ')}`, 'call-started') },
          { additionalProperties: false },
        ),
        answers: { 200: { description: 'Events', schema: Type.String(), type: 'text/event-stream' } },
      }),
      handler: async (request, reply) => {
        const names = eventNames(request.query.events)
        streams.refuseMore()
        reply.hijack()
        const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream' }
        streams.add(reply.raw, headers as Record<string, string>, names, lastEventId(request))
        return reply
      },
    })
  },
}

function querySchema(filters: Record<string, TSchema>): TSchema {
  return Type.Object({ ...filters, ...paging }, { additionalProperties: false })
}

function pageSchema(entry: TSchema, title: string): TSchema {
  return Type.Object(
    {
      items: Type.Array(entry),
      next: Type.Union([Type.String(), Type.Null()], { description: 'For `cursor`; null on the last page' }),
      total: Type.Integer({ description: 'On all pages' }),
    },
    { title },
  )
}

function listQuery(
  request: FastifyRequest<{ Querystring: Query }>,
  names: Readonly<Record<string, string>>,
): ListQuery {
  const { query } = request
  const filter: Record<string, string> = {}
  for (const [name, field] of Object.entries(names)) {
    const value = query[name]
    if (value !== undefined) filter[field] = short(name, String(value))
  }
  const after = String(query['cursor'] ?? '')
  if (after !== '' && !/^\d{1,15}\.[0-9A-Za-z_-]{1,100}$/.test(after)) {
    throw new RequestRefused('invalid-request', 'cursor: this is none; take `next` of the page before')
  }
  const limit = Number(query['limit'] ?? usualLimit)
  return { filter, text: short('q', String(query['q'] ?? '')), after, limit }
}

function short(name: string, text: string): string {
  if (text.length <= 300) return text
  throw new RequestRefused('invalid-request', `${name}: at most 300 characters, this has ${text.length}`)
}

function eventNames(text: string | undefined): ReadonlySet<string> {
  const names = (text ?? '').split(',').filter((name) => name !== '')
  const known: readonly string[] = liveEventNames
  for (const name of names) {
    if (known.includes(name)) continue
    throw new RequestRefused(
      'invalid-request',
      `events: there is no ${name.slice(0, 40)}; there are ${known.join(', ')}`,
    )
  }
  return new Set(names.length === 0 ? known : names)
}

function lastEventId(request: FastifyRequest): string {
  const header = request.headers['last-event-id']
  return typeof header === 'string' ? header : ''
}
