import Type from 'typebox'
import { operation } from '../../http/operation.ts'
import { invalidField, notFound, RequestRefused } from '../../http/problems.ts'
import type { AdminPlugin, AdminServices, Operator } from '../../plugin.ts'
import { leftOfLock } from '../../sign-in/lock-out.ts'
import { TooManySignInsError } from '../../sign-in/password-hash.ts'
import type { PasswordChange } from '../../sign-in/sign-in.ts'
import { localOperator, lockMilliseconds } from '../../sign-in/sign-in.ts'

const tag = 'sign-in'
/** Sign-ins a minute from one address, right or wrong. */
const signInsPerMinute = 60

const userName = Type.String({ minLength: 1, maxLength: 64, description: 'Write your user name', examples: ['admin'] })
const password = (words: string) =>
  ({ ...Type.String({ minLength: 1, maxLength: 256, description: words }), writeOnly: true }) as Type.TString

const Credentials = Type.Object(
  {
    userName,
    password: password('Write your password'),
    name: Type.Optional(
      Type.String({ maxLength: 100, pattern: '^[^\\x00-\\x1f\\x7f]*$', description: 'Write what the token is for' }),
    ),
  },
  { title: 'Credentials', additionalProperties: false, description: 'Write userName and password' },
)
const moment = (words: string) => Type.String({ format: 'date-time', description: words })
const NewToken = Type.Object(
  {
    token: Type.String({ description: 'For the header Authorization: Bearer TOKEN. It is shown this once' }),
    id: Type.String({ description: 'Names the token, to end it' }),
    expiresAt: moment('When it ends'),
  },
  { title: 'NewToken' },
)
const TokenList = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        id: Type.String({ description: 'Names the token, to end it' }),
        name: Type.String({ description: 'What it is for' }),
        createdAt: moment('When it was made'),
        expiresAt: moment('When it ends'),
        current: Type.Boolean({ description: 'Whether it is the one that was sent with this request' }),
      }),
    ),
  },
  { title: 'TokenList' },
)
const NewPassword = Type.Object(
  {
    currentPassword: Type.Optional(password('Write the password as it is now')),
    newPassword: password('Write the new password'),
  },
  { title: 'NewPassword', additionalProperties: false, description: 'Write currentPassword and newPassword' },
)
const AdministratorList = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        userName: Type.String({ description: 'Name at sign-in' }),
        createdAt: moment('When the administrator was made'),
        locked: Type.Boolean({ description: 'Whether sign-in has to wait after failures' }),
      }),
    ),
  },
  { title: 'AdministratorList' },
)
const TokenParameters = Type.Object({
  id: Type.String({ maxLength: 100, description: 'Id of the token, or: current' }),
})
const AdministratorParameters = Type.Object({
  userName: Type.String({ maxLength: 200, description: 'User name of the administrator' }),
})

