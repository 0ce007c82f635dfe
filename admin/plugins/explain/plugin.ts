/** Where a call would go, and why. */
import type { FastifyReply } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import { notFound, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'
import type { ExplainAnswer } from './explain-questions.ts'
import { ExplainBusyError, ExplainWorker } from './explain-worker.ts'

const text = (description: string, example: string): TSchema =>
  Type.String({ minLength: 1, maxLength: 200, description, examples: [example] })

const ExplainQuery = Type.Object(
  {
    call: Type.Optional(
      text('Id of a call of the past, from its record; then there is no caller, dialled or at', 'm1k2b3-4f'),
    ),
    caller: Type.Optional(text('Extension, extension@domain, user name, outside number, or: anonymous', 'anna')),
    dialled: Type.Optional(text('What is dialled', '1002')),
    at: Type.Optional(text('When: 2026-03-01T18:30Z, with a zone; now if left out', '2026-03-01T18:30:00+01:00')),
    format: Type.Optional(
      Type.Union([Type.Literal('json'), Type.Literal('text')], { description: 'text is for people; json if left out' }),
    ),
  },
  { additionalProperties: false },
)

const Explanation = Type.Object(
  {
    caller: Type.String(),
    dialled: Type.String(),
    revision: Type.Integer({ description: 'Of the configuration that it is explained by' }),
    at: Type.Integer({ description: 'Milliseconds since the epoch' }),
    timeZone: Type.String(),
    facts: Type.Array(
      Type.Object({
        text: Type.String(),
        assumed: Type.Boolean({ description: 'The engine could not be asked, or was not asked then' }),
      }),
      { description: 'What depends on the present moment' },
    ),
    past: Type.Union(
      [
        Type.Object({
          id: Type.String(),
          outcome: Type.Union([Type.String(), Type.Null()]),
          answeredBy: Type.String({ description: 'Empty where nobody answered' }),
          answeredAt: Type.Union([Type.Integer(), Type.Null()]),
          endedAt: Type.Union([Type.Integer(), Type.Null()]),
          status: Type.Union([Type.Integer(), Type.Null()]),
          phrase: Type.Union([Type.String(), Type.Null()]),
          differences: Type.Array(Type.String(), {
            description: 'Where the replay leaves what is recorded: an earlier version decided',
          }),
        }),
        Type.Null(),
      ],
      { description: 'How a call of the past ended' },
    ),
    first: Type.Unsafe<unknown>({
      type: 'object',
      description: 'The decision: steps, result, and under next what would follow on each outcome',
    }),
  },
  { title: 'Explanation' },
)

interface Query {
  readonly call?: string
  readonly caller?: string
  readonly dialled?: string
  readonly at?: string
  readonly format?: 'json' | 'text'
}

export const plugin: AdminPlugin = {
  name: 'explain',
  permissions: [{ name: 'explain', description: 'Ask where a call would go, and why' }],
  register(app, services) {
    const worker = new ExplainWorker(services.dataFolder, services.engine)
    app.addHook('onClose', () => worker.close())
    app.get<{ Querystring: Query }>('/v1/explain', {
      config: { permission: 'explain' },
      schema: operation({
        id: 'explainCall',
        tag: 'explain',
        summary: 'Where a call would go, and why',
        description:
          "By the router's own code and the newest configuration. What depends on the present moment (who is " +
          'registered, which lines are in use) is asked of the engine; while it is away it is assumed, and marked so. With ' +
          'call, why a call of the past went where it went: by the configuration, time, facts and outcomes of then.',
        query: ExplainQuery,
        answers: { 200: { description: 'The explanation', schema: Explanation } },
        refusals: [404],
      }),
      handler: async (request, reply) => {
        return answerWith(reply, await ask(worker, request.query, services.clock), request.query.format === 'text')
      },
    })
  },
}

function readTime(text: string): number {
  const time = /Z$|[+-]\d\d:?\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new RequestRefused('invalid-request', 'at: write a time with its zone, for example 2026-03-01T18:30:00Z')
}

async function ask(worker: ExplainWorker, query: Query, clock: () => number): Promise<ExplainAnswer> {
  const { call, caller, dialled, at } = query
  if (call !== undefined && (caller !== undefined || dialled !== undefined || at !== undefined)) {
    const message = 'call: a call of the past has its own caller, dialled and at: write either call, or the others'
    throw new RequestRefused('invalid-request', message)
  }
  try {
    if (call !== undefined) return await worker.explainPast(call)
    if (caller === undefined || dialled === undefined) {
      const missing = caller === undefined ? 'caller' : 'dialled'
      throw new RequestRefused('invalid-request', `${missing}: write caller and dialled, or call for one of the past`)
    }
    return await worker.explain(caller, dialled, at === undefined ? clock() : readTime(at))
  } catch (error) {
    if (!(error instanceof ExplainBusyError)) throw error
    throw new RequestRefused('not-ready', error.message, {}, { 'retry-after': '1' })
  }
}

function answerWith(reply: FastifyReply, answer: ExplainAnswer, asText: boolean): unknown {
  switch (answer.kind) {
    case 'explained':
      if (!asText) return answer.explanation
      // As it is: the application's serializer is for JSON.
      return reply
        .type('text/plain; charset=utf-8')
        .serializer((text: string) => text)
        .send(answer.text)
    case 'not understood':
      throw new RequestRefused('invalid-request', answer.message)
    case 'no record':
      throw notFound(answer.message)
    case 'no configuration':
      throw new RequestRefused('not-ready', answer.message, {}, { 'retry-after': '1' })
    case 'facts needed':
      throw new Error('Facts were needed to the end')
    default:
      return answer satisfies never
  }
}
