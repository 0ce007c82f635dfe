/** What a change would do to calls, tried on those of the past before it is saved. */
import Type from 'typebox'
import { longestDocument } from '../../../engine/config/document-text.ts'
import type { Kind } from '../../../engine/config/entities/kind.ts'
import { kindNames } from '../../../engine/config/entities/kind.ts'
import { operation } from '../../http/operation.ts'
import { invalid, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { mostListedCalls } from './calls-list.ts'
import { WhatIfBusyError, WhatIfRuns } from './whatif-runs.ts'
import type { ChosenCalls, ProposedChange, WhatIfAnswer } from './whatif-task.ts'

const usualCalls = 1000
const usualLimit = 100

const Question = Type.Object(
  {
    document: Type.Optional(Type.String({ description: 'Write the document that would be applied' })),
    prune: Type.Optional(Type.Boolean({ description: 'Write true to delete what the document does not have' })),
    entity: Type.Optional(
      Type.Object(
        {
          kind: Type.Enum([...kindNames], { description: 'Write the kind of the entity, as user' }),
          id: Type.String({ minLength: 1, maxLength: 200, description: 'Write its id' }),
          patch: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
            description: 'Write the fields to change as PATCH takes them; null deletes the entity',
          }),
        },
        { additionalProperties: false, description: 'Write one entity in place of a document' },
      ),
    ),
    last: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: mostListedCalls,
        description: `Write how many of the newest records are tried; ${usualCalls} if nothing is said`,
      }),
    ),
    csv: Type.Optional(
      Type.String({ description: 'Write calls as CSV with the columns caller, dialled, at; in place of last' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: `Write how many of the calls that change are listed; ${usualLimit} if left out`,
      }),
    ),
  },
  { additionalProperties: false, title: 'WhatIfQuestion' },
)

const Path = Type.Object(
  {
    text: Type.Array(Type.String(), { description: 'For people, a line for each decision' }),
    decisions: Type.Array(
      Type.Object({
        result: Type.Unsafe<unknown>({ type: 'object', description: 'As in an explanation' }),
        rules: Type.Array(Type.String(), { description: 'Rules and lists that led to it' }),
        outcome: Type.Union([Type.String(), Type.Null()], { description: 'How its ring ended; null for the last' }),
        assumed: Type.Boolean({ description: 'Nobody knows how it would have ended: taken not to be answered' }),
      }),
    ),
    end: Type.String({
      description: 'answered, left (the caller hung up), refused, not possible, not followed further',
    }),
  },
  { title: 'CallPath' },
)

const Answer = Type.Object(
  {
    revision: Type.Integer({ description: 'Of the configuration that the change was tried on' }),
    changesInAll: Type.Integer({ description: 'Entities that would be changed' }),
    changes: Type.Array(
      Type.Object({
        kind: Type.String(),
        id: Type.String(),
        change: Type.Enum(['added', 'changed', 'deleted']),
      }),
      { description: 'The first 100 of them' },
    ),
    warnings: Type.Array(
      Type.Object({ path: Type.String(), value: Type.String(), message: Type.String(), cure: Type.String() }),
      { description: 'What works but is probably not meant' },
    ),
    comparison: Type.Object({
      calls: Type.Integer({ description: 'Calls that were tried' }),
      changed: Type.Integer({ description: 'Those that would take another path' }),
      skipped: Type.Array(Type.Object({ because: Type.String(), calls: Type.Integer() }), {
        description: 'Those that could not be tried, and why',
      }),
      groups: Type.Array(
        Type.Object({
          calls: Type.Integer({ description: 'How many change so' }),
          before: Path,
          after: Path,
          listed: Type.Array(
            Type.Object({
              id: Type.String({ description: 'Id of its record, or the line of the list' }),
              at: Type.Integer({ description: 'Milliseconds since the epoch' }),
              caller: Type.String(),
              dialled: Type.String(),
            }),
          ),
        }),
        { description: 'Changes of path, the most frequent first' },
      ),
      unlistedGroups: Type.Integer({ description: 'How many calls change in ways that are not listed' }),
    }),
  },
  { title: 'WhatIf' },
)

interface Body {
  readonly document?: string
  readonly prune?: boolean
  readonly entity?: {
    readonly kind: Kind
    readonly id: string
    readonly patch: Readonly<Record<string, unknown>> | null
  }
  readonly last?: number
  readonly csv?: string
  readonly limit?: number
}

export const plugin: AdminPlugin = {
  name: 'whatif',
  permissions: [{ name: 'whatif', description: 'Try a change on calls of the past without saving it' }],
  register(app, services) {
    const runs = new WhatIfRuns()
    app.addHook('onClose', () => runs.close())
    app.post<{ Body: Body }>('/v1/whatif', {
      config: { permission: 'whatif' },
      // A document and a list, and what JSON adds to them.
      bodyLimit: 2 * longestDocument,
      schema: operation({
        id: 'whatIf',
        tag: 'explain',
        summary: 'What a change would do to calls of the past; nothing is saved',
        description:
          'Tries recorded calls, or a list of calls, on the configuration as it is and as it would be, and tells which ' +
          'would take another path. Facts and outcomes are those of the records; what is not known is taken to be ' +
          'reachable, free and not answered. A thread or process of its own does it; engine and calls do not notice.',
        body: Question,
        answers: { 200: { description: 'The calls whose path changes', schema: Answer } },
      }),
      handler: async (request) => {
        const { limit = usualLimit } = request.body
        const change = changeOf(request.body)
        const calls = callsOf(request.body)
        const { dataFolder, clock } = services
        const answer = await ask(runs, { dataFolder, change, calls, limit, now: clock() })
        if (answer.kind === 'problems') throw invalid(answer.problems)
        const { kind: _, ...rest } = answer
        return rest
      },
    })
  },
}

function changeOf({ document, prune, entity }: Body): ProposedChange {
  if (document !== undefined && entity === undefined) return { document, prune: prune === true }
  if (entity !== undefined && document === undefined && prune === undefined) return entity
  const cure = 'Write either document (and prune), or entity'
  throw invalid([{ path: '', value: '', message: 'it is not clear what is to be changed', cure }])
}

function callsOf({ last, csv }: Body): ChosenCalls {
  if (csv === undefined) return { last: last ?? usualCalls }
  if (last === undefined) return { csv }
  throw invalid([
    { path: 'last', value: String(last), message: 'there is a list of calls too', cure: 'Write last or csv' },
  ])
}

async function ask(runs: WhatIfRuns, task: Parameters<WhatIfRuns['answer']>[0]): Promise<WhatIfAnswer> {
  try {
    return await runs.answer(task)
  } catch (error) {
    if (!(error instanceof WhatIfBusyError)) throw error
    throw new RequestRefused('not-ready', error.message, {}, { 'retry-after': '5' })
  }
}
