import type { Clock, TimerHandle, TimerOwner } from '../transport.ts'
import type { ClientTransactionUser } from './parts.ts'
import { lifetime } from './timers.ts'

/**
 * Who hears of further 2xx to an INVITE of ours that had one (RFC 6026 §7.2, state Accepted): a copy whose ACK was lost, or
 * a second phone behind a proxy that answers too.
 *
 * Nothing else can happen in that state, so the transaction is gone and only its user is kept: by the generation instead of
 * by Timer M, not less than 64 T1 and not more than twice that. At thousands of calls a second this keeps the map of
 * transactions under way small, which every response is looked up in, and starts no timer (docs/decisions/0041).
 */
export class AnsweredInvites implements TimerOwner {
  readonly #clock: Clock
  #users: Map<string, ClientTransactionUser>
  #older: Map<string, ClientTransactionUser>
  #timer: TimerHandle | null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#users = new Map()
    this.#older = new Map()
    this.#timer = null
  }

  get size(): number {
    return this.#users.size + this.#older.size
  }

  add(branch: string, user: ClientTransactionUser): void {
    this.#users.set(branch, user)
    this.#timer ??= this.#clock.start(lifetime, this, 'M')
  }

  /** Who sent the INVITE with this branch. */
  get(branch: string): ClientTransactionUser | undefined {
    return this.#users.get(branch) ?? this.#older.get(branch)
  }

  timerFired(): void {
    this.#older = this.#users
    this.#users = new Map()
    this.#timer = this.#older.size === 0 ? null : this.#clock.start(lifetime, this, 'M')
  }
}
