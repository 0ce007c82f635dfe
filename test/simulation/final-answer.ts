import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Phone } from './phone.ts'
import type { VirtualTimer } from './virtual-clock.ts'

const T1 = 500
const T2 = 4000

/** A phone's final answer to an INVITE, sent again until it is acknowledged (RFC 3261 §17.2.1 Timer G, §13.3.1.4). */
export class FinalAnswer implements TimerOwner {
  readonly sequence: number
  acknowledged = false
  readonly #phone: Phone
  readonly #text: string
  readonly #neverAcknowledged: () => void
  #interval = T1
  #waited = 0
  #timer: VirtualTimer | null

  constructor(phone: Phone, text: string, sequence: number, neverAcknowledged: () => void) {
    this.sequence = sequence
    this.#phone = phone
    this.#text = text
    this.#neverAcknowledged = neverAcknowledged
    phone.send(text)
    this.#timer = phone.world.clock.start(T1, this, 'again')
  }

  /** The ACK is here, or nobody waits for it any more. */
  stop(): void {
    this.acknowledged = true
    if (this.#timer !== null) this.#phone.world.clock.stop(this.#timer)
    this.#timer = null
  }

  timerFired(): void {
    this.#waited += this.#interval
    if (this.#waited >= 64 * T1) {
      this.#timer = null
      this.acknowledged = true
      this.#neverAcknowledged()
      return
    }
    this.#phone.send(this.#text)
    this.#interval = Math.min(this.#interval * 2, T2, 64 * T1 - this.#waited)
    this.#timer = this.#phone.world.clock.start(this.#interval, this, 'again')
  }
}
