import { parseRAck } from '../../engine/sip/reliable-provisional.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Phone } from './phone.ts'
import type { VirtualTimer } from './virtual-clock.ts'

const T1 = 500

/** A phone's provisional response that is sent again until its PRACK comes (RFC 3262 §3), apart from the engine's own. */
export class ReliableProgress implements TimerOwner {
  readonly number: number
  /** It has a session description: the call may not be answered before the PRACK. */
  readonly hasSession: boolean
  acknowledged = false
  readonly #phone: Phone
  readonly #text: string
  readonly #done: (acknowledged: boolean) => void
  #interval = T1
  #waited = 0
  #timer: VirtualTimer | null

  constructor(phone: Phone, number: number, text: string, hasSession: boolean, done: (acknowledged: boolean) => void) {
    this.number = number
    this.hasSession = hasSession
    this.#phone = phone
    this.#text = text
    this.#done = done
    phone.send(text)
    this.#timer = phone.world.clock.start(T1, this, 'again')
  }

  /** @returns the status for a PRACK with this RAck */
  take(rack: string, sequence: number): number {
    const found = parseRAck(rack)
    if (found?.responseNumber !== this.number || found.sequence !== sequence || found.method !== 'INVITE') return 481
    const first = !this.acknowledged
    this.acknowledged = true
    this.stop()
    if (first) this.#done(true)
    return 200
  }

  stop(): void {
    if (this.#timer !== null) this.#phone.world.clock.stop(this.#timer)
    this.#timer = null
  }

  timerFired(): void {
    this.#waited += this.#interval
    if (this.#waited >= 64 * T1) {
      this.#timer = null
      this.#done(false)
      return
    }
    this.#phone.send(this.#text)
    this.#interval = Math.min(this.#interval * 2, 64 * T1 - this.#waited)
    this.#timer = this.#phone.world.clock.start(this.#interval, this, 'again')
  }
}
