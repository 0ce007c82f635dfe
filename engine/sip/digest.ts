/**
 * Digest access authentication, the server's half (RFC 3261 §22, RFC 7616, RFC 8760). Everything is binary strings;
 * text of the configuration is encoded as UTF-8 first (`digestHa1`).
 */
import { hash } from 'node:crypto'
import type { DigestNonces } from './digest-nonces.ts'
import { equalInConstantTime } from './digest-nonces.ts'
import { parseDigestParameters } from './digest-parameters.ts'
import { decodeUser, parseUri } from './uri.ts'

export type DigestAlgorithm = 'SHA-256' | 'MD5'

/** What Authorization or Proxy-Authorization said; quotes and escapes taken off. */
export interface DigestCredentials {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  /** Lower case. */
  readonly response: string
  /** 'MD5' where none was given (RFC 7616 §3.3); may be one that we do not know. */
  readonly algorithm: string
  readonly cnonce: string
  /** As it stood, for the hash: eight hexadecimal digits. */
  readonly nonceCount: string
}

/**
 * `stale`: the nonce is not current (expired, of another run, or given to another address); `replayed`: its count was
 * used before. Both are answered by a challenge with `stale=true` and are no failed sign-in. Neither says anything about
 * the password: for a nonce that is not current the response is not even looked at, or old nonces would allow guesses
 * that nobody counts. `wrong-uri`: the credentials were made for another Request-URI (RFC 7616 §3.4: 400).
 */
export type DigestResult = 'accepted' | 'stale' | 'replayed' | 'wrong-response' | 'wrong-uri'

/**
 * Reads one header value. `other-scheme`: not Digest, to be passed over. `malformed`: a syntax error, a parameter given
 * twice, a needed one missing, or no qop=auth: RFC 3261 §22.4 makes it a duty of whoever was offered one, and without it
 * there is no nonce count to recognise a replay by.
 */
export function parseDigestCredentials(value: string): DigestCredentials | 'other-scheme' | 'malformed' {
  const found = parseDigestParameters(value)
  if (typeof found === 'string') return found
  const username = found.get('username')
  const realm = found.get('realm')
  const nonce = found.get('nonce')
  const uri = found.get('uri')
  const response = found.get('response')?.toLowerCase()
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return 'malformed'
  // IMS phones send empty credentials to say who they are before they have a challenge (3GPP TS 24.229 §5.1.1.2).
  if (nonce === '' && response === '') return 'other-scheme'
  const cnonce = found.get('cnonce')
  const nc = found.get('nc')
  const qop = found.get('qop')
  if (response === undefined || cnonce === undefined || nc === undefined || qop === undefined) return 'malformed'
  if (qop.toLowerCase() !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc)) return 'malformed'
  if (!/^[0-9a-f]{32}(?:[0-9a-f]{32})?$/.test(response)) return 'malformed'
  const algorithm = found.get('algorithm')?.toUpperCase() ?? 'MD5'
  return { username, realm, nonce, uri, response, algorithm, cnonce, nonceCount: nc }
}

/**
 * H(user name : realm : password) (RFC 7616 §3.4.2). The three are JavaScript strings and count in UTF-8. Computing it
 * costs about half a microsecond, which is no more than keeping it would: nothing derived from passwords is stored.
 */
export function digestHa1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return hash(hashName(algorithm), `${username}:${realm}:${password}`, 'hex')
}

/** The request-digest for qop=auth (RFC 7616 §3.4.1). */
export function digestResponse(
  algorithm: DigestAlgorithm,
  ha1: string,
  credentials: DigestCredentials,
  method: string,
): string {
  const name = hashName(algorithm)
  const ha2 = hash(name, Buffer.from(`${method}:${credentials.uri}`, 'latin1'), 'hex')
  const text = `${ha1}:${credentials.nonce}:${credentials.nonceCount}:${credentials.cnonce}:auth:${ha2}`
  return hash(name, Buffer.from(text, 'latin1'), 'hex')
}

/**
 * One challenge: the value of a WWW-Authenticate or Proxy-Authenticate line. Send one line for each algorithm, the
 * strongest first (RFC 8760 §2.3). auth-int is not offered: proxies and NAT helpers on the way change bodies.
 */
export function digestChallenge(realm: string, algorithm: DigestAlgorithm, nonce: string, stale: boolean): string {
  const end = stale ? ', stale=true' : ''
  const quoted = realm.replace(/["\\]/g, '\\$&')
  return `Digest realm="${quoted}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"${end}`
}

/**
 * Judges credentials whose user name and realm the caller has matched with `ha1` (an invented one for an unknown user,
 * so that he costs the same). `source`: the address the nonce was given to. `now` in ms.
 */
export function verifyDigest(
  credentials: DigestCredentials,
  algorithm: DigestAlgorithm,
  ha1: string,
  method: string,
  requestUri: string,
  nonces: DigestNonces,
  source: string,
  now: number,
): DigestResult {
  if (!isSameResource(credentials.uri, requestUri)) return 'wrong-uri'
  if (!nonces.isCurrent(credentials.nonce, source, now)) return 'stale'
  const expected = digestResponse(algorithm, ha1, credentials, method)
  if (!equalInConstantTime(expected, credentials.response)) return 'wrong-response'
  return nonces.use(credentials.nonce, Number.parseInt(credentials.nonceCount, 16), now) ? 'accepted' : 'replayed'
}

/**
 * Whether the `uri` of the credentials and the Request-URI name the same thing. RFC 3261 §22.4 (5) expects that they may
 * differ, as proxies rewrite Request-URIs, and phones leave out ports and parameters; what must not differ is whom the
 * request is for. So: same user part, and same host unless one of the two is written as an IP address.
 */
export function isSameResource(uri: string, requestUri: string): boolean {
  if (uri === requestUri) return true
  const left = parseUri(uri)
  const right = parseUri(requestUri)
  if (left === null || right === null) return false
  const leftUser = decodeUser(left.user)
  if (leftUser === null || leftUser !== decodeUser(right.user)) return false
  if (left.host === right.host) return left.host !== '' || left.scheme === right.scheme
  return isAddress(left.host) || isAddress(right.host)
}

function isAddress(host: string): boolean {
  return host.charCodeAt(0) === 91 || /^[0-9]+(?:\.[0-9]+){3}$/.test(host)
}

function hashName(algorithm: DigestAlgorithm): string {
  return algorithm === 'MD5' ? 'md5' : 'sha256'
}
