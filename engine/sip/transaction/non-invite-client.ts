import type { SipMessage } from '../message.ts'
import type { OutgoingRequest } from '../request.ts'
import { requestText } from '../request.ts'
import type { Flow, SendFailureListener, TimerHandle, TimerOwner } from '../transport.ts'
import type { ClientTransactionUser, TransactionHome } from './parts.ts'
import { isReliable } from './parts.ts'
import { lifetime, T1, T2 } from './timers.ts'

type State = 'trying' | 'proceeding' | 'terminated'

/**
 * Client transaction of every request but INVITE and ACK: RFC 3261 §17.1.2.
 *
 *   E: again                 E: again every T2
 *    +-- +--------+  1xx   +------------+
 *    +-> | trying |------> | proceeding |
 *        +--------+        +------------+
 *       F |   | 200-699        | 200-699   | F
 *         +---+-------+--------+-----------+
 *                     V
 *                terminated
 *
 * The RFC keeps it in Completed for Timer K, to swallow copies of the final response. The layer drops a response that nobody
 * waits for anyway (`layer.ts`), so there is nothing to keep.
 */
export class NonInviteClientTransaction implements TimerOwner, SendFailureListener {
  readonly key: string
  readonly flow: Flow
  #state: State
  /** `null` where nobody cares what becomes of the request. */
  readonly #user: ClientTransactionUser | null
  readonly #home: TransactionHome
  #text: string
  #timerE: TimerHandle | null
  /** F */
  #lifeTimer: TimerHandle | null
  #interval: number

  constructor(home: TransactionHome, key: string, flow: Flow, user: ClientTransactionUser | null) {
    this.key = key
    this.flow = flow
    this.#state = 'trying'
    this.#user = user
    this.#home = home
    this.#text = ''
    this.#timerE = null
    this.#lifeTimer = null
    this.#interval = T1
  }

  start(request: OutgoingRequest): void {
    this.#text = requestText(request)
    if (!isReliable(this.flow)) this.#timerE = this.#home.clock.start(T1, this, 'E')
    this.#lifeTimer = this.#home.clock.start(lifetime, this, 'F')
    this.#home.network.send(this.flow, this.#text, this)
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    if (this.#state === 'terminated') return
    if (response.status < 200) this.#state = 'proceeding'
    else this.#end()
    this.#user?.responseReceived(response, flow)
  }

  timerFired(name: string): void {
    if (this.#state === 'terminated') return
    if (name === 'E') {
      this.#timerE = null
      this.#interval = this.#state === 'trying' ? Math.min(this.#interval * 2, T2) : T2
      this.#timerE = this.#home.clock.start(this.#interval, this, 'E')
      this.#home.network.send(this.flow, this.#text, this)
      this.#home.retransmitted++
      return
    }
    this.#lifeTimer = null
    this.#end()
    this.#user?.timedOut()
  }

  sendFailed(): void {
    if (this.#state === 'terminated') return
    this.#end()
    this.#user?.transportFailed()
  }

  #stopTimers(): void {
    if (this.#timerE !== null) this.#home.clock.stop(this.#timerE)
    if (this.#lifeTimer !== null) this.#home.clock.stop(this.#lifeTimer)
    this.#timerE = null
    this.#lifeTimer = null
  }

  #end(): void {
    this.#stopTimers()
    this.#text = ''
    this.#state = 'terminated'
    this.#home.clientEnded(this.key)
  }
}