/** Tokens for user name and password, and the passwords of administrators. */
export const plugin: AdminPlugin = {
  name: 'sign-in',
  permissions: [
    { name: 'sign-in.own', description: 'See and end own tokens, change the own password' },
    { name: 'administrators.read', description: 'See who the administrators are' },
  ],
  register(app, services) {
    app.post<{ Body: { userName: string; password: string; name?: string } }>('/v1/tokens', {
      config: { public: true, rateLimit: { max: signInsPerMinute, timeWindow: 60_000 } },
      bodyLimit: 4096,
      schema: operation({
        id: 'signIn',
        tag,
        summary: 'Sign in: exchange user name and password for a token',
        description:
          'After five failures with one user name, or twenty from one address, sign-in has to wait 15 minutes (429).',
        open: true,
        body: Credentials,
        answers: { 201: { description: 'Signed in', schema: NewToken } },
        refusals: [401],
      }),
      handler: async (request, reply) => {
        const { body } = request
        const result = await notTooMany(() =>
          services.signIn.signIn(body.userName, body.password, body.name ?? '', request.ip),
        )
        if (!result.ok) throw result.reason === 'locked' ? locked(result.seconds) : wrongPassword()
        reply.code(201)
        return { token: result.token, id: result.id, expiresAt: new Date(result.expiresAt).toISOString() }
      },
    })

    app.get('/v1/tokens', {
      config: { permission: 'sign-in.own' },
      schema: operation({
        id: 'listTokens',
        tag,
        summary: 'List the own tokens',
        answers: { 200: { description: 'Those that have not ended', schema: TokenList } },
      }),
      handler: async (request) => {
        const operator = operatorOf(request.operator)
        const tokens = await services.signIn.tokensOf(operator.name)
        return {
          items: tokens.map((token) => ({
            ...token,
            createdAt: new Date(token.createdAt).toISOString(),
            expiresAt: new Date(token.expiresAt).toISOString(),
            current: token.id === operator.token,
          })),
        }
      },
    })

    app.delete<{ Params: { id: string } }>('/v1/tokens/:id', {
      config: { permission: 'sign-in.own' },
      schema: operation({
        id: 'signOut',
        tag,
        summary: 'Sign out: end a token',
        params: TokenParameters,
        answers: { 204: { description: 'It is good no more' } },
      }),
      handler: async (request, reply) => {
        const operator = operatorOf(request.operator)
        const id = request.params.id === 'current' ? operator.token : request.params.id
        if (!(await services.signIn.signOut(operator.name, id, request.ip)))
          throw notFound('You have no token with this id')
        return reply.code(204).send()
      },
    })

    app.delete('/v1/tokens', {
      config: { permission: 'sign-in.own' },
      schema: operation({
        id: 'signOutEverywhere',
        tag,
        summary: 'Sign out everywhere: end all own tokens',
        answers: { 204: { description: 'They are good no more' } },
      }),
      handler: async (request, reply) => {
        await services.signIn.signOutEverywhere(operatorOf(request.operator).name, request.ip)
        return reply.code(204).send()
      },
    })

    app.get('/v1/administrators', {
      config: { permission: 'administrators.read' },
      schema: operation({
        id: 'listAdministrators',
        tag,
        summary: 'List the administrators',
        answers: { 200: { description: 'All of them', schema: AdministratorList } },
      }),
      handler: async () => {
        const administrators = await services.store.administrators.list()
        return {
          items: administrators.map(({ userName: name, createdAt, lockedUntil }) => ({
            userName: name,
            createdAt: new Date(createdAt).toISOString(),
            locked: leftOfLock(lockedUntil, services.clock(), lockMilliseconds) > 0,
          })),
        }
      },
    })

    app.put<{ Params: { userName: string }; Body: { currentPassword?: string; newPassword: string } }>(
      '/v1/administrators/:userName/password',
      {
        config: { permission: 'sign-in.own', rateLimit: { max: signInsPerMinute, timeWindow: 60_000 } },
        bodyLimit: 4096,
        schema: operation({
          id: 'changePassword',
          tag,
          summary: 'Change the own password; all other tokens end',
          description:
            'A password has 10 to 128 characters, among them a lower-case letter, a capital, a digit and a special character. ' +
            'The command line of the server itself changes any without the current one.',
          params: AdministratorParameters,
          body: NewPassword,
          answers: { 204: { description: 'Changed' } },
          refusals: [403],
        }),
        handler: async (request, reply) => {
          const changed = await changePassword(
            services,
            operatorOf(request.operator),
            request.params.userName,
            request.body,
            request.ip,
          )
          refuseUnchanged(changed)
          return reply.code(204).send()
        },
      },
    )
  },
}

function changePassword(
  services: AdminServices,
  operator: Operator,
  name: string,
  { currentPassword, newPassword }: { currentPassword?: string; newPassword: string },
  address: string,
): Promise<PasswordChange> {
  return notTooMany(() => {
    if (operator.name === localOperator) return services.signIn.resetPassword(name, newPassword, address)
    if (operator.name !== name) throw new RequestRefused('not-allowed', 'Only the own password can be changed here')
    if (currentPassword === undefined) {
      throw invalidField('currentPassword', '', 'this field is missing', 'Write the password as it is now')
    }
    return services.signIn.changePassword(operator, currentPassword, newPassword, address)
  })
}

function refuseUnchanged(result: PasswordChange): void {
  if (result.ok) return
  switch (result.reason) {
    case 'unknown':
      throw notFound('There is no administrator of that name')
    case 'wrong':
      throw invalidField('currentPassword', '', 'this is not the password', 'Write the password as it is now')
    case 'locked':
      throw locked(result.seconds)
    case 'policy':
      throw invalidField('newPassword', '', `this password needs ${result.fault}`, 'Choose another password')
    default:
      result satisfies never
  }
}

async function notTooMany<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TooManySignInsError)) throw error
    throw new RequestRefused(
      'too-many-requests',
      'Too many people sign in at this moment: try again in a second',
      {},
      { 'retry-after': '1' },
    )
  }
}

function locked(seconds: number): RequestRefused {
  const minutes = Math.max(1, Math.ceil(seconds / 60))
  return new RequestRefused(
    'too-many-requests',
    `Too many sign-ins failed: wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`,
    {},
    { 'retry-after': String(seconds) },
  )
}

function wrongPassword(): RequestRefused {
  return new RequestRefused(
    'sign-in-needed',
    'User name or password is not right',
    {},
    { 'www-authenticate': 'Bearer realm="ringdown"' },
  )
}

/** Routes that are not public are reached with an operator only. */
function operatorOf(operator: Operator | null): Operator {
  if (operator === null) throw new Error('a route was reached without sign-in')
  return operator
}
