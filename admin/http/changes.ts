/** Carries a change of the configuration out and says whether calls go by it already. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { Finding } from '../../engine/config/configuration.ts'
import type { EntityWrite, WriteOptions, WriteResult } from '../../engine/config/configuration-writer.ts'
import type { ConfigurationView, EntityKey } from '../../engine/config/entities/kind.ts'
import { joinPath } from '../../engine/config/finding-list.ts'
import type { Problem } from '../../engine/config/problem.ts'
import type { AdminServices } from '../plugin.ts'
import { authorOf } from '../plugin.ts'
import { storeRefusal } from './errors.ts'
import { changedMeanwhile } from './etags.ts'
import type { Answer } from './operation.ts'
import { invalid, RequestRefused } from './problems.ts'

export type Written = Extract<WriteResult, { ok: true }>

/** What came of a change that was committed. */
export interface Committed extends Written {
  /** Whether the next call is decided by it. */
  readonly inForce: boolean
}

/** How the writes depend on the configuration as it is when their turn has come; may throw RequestRefused. */
export type MakeWrites = (configuration: ConfigurationView) => readonly EntityWrite[]

/** The Idempotency-Key of a request that may be repeated. */
function keyOf(request: FastifyRequest): Pick<WriteOptions, 'request'> {
  const key = request.headers['idempotency-key']
  // Other methods may be repeated as they are, and a key they bring is not looked at.
  if (request.method !== 'POST' || typeof key !== 'string') return {}
  return { request: { key, administrator: request.operator?.name ?? '' } }
}

/**
 * Writes, and brings what was written into force.
 * @param about the entity that the request names: problems of others say whose they are
 * @throws RequestRefused where it is not taken; once it is committed nothing is thrown any more
 */
export async function commit(
  services: AdminServices,
  request: FastifyRequest,
  writes: readonly EntityWrite[] | MakeWrites,
  given: WriteOptions = {},
  about: EntityKey | null = null,
): Promise<Committed> {
  const author = authorOf(request)
  const options = { ...given, ...keyOf(request) }
  const { configuration, engine } = services
  const written = writtenOf(
    typeof writes === 'function'
      ? await configuration.writeWith(writes, author, options)
      : await configuration.write(writes, author, options),
    about,
  )
  return {
    ...written,
    inForce: options.dryRun === true ? false : await engine.bringIntoForce(written.revision, written.changes),
  }
}

/** Which revision a change became, and whether the next call goes by it: what answers tell. */
export type Kept = Pick<Committed, 'revision' | 'inForce'> & Partial<Pick<Committed, 'warnings' | 'unlistedWarnings'>>

/** Warnings that the header of an answer has room for, and their characters. */
const mostWarnings = 10
const mostCharacters = 4000

/** @throws RequestRefused unless it was written */
export function writtenOf(result: WriteResult, about: EntityKey | null = null): Written {
  if (result.ok) return result
  switch (result.reason) {
    case 'problems':
      throw invalid(problemsOf(result.problems, result.unlistedProblems, about))
    case 'conflict':
      throw changedMeanwhile()
    case 'store':
      throw storeRefusal(result.error)
    default:
      return result satisfies never
  }
}

function problemsOf(findings: readonly Finding[], unlisted: number, about: EntityKey | null): Problem[] {
  const problems = findings.map(({ kind, id, path, value, message, cure }): Problem => {
    const own = about !== null && kind === about.kind && id === about.id
    return { path: own ? path : joinPath(`${kind} ${id}`, path), value, message, cure }
  })
  if (unlisted === 0) return problems
  const message = `${unlisted} more problems are not listed`
  return [...problems, { path: '', value: '', message, cure: 'Mend the ones above and try again' }]
}

/**
 * Work whose problems are about a part of an entity: their paths are given from there.
 * @param prefix as `rules[2]`
 */
export async function aboutPart<Result>(prefix: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.members.problems === undefined) throw error
    const problems = error.members.problems.map((problem) => {
      if (problem.path === prefix) return { ...problem, path: '' }
      const next = problem.path.charAt(prefix.length)
      const inside = problem.path.startsWith(prefix) && (next === '.' || next === '[')
      return inside ? { ...problem, path: problem.path.slice(prefix.length).replace(/^\./, '') } : problem
    })
    throw invalid(problems)
  }
}

/** Puts revision, whether it is in force and what is to be minded into the headers; gives the status: 202 unless it is. */
export function tellCommitted(reply: FastifyReply, kept: Kept, status: number): number {
  const { revision, inForce } = kept
  reply.headers({ 'ringdown-revision': String(revision), 'ringdown-in-force': String(inForce) })
  const { warnings = [], unlistedWarnings = 0 } = kept
  if (warnings.length > 0) reply.header('ringdown-warnings', warningsText(warnings, unlistedWarnings))
  reply.code(inForce ? status : 202)
  return inForce ? status : 202
}

/** JSON in ASCII, as headers want it (RFC 9110 section 5.5): the first of them, and how many more there are. */
function warningsText(findings: readonly Finding[], unlisted: number): string {
  const listed = findings.slice(0, mostWarnings).map(({ kind, id, path, value, message, cure }): Problem => {
    return { path: joinPath(`${kind} ${id}`, path), value, message, cure }
  })
  for (;;) {
    const more = findings.length - listed.length + unlisted
    const text = JSON.stringify({ warnings: listed, more }).replace(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    if (text.length <= mostCharacters || listed.length === 0) return text
    listed.pop()
  }
}

/** What is answered with 202. */
export interface NotYetInForce {
  readonly inForce: false
  readonly revision: number
}

export function notYetInForce({ revision }: Kept): NotYetInForce {
  return { inForce: false, revision }
}

const NotYetInForceSchema = Type.Object(
  {
    inForce: Type.Literal(false, { description: 'Calls do not go by it yet' }),
    revision: Type.Integer({ description: 'The revision it was kept as' }),
  },
  {
    title: 'NotYetInForce',
    description: 'The change is kept; the engine has not confirmed it',
    examples: [{ inForce: false, revision: 17 }],
  },
)

export const revisionHeaders = {
  'ringdown-revision': Type.String({
    description: 'Revision of the configuration after this change',
    examples: ['17'],
  }),
  'ringdown-in-force': Type.String({ description: 'true: the next call is decided by it', examples: ['true'] }),
  'ringdown-warnings': Type.Optional(
    Type.String({
      description: 'What the change allows and probably nobody wants: JSON with the first warnings, and how many more',
      examples: [
        '{"warnings":[{"path":"user ben: rules[1]","value":"","message":"this never applies","cure":"Move it up"}],"more":0}',
      ],
    }),
  ),
}

/** Answers of an operation that changes the configuration. */
export function changeAnswers(
  status: number,
  description: string,
  schema: TSchema | null,
  headers: Readonly<Record<string, TSchema>> = {},
): Record<number, Answer> {
  const all = { ...revisionHeaders, ...headers }
  return {
    [status]: {
      description: `${description}; the next call goes by it`,
      ...(schema === null ? {} : { schema }),
      headers: all,
    },
    202: { description: 'The change is kept and not yet in force', schema: NotYetInForceSchema, headers: all },
  }
}

/** For what was not there when its turn came. */
export function gone(what: string): RequestRefused {
  return new RequestRefused('not-found', `There is no ${what}`)
}
