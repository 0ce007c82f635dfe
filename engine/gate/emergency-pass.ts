/**
 * Which calls pass the gate because they are emergency calls (docs/trust.md): those that dial an emergency string and
 * come from a phone that is registered from that address, or at least from an address from which some phone is. Not
 * from trunks, and not from strangers, who wait their turn like anybody. A ceiling guards against floods.
 */
import { TokenBuckets } from './token-bucket.ts'

/** What is known of a source without looking into messages. */
export interface Registered {
  /** Does any device hold a live registration made from this address? */
  registeredFrom(source: string): boolean
  /** Does the device with this SIP user name hold one made from this address? */
  userRegisteredFrom(source: string, sipUserName: string): boolean
}

/** A call is two INVITEs, with and without password, and their copies: five calls at once, then one in five seconds. */
const perSecond = 1
const burst = 20
/** For those who do not name themselves by their SIP user name, all of one address together. */
const burstOfAddress = 60
const mostKept = 5000

export class EmergencyPass {
  readonly #registered: Registered
  readonly #devices = new TokenBuckets(perSecond, burst, mostKept)
  readonly #addresses = new TokenBuckets(perSecond, burstOfAddress, mostKept)

  constructor(registered: Registered) {
    this.#registered = registered
  }

  /** Does an INVITE with an emergency string, from this address and From user, pass? `now` in ms. */
  passes(source: string, fromUser: string, now: number): boolean {
    if (this.#registered.userRegisteredFrom(source, fromUser)) {
      if (this.#devices.take(`${source} ${fromUser}`, now)) return true
    }
    return this.#registered.registeredFrom(source) && this.#addresses.take(source, now)
  }
}
