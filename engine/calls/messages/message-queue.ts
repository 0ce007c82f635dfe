import type { User } from '../../config/snapshot.ts'
import type { Binding } from '../../registrar/binding.ts'
import type { SipMessage } from '../../sip/message.ts'
import type { ClientTransactionUser } from '../../sip/transaction/parts.ts'
import type { WaitingMessage } from './waiting-message.ts'

/** What becomes of the messages of one user. */
export interface MessageQueueOwner {
  /** Phones of his that can be reached now; none where he is to get nothing now. */
  reachable(queue: MessageQueue): readonly Binding[]
  send(message: WaitingMessage, binding: Binding, user: ClientTransactionUser): void
  /** A phone has taken it. */
  messageDelivered(queue: MessageQueue, message: WaitingMessage): void
  /** Nothing waits in it and nothing is under way. */
  queueEmptied(queue: MessageQueue): void
}

/** `refused`: this phone will never take it. `missed`: it may take it when it has registered again. */
type Attempt = 'refused' | 'missed'

interface Queued {
  readonly message: WaitingMessage
  /** How it went at phones that were tried, by the serial number of their bindings. */
  readonly attempts: Map<number, Attempt>
}

/**
 * The messages that wait for one user, oldest first. Each goes to all his phones, and one at a time, so that they come in
 * their order (RFC 3428 §8); what no phone of his takes does not hold up those behind it.
 */
export class MessageQueue {
  readonly userId: string
  readonly #owner: MessageQueueOwner
  #queued: Queued[] = []
  #underWay: Delivery | null = null

  constructor(userId: string, owner: MessageQueueOwner) {
    this.userId = userId
    this.#owner = owner
  }

  get length(): number {
    return this.#queued.length
  }

  get idle(): boolean {
    return this.#underWay === null && this.#queued.length === 0
  }

  get messages(): readonly WaitingMessage[] {
    return this.#queued.map(({ message }) => message)
  }

  add(message: WaitingMessage): void {
    this.#queued.push({ message, attempts: new Map() })
  }

  remove(message: WaitingMessage): void {
    this.#queued = this.#queued.filter((queued) => queued.message !== message)
  }

  /** Sends the next one, if none is under way and there is a phone for it. */
  advance(): void {
    if (this.#underWay !== null || this.#queued.length === 0) return
    const bindings = this.#owner.reachable(this)
    for (const { message, attempts } of this.#queued) {
      const untried = bindings.filter(({ serial }) => !attempts.has(serial))
      if (untried.length === 0) continue
      this.#underWay = new Delivery(untried.length, (serial, result) => this.#ended(message, serial, result))
      const delivery = this.#underWay
      for (const binding of untried) this.#owner.send(message, binding, delivery.to(binding.serial))
      return
    }
  }

  /** Phones of his have registered: what they missed is sent to them again. */
  phonesReturned(user: User, bindings: readonly Binding[]): void {
    if (user.id !== this.userId) return
    for (const { attempts } of this.#queued) {
      for (const { serial } of bindings) if (attempts.get(serial) === 'missed') attempts.delete(serial)
    }
    this.advance()
  }

  #ended(message: WaitingMessage, serial: number, result: 'taken' | Attempt): void {
    const delivery = this.#underWay
    const queued = this.#queued.find((one) => one.message === message)
    if (result !== 'taken') queued?.attempts.set(serial, result)
    else if (queued !== undefined) {
      this.remove(message)
      this.#owner.messageDelivered(this, message)
    }
    if (delivery === null || delivery.open > 0) return
    this.#underWay = null
    if (this.#queued.length === 0) this.#owner.queueEmptied(this)
    else this.advance()
  }
}

/** One message on its way to the phones of a user, until all have answered. */
class Delivery {
  open: number
  readonly #told: (serial: number, result: 'taken' | Attempt) => void

  constructor(phones: number, told: (serial: number, result: 'taken' | Attempt) => void) {
    this.open = phones
    this.#told = told
  }

  to(serial: number): ClientTransactionUser {
    const ended = (result: 'taken' | Attempt) => {
      this.open--
      this.#told(serial, result)
    }
    return {
      responseReceived: ({ status }: SipMessage) => {
        if (status >= 200) ended(status < 300 ? 'taken' : isPassing(status) ? 'missed' : 'refused')
      },
      timedOut: () => ended('missed'),
      transportFailed: () => ended('missed'),
    }
  }
}

/** A phone that says this may take the message another time. */
function isPassing(status: number): boolean {
  return status >= 500 ? status < 600 && status !== 501 && status !== 505 : status === 408 || status === 480
}
