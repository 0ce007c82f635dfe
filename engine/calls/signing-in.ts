import type { Snapshot } from '../config/snapshot.ts'
import type { SignedIn, SignInRefusal } from '../registrar/authenticate.ts'
import { Authenticator } from '../registrar/authenticate.ts'
import type { SignInGuard } from '../registrar/sign-in-guard.ts'
import { DigestNonces } from '../sip/digest-nonces.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { TransactionLayer } from '../sip/transaction/layer.ts'
import type { Clock, Flow, Random } from '../sip/transport.ts'
import { decodeUser, parseNameAddress, parseUri } from '../sip/uri.ts'
import type { CallCounters } from './call-counters.ts'
import { dialsEmergency } from './emergency-dialling.ts'
import type { Log } from './services.ts'

const nonceLifetime = 300_000
const nonceCapacity = 100_000
/** What a phone is asked to wait that has failed too often (s). */
const failedRetry = 10

export interface SigningInParts {
  readonly transactions: TransactionLayer
  readonly clock: Clock
  readonly random: Random
  readonly counters: CallCounters
  readonly log: Log
}

/** Finds out which phone sends a request, and answers those that do not show it. */
export class SigningIn {
  readonly #parts: SigningInParts
  readonly #authenticator: Authenticator

  /** @param nonceKey at least 32 random bytes, kept over restarts */
  constructor(parts: SigningInParts, guard: SignInGuard, nonceKey: Uint8Array) {
    this.#parts = parts
    const { clock, random } = parts
    const nonces = new DigestNonces(
      { key: nonceKey, lifetime: nonceLifetime, capacity: nonceCapacity, notBefore: clock.now() },
      random,
    )
    this.#authenticator = new Authenticator(nonces, guard, nonceKey, dialsEmergency)
  }

  /** The device that signed this request, and its user; otherwise it has been answered. `identity`: value of From or To. */
  authenticated(snapshot: Snapshot, request: SipMessage, flow: Flow, identity: string): SignedIn | null {
    const uri = parseUri(parseNameAddress(identity)?.uri ?? '')
    const result = this.#authenticator.signIn(
      snapshot,
      {
        method: request.method,
        requestUri: request.requestUri,
        authorization: request.headers(Header.authorization),
        host: uri?.host ?? '',
        user: decodeUser(uri?.user ?? '') ?? '',
        source: flow.address,
      },
      this.#parts.clock.now(),
    )
    if (result.kind === 'accepted') return result
    this.#answer(request, flow, result)
    return null
  }

  #answer(request: SipMessage, flow: Flow, result: SignInRefusal): void {
    const { transactions, counters, log } = this.#parts
    switch (result.kind) {
      case 'challenge': {
        if (result.failure !== null) {
          counters.signInsFailed++
          const banned = result.failure === 'banned'
          log.warn(
            { source: flow.address, from: request.from, banned },
            banned
              ? 'Sign-ins failed too often: the source is banned'
              : 'A sign-in failed: wrong user name or password',
          )
        }
        let headers = ''
        for (const challenge of result.challenges) headers += `WWW-Authenticate: ${challenge}\r\n`
        transactions.respondStateless(request, flow, 401, reasonPhrase(401), headers)
        return
      }
      case 'malformed':
        transactions.respondStateless(request, flow, 400, result.reason, '')
        return
      case 'slow':
        transactions.respondStateless(request, flow, 503, reasonPhrase(503), `Retry-After: ${failedRetry}\r\n`)
        return
      case 'banned':
        return
    }
  }
}
