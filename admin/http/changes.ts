/** Carries a change of the configuration out and says whether calls go by it already. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { EntityWrite, WriteOptions, WriteResult } from '../../engine/config/configuration-writer.ts'
import type { ConfigurationView } from '../../engine/config/entities/kind.ts'
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

/**
 * Writes, and brings what was written into force.
 * @throws RequestRefused where it is not taken; once it is committed nothing is thrown any more
 */
export async function commit(
  services: AdminServices,
  request: FastifyRequest,
  writes: readonly EntityWrite[] | MakeWrites,
  options: WriteOptions = {},
): Promise<Committed> {
  const written = await write(services, request, writes, options)
  return {
    ...written,
    inForce: options.dryRun === true ? false : await services.engine.bringIntoForce(written.revision),
  }
}

/**
 * Writes, or checks only where `options.dryRun` is set.
 * @throws RequestRefused where it is not taken
 */
export async function write(
  services: AdminServices,
  request: FastifyRequest,
  writes: readonly EntityWrite[] | MakeWrites,
  options: WriteOptions = {},
): Promise<Written> {
  const author = authorOf(request)
  if (typeof writes !== 'function') return writtenOf(await services.configuration.write(writes, author, options))
  // What is thrown by whoever makes the writes comes out here, whatever lies between.
  const refused: { error: unknown } = { error: null }
  const make: MakeWrites = (configuration) => {
    try {
      return writes(configuration)
    } catch (error) {
      refused.error = error
      return []
    }
  }
  const result = await services.configuration.writeWith(make, author, options)
  if (refused.error !== null) throw refused.error
  return writtenOf(result)
}

/** @throws RequestRefused unless it was written */
export function writtenOf(result: WriteResult): Written {
  if (result.ok) return result
  switch (result.reason) {
    case 'problems':
      throw invalid(result.problems)
    case 'conflict':
      throw changedMeanwhile()
    case 'store':
      throw storeRefusal(result.error)
    default:
      return result satisfies never
  }
}

/** Puts revision and whether it is in force into the headers; gives the status: 202 unless it is. */
export function tellCommitted(reply: FastifyReply, { revision, inForce }: Committed, status: number): number {
  reply.headers({ 'ringdown-revision': String(revision), 'ringdown-in-force': String(inForce) })
  reply.code(inForce ? status : 202)
  return inForce ? status : 202
}

/** What is answered with 202. */
export interface NotYetInForce {
  readonly inForce: false
  readonly revision: number
}

export function notYetInForce({ revision }: Committed): NotYetInForce {
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
