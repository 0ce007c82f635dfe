import type { TimerHandle, TimerOwner } from '../../sip/transport.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'

/** How often it is looked whether offers under way have come to an end (ms), and how many times. */
const pause = 500
const mostPauses = 20

/** Waits until sides of calls have nothing under way, so that they can be joined to others. */
export class Joining implements TimerOwner {
  readonly #services: CallServices
  readonly #sides: readonly { readonly call: Conversation; readonly leg: Leg }[]
  readonly #done: (settled: boolean) => void
  #pauses: number
  #timer: TimerHandle | null

  /** @param done told once: false where one of the calls has ended, or does not come to rest */
  constructor(
    services: CallServices,
    sides: readonly { readonly call: Conversation; readonly leg: Leg }[],
    done: (settled: boolean) => void,
  ) {
    this.#services = services
    this.#sides = sides
    this.#done = done
    this.#pauses = 0
    this.#timer = null
  }

  start(): void {
    if (this.#sides.every(({ call, leg }) => call.isSettled(leg))) this.#done(true)
    else if (this.#pauses >= mostPauses || this.#sides.some(({ call }) => call.over)) this.#done(false)
    else {
      this.#pauses++
      this.#timer = this.#services.clock.start(pause, this, 'join')
    }
  }

  stop(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
  }

  timerFired(): void {
    this.#timer = null
    this.start()
  }
}
