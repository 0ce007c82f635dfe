import type { User } from '../config/snapshot.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { WaitingForPhone } from './returning-phones.ts'
import type { CallServices } from './services.ts'

/** How long a call waits for a phone that has lost its connection (ms). */
const returnTime = 5000

/** The call that waits; told when it has waited long enough. */
export interface AwaitingCall extends WaitingForPhone {
  phonesStayedAway(): void
}

/** Users of one step with a phone that has lost its connection and may come back (`returning-phones.ts`). */
export class AwaitedPhones implements TimerOwner {
  readonly #services: CallServices
  readonly #call: AwaitingCall
  #users: User[]
  #timer: TimerHandle | null

  constructor(services: CallServices, call: AwaitingCall) {
    this.#services = services
    this.#call = call
    this.#users = []
    this.#timer = null
  }

  get any(): boolean {
    return this.#users.length > 0
  }

  has(user: User): boolean {
    return this.#users.some(({ id }) => id === user.id)
  }

  /** Has the user a phone that could come back? */
  isExpected(user: User): boolean {
    return this.#services.bindings.contactsOf(user).some((binding) => binding.flowLost)
  }

  wait(user: User): void {
    this.#users.push(user)
    this.#services.returningPhones.wait(user, this.#call)
    this.#timer ??= this.#services.clock.start(returnTime, this, 'return')
  }

  /** No phone of his is missing any more. */
  settled(user: User): void {
    this.#services.returningPhones.stop(user, this.#call)
    this.#users = this.#users.filter(({ id }) => id !== user.id)
  }

  stop(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    for (const user of this.#users) this.#services.returningPhones.stop(user, this.#call)
    this.#users = []
  }

  timerFired(): void {
    this.#timer = null
    this.stop()
    this.#call.phonesStayedAway()
  }
}
