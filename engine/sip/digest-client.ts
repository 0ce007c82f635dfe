/** Digest access authentication, the client's half (RFC 3261 §22, RFC 7616, RFC 8760): how we answer challenges. */
import { hash } from 'node:crypto'
import type { DigestAlgorithm } from './digest.ts'
import { digestHa1, digestResponse } from './digest.ts'
import { parseDigestParameters } from './digest-parameters.ts'
import { Header } from './header-names.ts'
import type { SipMessage } from './message.ts'
import { ownCopy } from './own-copy.ts'
import type { Random } from './transport.ts'

/** What a server asks: one value of WWW-Authenticate or Proxy-Authenticate. */
export interface DigestQuestion {
  readonly realm: string
  readonly nonce: string
  /** `undefined` where none was given. */
  readonly opaque: string | undefined
  readonly algorithm: DigestAlgorithm
  /** Whether it was named: it is repeated only then, for the sake of servers older than RFC 2617. */
  readonly namesAlgorithm: boolean
  /** qop=auth is offered; otherwise the answer is that of RFC 2617 §3.2.2.1. */
  readonly qop: boolean
  /** The nonce was too old, the password was not judged. */
  readonly stale: boolean
}

/** A question that has been taken, and how often its nonce was used. */
interface Held {
  readonly question: DigestQuestion
  readonly proxy: boolean
  readonly ha1: string
  used: number
}

/** Servers that may stand between us and the one that is asked, each with a realm of its own. */
const mostRealms = 4

/** Reads a challenge; `null` where it is not Digest, is malformed, or asks for what we cannot do (RFC 7616 §3.3). */
export function parseDigestQuestion(value: string): DigestQuestion | null {
  const found = parseDigestParameters(value)
  if (typeof found === 'string') return null
  const realm = found.get('realm')
  const nonce = found.get('nonce')
  if (realm === undefined || nonce === undefined) return null
  const named = found.get('algorithm')
  const algorithm = (named ?? 'MD5').toUpperCase()
  if (algorithm !== 'SHA-256' && algorithm !== 'MD5') return null
  const qop = found.get('qop')
  // With auth-int alone there is no way: proxies and NAT helpers on the way change bodies.
  const opaque = found.get('opaque')
  const offersAuth = qop?.split(',').some((one) => one.trim().toLowerCase() === 'auth') ?? false
  if (qop !== undefined && !offersAuth) return null
  return {
    realm: ownCopy(realm),
    nonce: ownCopy(nonce),
    opaque: opaque === undefined ? undefined : ownCopy(opaque),
    algorithm,
    namesAlgorithm: named !== undefined,
    qop: offersAuth,
    stale: found.get('stale')?.toLowerCase() === 'true',
  }
}

/**
 * A user name and a password with which we sign our requests. Remembers what it was asked last, so that further requests
 * bring their credentials with them (RFC 7616 §3.6) and count the nonce on.
 */
export class DigestAccount {
  readonly userName: string
  readonly #password: string
  readonly #random: Random
  #held: Held[]

  /** @param userName and `password`: ASCII */
  constructor(userName: string, password: string, random: Random) {
    this.userName = userName
    this.#password = password
    this.#random = random
    this.#held = []
  }

  isFor(userName: string, password: string): boolean {
    return this.userName === userName && this.#password === password
  }

  /** Whole lines that sign a request; '' before anything was asked. `uri`: the Request-URI. */
  sign(method: string, uri: string): string {
    let lines = ''
    for (const held of this.#held) lines += this.#line(held, method, uri)
    return lines
  }

  /**
   * Takes the questions of a 401 or 407.
   *
   * @param answers how often this very request has answered a question already
   * @returns whether the request may be sent again, signed anew: not where the password is wrong
   */
  challenged(response: SipMessage, answers: number): boolean {
    const proxy = response.status === 407
    const questions = questionsOf(response.headers(proxy ? Header.proxyAuthenticate : Header.wwwAuthenticate))
    if (questions.length === 0) return false
    // Asked again after an answer: either the nonce was too old, or we are refused.
    if (
      answers >= 3 ||
      (answers > 0 && !questions.every((question) => question.stale || this.#isNew(question, proxy)))
    ) {
      this.forget()
      return false
    }
    for (const question of questions) this.#hold(question, proxy)
    return true
  }

  /** What was asked is answered no more by itself. */
  forget(): void {
    this.#held = []
  }

  #isNew(question: DigestQuestion, proxy: boolean): boolean {
    return !this.#held.some((held) => held.proxy === proxy && held.question.realm === question.realm)
  }

  #hold(question: DigestQuestion, proxy: boolean): void {
    const others = this.#held.filter((held) => held.proxy !== proxy || held.question.realm !== question.realm)
    const ha1 = digestHa1(question.algorithm, this.userName, question.realm, this.#password)
    this.#held = [...others.slice(1 - mostRealms), { question, proxy, ha1, used: 0 }]
  }

  #line(held: Held, method: string, uri: string): string {
    const { question, ha1, proxy } = held
    const { realm, nonce, opaque, algorithm } = question
    let response: string
    let counted = ''
    if (question.qop) {
      held.used++
      const nonceCount = held.used.toString(16).padStart(8, '0')
      const cnonce = this.#random.token(16)
      const credentials = { username: this.userName, realm, nonce, uri, response: '', algorithm, cnonce, nonceCount }
      response = digestResponse(algorithm, ha1, credentials, method)
      counted = `, qop=auth, cnonce="${cnonce}", nc=${nonceCount}`
    } else response = responseWithoutQop(algorithm, ha1, nonce, method, uri)
    const named = question.namesAlgorithm ? `, algorithm=${algorithm}` : ''
    const back = opaque === undefined ? '' : `, opaque="${quoted(opaque)}"`
    return (
      `${proxy ? 'Proxy-Authorization' : 'Authorization'}: Digest username="${quoted(this.userName)}", ` +
      `realm="${quoted(realm)}", nonce="${quoted(nonce)}", uri="${uri}", response="${response}"${named}${counted}${back}\r\n`
    )
  }
}

/** One for each realm: the first that we can answer, which is the one its server prefers (RFC 8760 §2.4). */
function questionsOf(values: readonly string[]): DigestQuestion[] {
  const questions: DigestQuestion[] = []
  for (const value of values) {
    const question = parseDigestQuestion(value)
    if (question === null || questions.some((other) => other.realm === question.realm)) continue
    if (questions.length < mostRealms) questions.push(question)
  }
  return questions
}

/** The answer of RFC 2617 §3.2.2.1 to servers that offer no qop (RFC 3261 §22.4). */
function responseWithoutQop(
  algorithm: DigestAlgorithm,
  ha1: string,
  nonce: string,
  method: string,
  uri: string,
): string {
  const name = algorithm === 'MD5' ? 'md5' : 'sha256'
  const ha2 = hash(name, Buffer.from(`${method}:${uri}`, 'latin1'), 'hex')
  return hash(name, Buffer.from(`${ha1}:${nonce}:${ha2}`, 'latin1'), 'hex')
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
