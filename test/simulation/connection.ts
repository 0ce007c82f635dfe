import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Phone } from './phone.ts'

/** How long a phone is without connection (ms): an offer that a call waits with is given up after five seconds. */
const shortest = 50
const longest = 3000

/**
 * The connection by TCP of one phone, which is lost now and then and with each process of the server, and which the phone
 * makes again by itself: it registers by it (RFC 5626 §4.5), and its calls have gone on meanwhile.
 */
export class Connection implements TimerOwner {
  readonly #phone: Phone
  /** Its name in the network; '' while there is none. */
  address = ''
  /** When it was lost last (ms); 0: never. */
  lostAt = 0

  constructor(phone: Phone) {
    this.#phone = phone
    this.#open()
  }

  /**
   * It is lost, but not while a message is under way in it: nobody could know whether such a message arrived, and what is
   * not sent again is lost with it.
   */
  lose(): boolean {
    const { wire } = this.#phone.world
    if (this.address === '' || !wire.isQuiet(this.address) || this.#phone.waits) return false
    wire.closeStream(this.address)
    return true
  }

  timerFired(): void {
    this.#open()
    // Without registration nobody could reach it in its calls.
    this.#phone.registration.change('registered')
  }

  #open(): void {
    const { settings, world } = this.#phone
    this.address = world.wire.openStream(settings.host, this.#phone, () => this.#lost())
  }

  #lost(): void {
    const { clock, watch } = this.#phone.world
    watch.connectionLost()
    this.address = ''
    this.lostAt = clock.now()
    clock.start(Math.ceil(this.#phone.chance.between(shortest, longest)), this, 'connects again')
  }
}
