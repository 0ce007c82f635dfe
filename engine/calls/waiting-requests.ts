import type { SipMessage } from '../sip/message.ts'
import type { Clock, Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'

/** How long a request waits for the configuration after a start (ms). */
const patience = 2000
/** How many may wait. */
const most = 2000

/**
 * INVITEs and REGISTERs that came before the configuration was ready. They are held as they came, without transactions, so that
 * strangers cost little; the sender's retransmissions of one are dropped.
 */
export class WaitingRequests implements TimerOwner {
  readonly #clock: Clock
  readonly #again: (request: SipMessage, flow: Flow) => void
  readonly #waiting = new Map<string, { readonly request: SipMessage; readonly flow: Flow }>()
  #timer: TimerHandle | null = null
  #expired = false

  /** `again`: takes the request as if it had come just now. */
  constructor(clock: Clock, again: (request: SipMessage, flow: Flow) => void) {
    this.#clock = clock
    this.#again = again
  }

  /** @returns false if it may not wait: the time is over or too many do */
  add(request: SipMessage, flow: Flow): boolean {
    if (this.#expired || this.#waiting.size >= most) return false
    this.#waiting.set(`${request.branch}|${flow.address}`, { request, flow })
    this.#timer ??= this.#clock.start(patience, this, 'patience')
    return true
  }

  /** The configuration is there. */
  release(): void {
    if (this.#timer !== null) this.#clock.stop(this.#timer)
    this.#timer = null
    this.#expired = false
    this.#takeAgain()
  }

  timerFired(): void {
    this.#timer = null
    // From now on nobody waits: all are refused, those here first.
    this.#expired = true
    this.#takeAgain()
  }

  #takeAgain(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { request, flow } of waiting) this.#again(request, flow)
  }
}
