/** What is answered when a request cannot be carried out: problem documents of RFC 9457. */
import Type from 'typebox'
import type { Problem } from '../../engine/config/problem.ts'

/** Every kind of refusal, by the last part of its `type`. docs/api.md lists them. */
export const problemTypes = {
  'invalid-request': { status: 400, title: 'The request cannot be read' },
  'sign-in-needed': { status: 401, title: 'Sign in first' },
  'not-allowed': { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'in-use': { status: 409, title: 'Something else still needs this' },
  conflict: { status: 409, title: 'This does not go with what is there' },
  'changed-meanwhile': { status: 412, title: 'It was changed meanwhile' },
  'too-large': { status: 413, title: 'The request is too large' },
  'address-too-long': { status: 414, title: 'The address is too long' },
  'unknown-media-type': { status: 415, title: 'The body has a form that is not read here' },
  'range-not-there': { status: 416, title: 'The file has no such part' },
  'wrong-host': { status: 421, title: 'The request was meant for another server' },
  invalid: { status: 422, title: 'Some values are not right' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header fields are too large' },
  'internal-error': { status: 500, title: 'Something went wrong in the server' },
  'not-ready': { status: 503, title: 'This cannot be answered at the moment' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemType = keyof typeof problemTypes

/** Begins every `type`. */
export const problemPrefix = 'urn:ringdown:problem:'
export const problemMediaType = 'application/problem+json'

/** Something that points at what was to be deleted. */
export interface Referrer {
  readonly kind: string
  readonly id: string
  /** The field, as `forwarding.busy.to.user`. */
  readonly path: string
  /** For people. */
  readonly title: string
  /** Its address in this API. */
  readonly href: string
}

export interface ProblemMembers {
  readonly problems?: readonly Problem[]
  readonly referrers?: readonly Referrer[]
  /** Under which the log tells more. */
  readonly logId?: string
}

export interface ProblemDocument extends ProblemMembers {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
}

/** Thrown by handlers; the application answers with the problem document. */
export class RequestRefused extends Error {
  readonly problem: ProblemType
  readonly members: ProblemMembers
  readonly headers: Readonly<Record<string, string>>
  /** What Fastify and its plugins go by. */
  readonly statusCode: number

  /** @param detail one sentence for people: what is wrong here and what to do */
  constructor(
    problem: ProblemType,
    detail: string,
    members: ProblemMembers = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
    this.problem = problem
    this.members = members
    this.headers = headers
    this.statusCode = problemTypes[problem].status
  }

  document(): ProblemDocument {
    return problemDocument(this.problem, this.message, this.members)
  }
}

export function problemDocument(problem: ProblemType, detail: string, members: ProblemMembers = {}): ProblemDocument {
  const { status, title } = problemTypes[problem]
  return { type: problemPrefix + problem, title, status, detail, ...members }
}

/** The refusal of values that the configuration does not take. */
export function invalid(problems: readonly Problem[]): RequestRefused {
  const first = problems[0]
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const detail = first === undefined ? 'The values do not fit' : `${first.path || 'body'}: ${first.message}${more}`
  return new RequestRefused('invalid', detail, { problems })
}

/** The refusal of one field. */
export function invalidField(path: string, value: string, message: string, cure: string): RequestRefused {
  return invalid([{ path, value, message, cure }])
}

export function notFound(detail: string): RequestRefused {
  return new RequestRefused('not-found', detail)
}

/** What the engine said; the refusal where none answers. */
export function ofEngine<Answer>(answer: Answer | null): Answer {
  if (answer !== null) return answer
  throw new RequestRefused('not-ready', 'No engine answers at the moment: try again', {}, { 'retry-after': '1' })
}

const text = (description: string) => Type.String({ description })

/** For OpenAPI and tests. */
export const ProblemSchema = Type.Object(
  {
    type: text('A URN that names the kind of problem'),
    title: text('The kind of problem, for people'),
    status: Type.Integer({ description: 'The HTTP status' }),
    detail: text('What is wrong with this request'),
    problems: Type.Optional(
      Type.Array(
        Type.Object({
          path: text(
            'The field, as `forwarding.busy.to.user`; empty for the whole body; of another entity: `user ben.site`',
          ),
          value: text('What stands there; empty where nothing does, and for secrets'),
          message: text('What is wrong'),
          cure: text('What to do'),
        }),
        { description: 'Every field that is not right' },
      ),
    ),
    referrers: Type.Optional(
      Type.Array(
        Type.Object({
          kind: text('Kind of the entity'),
          id: text('Its id'),
          path: text('The field that points here'),
          title: text('Its name'),
          href: text('Its address in this API'),
        }),
        { description: 'What points at the entity that was to be deleted' },
      ),
    ),
    logId: Type.Optional(text('The log of the server tells more under this id')),
  },
  {
    title: 'Problem',
    description: 'What is wrong and what to do (RFC 9457)',
    examples: [
      {
        type: 'urn:ringdown:problem:invalid',
        title: 'Some values are not right',
        status: 422,
        detail: 'extension: this is not in the expected form',
        problems: [
          {
            path: 'extension',
            value: '12 34',
            message: 'this is not in the expected form',
            cure: 'Write 2 to 10 digits, in quotes if the document is JSON',
          },
        ],
      },
    ],
  },
)
