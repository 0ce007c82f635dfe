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
  #younger: Generation
  #older: Generation
  #timer: TimerHandle | null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#younger = new Generation()
    this.#older = new Generation()
    this.#timer = null
  }

  get size(): number {
    return this.#younger.size + this.#older.size
  }

  add(branch: string, user: ClientTransactionUser): void {
    this.#younger.add(branch, user)
    this.#timer ??= this.#clock.start(lifetime, this, 'M')
  }

  /** Who sent the INVITE with this branch. */
  get(branch: string): ClientTransactionUser | undefined {
    return this.#younger.get(branch) ?? this.#older.get(branch)
  }

  timerFired(): void {
    this.#older = this.#younger
    this.#younger = new Generation()
    this.#timer = this.#older.size === 0 ? null : this.#clock.start(lifetime, this, 'M')
  }
}

/**
 * INVITEs answered within some time, in two columns. The map by which they are found is made, or brought up to date, when
 * somebody looks: where no datagram is lost nobody does, and a large map costs 3 % of a call.
 */
class Generation {
  readonly #branches: string[]
  readonly #users: ClientTransactionUser[]
  readonly #index: Map<string, ClientTransactionUser>
  #indexed: number

  constructor() {
    this.#branches = []
    this.#users = []
    this.#index = new Map()
    this.#indexed = 0
  }

  get size(): number {
    return this.#branches.length
  }

  add(branch: string, user: ClientTransactionUser): void {
    this.#branches.push(branch)
    this.#users.push(user)
  }

  get(branch: string): ClientTransactionUser | undefined {
    for (; this.#indexed < this.#branches.length; this.#indexed++) {
      this.#index.set(this.#branches[this.#indexed]!, this.#users[this.#indexed]!)
    }
    return this.#index.get(branch)
  }
}
