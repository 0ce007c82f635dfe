/** Administrators, their passwords and the tokens they have while signed in. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ConfigurationStore, Token } from '../../engine/config/store/configuration-store.ts'
import type { Operator } from '../plugin.ts'
import { LockOut, leftOfLock } from './lock-out.ts'
import { hashPassword, passwordFits, TooManySignInsError } from './password-hash.ts'
import { passwordFault } from './password-policy.ts'

/** A token is good for so long, in milliseconds. */
export const tokenLifetime = 12 * 60 * 60 * 1000
/** Failed sign-ins with one user name, and from one address, before the next has to wait. */
export const failuresPerName = 5
export const failuresPerAddress = 20
/** How long it has to wait, in milliseconds. */
export const lockMilliseconds = 15 * 60 * 1000
/** Tokens one administrator may have at once; beyond it the one that expires first ends. */
const mostTokens = 100
/** Sign-ins that may wait for their turn. */
const mostWaiting = 50
/** User name in the audit of whoever may read the data folder. */
export const localOperator = 'local'

export type SignInResult =
  | { readonly ok: true; readonly token: string; readonly id: string; readonly expiresAt: number }
  /** Wrong user name or password: nobody learns which. */
  | { readonly ok: false; readonly reason: 'wrong' }
  | { readonly ok: false; readonly reason: 'locked'; readonly seconds: number }

export type PasswordChange =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'unknown' | 'wrong' }
  | { readonly ok: false; readonly reason: 'locked'; readonly seconds: number }
  /** `fault`: what the new one needs. */
  | { readonly ok: false; readonly reason: 'policy'; readonly fault: string }

/** A token as its owner may see it. */
export interface TokenView {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** What of the store sign-in needs. */
export type SignInStore = Pick<ConfigurationStore, 'administrators' | 'tokens' | 'audit'>

export class SignIn {
  readonly #store: SignInStore
  readonly #clock: () => number
  readonly #addresses = new LockOut(failuresPerAddress, lockMilliseconds)
  /** Names that nobody has are locked like others, or the lock would tell which exist. */
  readonly #unknownNames = new LockOut(failuresPerName, lockMilliseconds)
  #local: Buffer | null = null
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** @param clock milliseconds since the epoch */
  constructor(store: SignInStore, clock: () => number) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Exchanges user name and password for a token.
   * @param name what the token is for, for people
   * @throws TooManySignInsError, StoreError
   */
  async signIn(userName: string, password: string, name: string, address: string): Promise<SignInResult> {
    const failure = await this.#check(userName, password, address)
    if (failure !== null) return failure
    const token = `rd_${randomBytes(32).toString('base64url')}`
    const hash = hashOf(token)
    const expiresAt = this.#clock() + tokenLifetime
    await this.#store.tokens.deleteExpired()
    const held = await this.#store.tokens.list(userName)
    if (held.length >= mostTokens) {
      const [first] = held.toSorted((left, right) => left.expiresAt - right.expiresAt)
      if (first !== undefined) await this.#store.tokens.delete(first.hash)
    }
    await this.#store.tokens.create({ hash, administrator: userName, name, expiresAt })
    await this.#audit(userName, address, 'sign-in', `${userName} signed in`)
    return { ok: true, token, id: idOf(hash), expiresAt }
  }

