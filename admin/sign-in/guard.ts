/** Lets in who shows a good token. */
import type { FastifyRequest } from 'fastify'
import { RequestRefused } from '../http/problems.ts'
import type { SignIn } from './sign-in.ts'

const challenge = 'Bearer realm="ringdown"'

/**
 * For the hook before every request: whose token it shows.
 * @throws RequestRefused where there is none or it is not good (RFC 6750 section 3)
 */
export async function operatorOf(request: FastifyRequest, signIn: SignIn): Promise<{ name: string; token: string }> {
  const header = request.headers.authorization
  if (header === undefined) {
    throw new RequestRefused(
      'sign-in-needed',
      'Send Authorization: Bearer with a token; POST /v1/tokens gives one for user name and password',
      {},
      { 'www-authenticate': challenge },
    )
  }
  const token = /^Bearer +([A-Za-z0-9._~+/=-]{1,200}) *$/i.exec(header)?.[1]
  const operator = token === undefined ? null : await signIn.operatorOf(token)
  if (operator !== null) return operator
  throw new RequestRefused(
    'sign-in-needed',
    'The token is not good, or no longer: sign in again with POST /v1/tokens',
    {},
    { 'www-authenticate': `${challenge}, error="invalid_token"` },
  )
}
