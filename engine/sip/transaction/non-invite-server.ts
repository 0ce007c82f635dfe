import type { ResponseHead } from '../response.ts'
import { responseText } from '../response.ts'
import type { Flow, SendFailureListener, TimerHandle, TimerOwner } from '../transport.ts'
import type { TransactionHome } from './parts.ts'
import { isReliable } from './parts.ts'
import { lifetime } from './timers.ts'

type State = 'trying' | 'proceeding' | 'completed' | 'terminated'

/**
 * Server transaction of every request but INVITE and ACK: RFC 3261 §17.2.2.
 *
 *   trying --1xx--> proceeding --200-699--> completed --J--> terminated
 *      +------------200-699-------------------^
 *
 * A retransmitted request gets the last response again, or nothing while there is none.
 */
export class NonInviteServerTransaction implements TimerOwner, SendFailureListener {
  readonly key: string
  readonly flow: Flow
  /** `null` after the final response, which is all that may still be sent. */
  #head: ResponseHead | null
  readonly toTag: string
  #state: State
  readonly #home: TransactionHome
  readonly #mergeKey: string
  #lastResponse: string
  #timerJ: TimerHandle | null

  constructor(home: TransactionHome, key: string, mergeKey: string, head: ResponseHead, flow: Flow, toTag: string) {
    this.key = key
    this.flow = flow
    this.#head = head
    this.toTag = toTag
    this.#state = 'trying'
    this.#home = home
    this.#mergeKey = mergeKey
    this.#lastResponse = ''
    this.#timerJ = null
  }

  /** Sends a response with our own To tag where the request has none; after a final one calls are ignored. */
  respond(status: number, phrase: string, headers: string, body: string): void {
    if (this.#head === null || this.#state === 'terminated') return
    const text = responseText(status, phrase, this.#head, status === 100 ? '' : this.toTag, headers, body)
    this.#lastResponse = text
    if (status < 200) this.#state = 'proceeding'
    else this.#complete()
    this.#home.network.send(this.flow, text, this)
  }

  /** The same request came again. */
  retransmitted(): void {
    if (this.#lastResponse !== '') this.#home.network.send(this.flow, this.#lastResponse, this)
  }

  timerFired(_name: string): void {
    if (this.#state === 'terminated') return
    this.#timerJ = null
    this.#end()
  }

  sendFailed(): void {
    if (this.#state !== 'terminated') this.#end()
  }

  #complete(): void {
    this.#state = 'completed'
    this.#head = null
    // Timer J is zero on reliable transports (§17.2.2), but the entry must outlast this call.
    this.#timerJ = this.#home.clock.start(isReliable(this.flow) ? 0 : lifetime, this, 'J')
  }

  #end(): void {
    if (this.#timerJ !== null) this.#home.clock.stop(this.#timerJ)
    this.#timerJ = null
    this.#state = 'terminated'
    this.#home.serverEnded(this.key, this.#mergeKey)
  }
}
