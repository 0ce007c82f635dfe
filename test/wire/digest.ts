import { createHash } from 'node:crypto'

/** The client's side of digest access authentication (RFC 3261 §22, RFC 7616, RFC 8760), written apart from the server's. */
export interface Credentials {
  readonly userName: string
  readonly password: string
}

export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly algorithm: 'MD5' | 'SHA-256'
  readonly qop: boolean
  readonly opaque: string
  readonly stale: boolean
}

/** Reads one WWW-Authenticate value; `null` where the scheme or algorithm is none of ours. */
export function readChallenge(value: string): Challenge | null {
  if (!/^digest\s/i.test(value)) return null
  const parameters = new Map<string, string>()
  for (const part of value.slice(7).matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)) {
    parameters.set((part[1] ?? '').toLowerCase(), part[2] ?? part[3] ?? '')
  }
  const algorithm = parameters.get('algorithm') ?? 'MD5'
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return null
  return {
    realm: parameters.get('realm') ?? '',
    nonce: parameters.get('nonce') ?? '',
    algorithm,
    qop: (parameters.get('qop') ?? '').split(',').includes('auth'),
    opaque: parameters.get('opaque') ?? '',
    stale: parameters.get('stale')?.toLowerCase() === 'true',
  }
}

/** The value of Authorization that answers a challenge. `nonceCount` counts the uses of this nonce, from 1. */
export function answerChallenge(
  challenge: Challenge,
  credentials: Credentials,
  method: string,
  uri: string,
  nonceCount = 1,
): string {
  const name = challenge.algorithm === 'MD5' ? 'md5' : 'sha256'
  const hash = (text: string): string => createHash(name).update(text, 'latin1').digest('hex')
  const secret = hash(`${credentials.userName}:${challenge.realm}:${credentials.password}`)
  const request = hash(`${method}:${uri}`)
  const count = nonceCount.toString(16).padStart(8, '0')
  const clientNonce = 'f2a1c0de'
  const response = challenge.qop
    ? hash(`${secret}:${challenge.nonce}:${count}:${clientNonce}:auth:${request}`)
    : hash(`${secret}:${challenge.nonce}:${request}`)
  const parts = [
    `username="${credentials.userName}"`,
    `realm="${challenge.realm}"`,
    `nonce="${challenge.nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `algorithm=${challenge.algorithm}`,
  ]
  if (challenge.qop) parts.push('qop=auth', `nc=${count}`, `cnonce="${clientNonce}"`)
  if (challenge.opaque !== '') parts.push(`opaque="${challenge.opaque}"`)
  return `Digest ${parts.join(', ')}`
}
