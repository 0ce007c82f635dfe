import { createHmac } from 'node:crypto'
import type { Device, Snapshot, User } from '../config/snapshot.ts'
import type { DigestAlgorithm, DigestCredentials } from '../sip/digest.ts'
import { digestChallenge, digestHa1, parseDigestCredentials, verifyDigest } from '../sip/digest.ts'
import type { DigestNonces } from '../sip/digest-nonces.ts'
import type { SignInAnswer, SignInFailure, SignInGuard } from './sign-in-guard.ts'

/** What of a request counts for signing in. */
export interface SignInRequest {
  readonly method: string
  readonly requestUri: string
  /** All Authorization lines. */
  readonly authorization: readonly string[]
  /** Lower-case host of the identity claimed: of To in a REGISTER, of From elsewhere. */
  readonly host: string
  /** Its user part. */
  readonly user: string
  /** Address the request came from. */
  readonly source: string
}

/** A device and whose it is. */
export interface SignedIn {
  readonly device: Device
  readonly user: User
}

export type SignIn = ({ readonly kind: 'accepted' } & SignedIn) | SignInRefusal

export type SignInRefusal =
  /** Answer 401 with these WWW-Authenticate values, one line each. `failure`: a wrong response, for the log. */
  | { readonly kind: 'challenge'; readonly challenges: readonly string[]; readonly failure: SignInFailure | null }
  /** Answer 400. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** No answer at all, or 503 where `slow`: its sign-ins failed too often. */
  | { readonly kind: 'slow' | 'banned' }

const bothAlgorithms: readonly DigestAlgorithm[] = ['SHA-256', 'MD5']

/**
 * Signs phones in by digest (docs/trust.md; RFC 3261 §22). An unknown user, one of another PBX and a
 * wrong password are answered alike, after the same work.
 */
export class Authenticator {
  readonly #nonces: DigestNonces
  readonly #guard: SignInGuard
  readonly #key: Uint8Array
  readonly #dialsEmergency: (snapshot: Snapshot, requestUri: string) => boolean
  /** Password of everybody who does not exist: nobody can guess it and see by the answer that he does not. */
  readonly #invented: string

  /**
   * @param key the nonce key; it also chooses the realms that unknown names are shown
   * @param dialsEmergency whether an INVITE to this URI is an emergency call
   */
  constructor(
    nonces: DigestNonces,
    guard: SignInGuard,
    key: Uint8Array,
    dialsEmergency: (snapshot: Snapshot, requestUri: string) => boolean,
  ) {
    this.#nonces = nonces
    this.#guard = guard
    this.#key = key
    this.#dialsEmergency = dialsEmergency
    this.#invented = createHmac('sha256', key).update('password of nobody').digest('hex')
  }

  /** Judges one request. `now` in ms. */
  signIn(snapshot: Snapshot, request: SignInRequest, now: number): SignIn {
    const { source } = request
    let credentials: DigestCredentials | null = null
    let realm = ''
    for (const line of request.authorization) {
      const parsed = parseDigestCredentials(line)
      if (parsed === 'malformed') return { kind: 'malformed', reason: 'Malformed Authorization' }
      if (parsed === 'other-scheme') continue
      // RFC 3261 §22.3: of several credentials those for our realm count.
      realm = this.#realm(snapshot, request.host, parsed.username)
      if (parsed.realm !== realm) continue
      credentials = parsed
      break
    }
    if (credentials === null) {
      const answer = this.#mayTry(snapshot, request, request.user, now)
      if (answer !== 'yes') return { kind: answer }
      if (realm === '') realm = this.#realm(snapshot, request.host, request.user)
      return this.#challenge(snapshot, realm, request.user, source, false, null, now)
    }
    const { username } = credentials
    const answer = this.#mayTry(snapshot, request, username, now)
    if (answer !== 'yes') return { kind: answer }
    const found = deviceIn(snapshot, realm, username)
    const algorithm = offered(snapshot, realm, found).find((candidate) => candidate === credentials.algorithm)
    // One that was not offered (RFC 8760 §2.4): asked again.
    if (algorithm === undefined) return this.#challenge(snapshot, realm, username, source, false, null, now)
    const ha1 = digestHa1(algorithm, username, realm, found?.device.password ?? this.#invented)
    const { method, requestUri } = request
    const result = verifyDigest(credentials, algorithm, ha1, method, requestUri, this.#nonces, source, now)
    if (result === 'wrong-uri') return { kind: 'malformed', reason: 'Authorization uri Differs From Request-URI' }
    if (result === 'stale' || result === 'replayed') {
      return this.#challenge(snapshot, realm, username, source, true, null, now)
    }
    if (result === 'accepted' && found !== null) {
      this.#guard.succeeded(source, username)
      return { kind: 'accepted', device: found.device, user: found.user }
    }
    const failure = this.#guard.failed(source, username, now)
    return this.#challenge(snapshot, realm, username, source, false, failure, now)
  }

  /** Bans and pauses do not keep an emergency call from being signed in: it is one when its device has shown who it is. */
  #mayTry(snapshot: Snapshot, request: SignInRequest, username: string, now: number): SignInAnswer {
    const answer = this.#guard.mayTry(request.source, username, now)
    if (answer === 'yes' || request.method !== 'INVITE') return answer
    if (!this.#dialsEmergency(snapshot, request.requestUri)) return answer
    return this.#guard.mayTryEmergency(request.source, username) ? 'yes' : answer
  }

  #challenge(
    snapshot: Snapshot,
    realm: string,
    username: string,
    source: string,
    stale: boolean,
    failure: SignInFailure | null,
    now: number,
  ): SignIn {
    const nonce = this.#nonces.issue(source, now)
    const challenges: string[] = []
    for (const algorithm of offered(snapshot, realm, deviceIn(snapshot, realm, username))) {
      challenges.push(digestChallenge(realm, algorithm, nonce, stale))
    }
    return { kind: 'challenge', challenges, failure }
  }

  /**
   * The PBX's domain: of the one that the host names, else of the one that the SIP user name belongs to. A name that
   * nobody has gets a PBX by chance, always the same one, so that the realm does not tell who exists.
   */
  #realm(snapshot: Snapshot, host: string, username: string): string {
    if (snapshot.pbxsByDomain.has(host)) return host
    const found = deviceNamed(snapshot, username)
    if (found !== null) return found.user.pbx.domain
    const domains = snapshot.pbxsByDomain
    if (domains.size === 0) return 'sip'
    let skip =
      domains.size === 1 ? 0 : createHmac('sha256', this.#key).update(username).digest().readUInt32BE(0) % domains.size
    for (const domain of domains.keys()) if (skip-- === 0) return domain
    return 'sip'
  }
}

function deviceNamed(snapshot: Snapshot, username: string): SignedIn | null {
  const device = snapshot.devicesBySipUserName.get(username)
  const user = device === undefined ? undefined : snapshot.users.get(device.userId)
  return device === undefined || user === undefined ? null : { device, user }
}

function deviceIn(snapshot: Snapshot, realm: string, username: string): SignedIn | null {
  const found = deviceNamed(snapshot, username)
  return found !== null && found.user.pbx.domain === realm ? found : null
}

/** What a device is offered; a name that nobody has is offered what is usual in that PBX. */
function offered(snapshot: Snapshot, realm: string, found: SignedIn | null): readonly DigestAlgorithm[] {
  return found?.device.digestAlgorithms ?? snapshot.pbxsByDomain.get(realm)?.digestAlgorithms ?? bothAlgorithms
}