  /**
   * `null` where user name and password are right and nobody has to wait. One after the other: guesses sent at once would
   * otherwise all be tried before the first of them counts.
   * @throws TooManySignInsError, StoreError
   */
  async #check(
    userName: string,
    password: string,
    address: string,
  ): Promise<Exclude<SignInResult, { ok: true }> | null> {
    if (this.#waiting >= mostWaiting) throw new TooManySignInsError('Too many sign-ins at once')
    this.#waiting++
    const turn = this.#last.then(() => this.#checkInTurn(userName, password, address)).finally(() => this.#waiting--)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async #checkInTurn(
    userName: string,
    password: string,
    address: string,
  ): Promise<Exclude<SignInResult, { ok: true }> | null> {
    const now = this.#clock()
    const administrator = await this.#store.administrators.get(userName)
    const wait = Math.max(
      this.#addresses.wait(address, now),
      administrator === null
        ? this.#unknownNames.wait(userName, now)
        : leftOfLock(administrator.lockedUntil, now, lockMilliseconds),
    )
    if (wait > 0) return { ok: false, reason: 'locked', seconds: Math.ceil(wait / 1000) }
    const fits = await passwordFits(administrator?.passwordHash ?? null, password)
    if (fits) {
      this.#addresses.succeeded(address)
      await this.#store.administrators.signInSucceeded(userName)
      return null
    }
    this.#addresses.failed(address, now)
    const existing =
      administrator !== null &&
      (await this.#store.administrators.signInFailed(userName, failuresPerName, now + lockMilliseconds)) !== null
    if (!existing) this.#unknownNames.failed(userName, now)
    // What was typed as a user name may be a password: only names that exist are kept.
    const who = existing ? userName : 'unknown'
    await this.#audit(who, address, 'sign-in-failed', `A sign-in as ${existing ? userName : 'somebody unknown'} failed`)
    return { ok: false, reason: 'wrong' }
  }

  /** Whose token this is; `null` where it is none, or has expired. */
  async operatorOf(token: string): Promise<Operator | null> {
    const hash = hashOf(token)
    if (this.#local !== null && timingSafeEqual(this.#local, Buffer.from(hash, 'hex'))) {
      return { name: localOperator, token: idOf(hash) }
    }
    const found = await this.#store.tokens.get(hash)
    if (found === null || found.expiresAt <= this.#clock()) return null
    return { name: found.administrator, token: idOf(hash) }
  }

  /** Makes the token of this machine's command line; one made before is good no more. */
  newLocalToken(): string {
    const token = `rd_${randomBytes(32).toString('base64url')}`
    this.#local = Buffer.from(hashOf(token), 'hex')
    return token
  }

  async tokensOf(userName: string): Promise<readonly TokenView[]> {
    const now = this.#clock()
    const tokens = await this.#store.tokens.list(userName)
    return tokens.filter((token) => token.expiresAt > now).map(viewOf)
  }

  /** Ends one token of an administrator; `false` where he has none with that id. */
  async signOut(userName: string, id: string, address: string): Promise<boolean> {
    const token = (await this.#store.tokens.list(userName)).find(({ hash }) => idOf(hash) === id)
    if (token === undefined || !(await this.#store.tokens.delete(token.hash))) return false
    await this.#audit(userName, address, 'sign-out', `${userName} signed out`)
    return true
  }

  /** Ends all tokens of an administrator but, where it is given, one; how many there were. */
  async signOutEverywhere(userName: string, address: string, exceptId = ''): Promise<number> {
    const kept = (await this.#store.tokens.list(userName)).find(({ hash }) => idOf(hash) === exceptId)
    const count = await this.#store.tokens.deleteAll(userName, kept?.hash)
    if (count > 0) await this.#audit(userName, address, 'sign-out', `${userName} signed out of ${count} sessions`)
    return count
  }

  /**
   * Changes an own password; the other tokens end.
   * @throws TooManySignInsError, StoreError
   */
  async changePassword(
    operator: Operator,
    current: string,
    password: string,
    address: string,
  ): Promise<PasswordChange> {
    const fault = passwordFault(password, operator.name)
    if (fault !== '') return { ok: false, reason: 'policy', fault }
    const failure = await this.#check(operator.name, current, address)
    if (failure !== null) return failure
    if (!(await this.#store.administrators.setPassword(operator.name, await hashPassword(password)))) {
      return { ok: false, reason: 'unknown' }
    }
    await this.signOutEverywhere(operator.name, address, operator.token)
    await this.#audit(operator.name, address, 'password-changed', `${operator.name} changed the password`)
    return { ok: true }
  }

  /**
   * Gives an administrator a new password and unlocks him; all his tokens end. For whoever may read the data folder.
   * @throws TooManySignInsError, StoreError
   */
  async resetPassword(userName: string, password: string, address: string): Promise<PasswordChange> {
    const fault = passwordFault(password, userName)
    if (fault !== '') return { ok: false, reason: 'policy', fault }
    if (!(await this.#store.administrators.setPassword(userName, await hashPassword(password)))) {
      return { ok: false, reason: 'unknown' }
    }
    await this.#store.tokens.deleteAll(userName)
    await this.#audit(localOperator, address, 'password-reset', `The password of ${userName} was reset`)
    return { ok: true }
  }

  #audit(actor: string, address: string, action: string, summary: string): Promise<void> {
    return this.#store.audit.add({ actor, address, source: 'api', action, summary })
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}

/** Enough of the hash to tell tokens apart; of no use to anybody else. */
function idOf(hash: string): string {
  return hash.slice(0, 16)
}

function viewOf(token: Token): TokenView {
  return { id: idOf(token.hash), name: token.name, createdAt: token.createdAt, expiresAt: token.expiresAt }
}
