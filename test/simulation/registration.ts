import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import type { Phone } from './phone.ts'

const usualExpires = 3600
/** Challenges and pauses that the server asks for, for each change. */
const mostTries = 8

/** What a phone wants to be: reachable or not. `all`: everything it ever registered goes (Contact: *). */
type Wish = 'registered' | 'gone' | 'all gone'

/** A phone's registration, which it renews, gives up and makes again. */
export class Registration implements ClientRequestUser, TimerOwner {
  readonly #phone: Phone
  readonly #callId: string
  #sequence = 0
  #wish: Wish = 'gone'
  #tries = 0
  #busy = false
  /** The server has confirmed it. */
  confirmed = false

  constructor(phone: Phone) {
    this.#phone = phone
    this.#callId = phone.chance.token(10)
  }

  change(wish: Wish): void {
    if (this.#busy) return
    this.#busy = true
    this.#wish = wish
    this.#tries = 0
    this.#send()
  }

  /** What was asked for last is confirmed: phones that come and go do so in the end. */
  get settled(): boolean {
    return !this.#busy
  }

  timerFired(name: string): void {
    if (name === 'again') this.#send()
    else this.change(name as Wish)
  }

  responseReceived(_: ClientRequest, response: SipMessage): void {
    const { watch, clock } = this.#phone.world
    const { status } = response
    if (status < 200) return
    if (status === 401 && ++this.#tries < mostTries) {
      this.#phone.challenged(response)
      this.#send()
    } else if (status === 503 && watch.restarts > 0 && ++this.#tries < mostTries) {
      clock.start(1000 * Number.parseInt(response.otherHeader('retry-after') || '2', 10), this, 'again')
    } else if (status === 200) {
      this.confirmed = this.#wish === 'registered'
      this.#busy = false
    } else watch.fail(`REGISTER of ${this.#phone.settings.name} was answered ${status}`)
  }

  timedOut(): void {
    this.#phone.world.watch.fail(`${this.#phone.settings.name} got no answer to REGISTER`)
  }

  #send(): void {
    const phone = this.#phone
    const { name, domain } = phone.settings
    const identity = `<sip:${name}@${domain}>`
    const expires = this.#wish === 'registered' ? usualExpires : 0
    const contact = this.#wish === 'all gone' ? 'Contact: *\r\n' : phone.contact
    const headers = `${contact}Expires: ${expires}\r\n${phone.authorization('REGISTER', `sip:${domain}`)}`
    const cseq = ++this.#sequence
    phone.world.watch.registering(`${this.#callId} ${cseq}`, phone.address, cseq, expires)
    new ClientRequest(phone, this, {
      method: 'REGISTER',
      uri: `sip:${domain}`,
      branch: phone.newBranch(),
      from: `${identity};tag=${phone.chance.token(6)}`,
      to: identity,
      callId: this.#callId,
      cseq,
      headers,
      body: '',
    })
  }
}
