import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { Phone } from './phone.ts'
import type { VirtualTimer } from './virtual-clock.ts'

const T1 = 500
const T2 = 4000

/** Who sent a request. */
export interface ClientRequestUser {
  /** Each provisional, the first failure, every 2xx. */
  responseReceived(request: ClientRequest, response: SipMessage): void
  /** No answer at all within 64 T1. */
  timedOut(request: ClientRequest): void
}

/** What a request is made of; the text follows from it. */
export interface RequestParts {
  readonly method: string
  readonly uri: string
  readonly branch: string
  /** With tag. */
  readonly from: string
  readonly to: string
  readonly callId: string
  readonly cseq: number
  /** Whole lines. */
  readonly headers: string
  readonly body: string
}

/** A phone's request: sent again until answered (RFC 3261 §17.1), written apart from the engine's machines. */
export class ClientRequest implements TimerOwner {
  readonly parts: RequestParts
  /** Status of the final response; 0 before. */
  final = 0
  /** Some response came. */
  heard = false
  gaveUp = false
  /** Somebody still wants to know how it ends. */
  waitedFor = true
  readonly #phone: Phone
  readonly #user: ClientRequestUser
  readonly #text: string
  #ack = ''
  #interval = T1
  #waited = 0
  #timer: VirtualTimer | null = null

  constructor(phone: Phone, user: ClientRequestUser, parts: RequestParts) {
    this.parts = parts
    this.#phone = phone
    this.#user = user
    this.#text = phone.requestText(parts)
    phone.clients.set(`${parts.branch} ${parts.method}`, this)
    phone.send(this.#text)
    this.#wait()
  }

  responseReceived(response: SipMessage): void {
    this.heard = true
    const invite = this.parts.method === 'INVITE'
    if (response.status < 200) {
      if (invite) this.#stop()
      else this.#interval = T2
      if (this.final === 0) this.#user.responseReceived(this, response)
      return
    }
    this.#stop()
    if (invite && response.status >= 300) {
      if (this.#ack === '') this.#ack = this.#phone.requestText(this.#ackParts(response))
      this.#phone.send(this.#ack)
    }
    const repeated = this.final >= 200 && this.final < 300 && response.status < 300
    if (this.final !== 0 && !(invite && repeated)) return
    this.final = response.status
    this.#phone.world.watch.concluded(this.parts.branch)
    this.#user.responseReceived(this, response)
  }

  /** It has no answer, and nobody could have brought one. */
  get hadNoChance(): boolean {
    return this.#phone.world.watch.hadNoChance(this.#text, this.parts.branch, this.parts.method)
  }

  timerFired(): void {
    this.#timer = null
    this.#waited += this.#interval
    if (this.#waited >= 64 * T1) {
      this.gaveUp = true
      this.#user.timedOut(this)
      return
    }
    this.#phone.send(this.#text)
    this.#interval *= 2
    if (this.parts.method !== 'INVITE') this.#interval = Math.min(this.#interval, T2)
    this.#interval = Math.min(this.#interval, 64 * T1 - this.#waited)
    this.#wait()
  }

  #wait(): void {
    this.#timer = this.#phone.world.clock.start(this.#interval, this, 'again')
  }

  #stop(): void {
    if (this.#timer !== null) this.#phone.world.clock.stop(this.#timer)
    this.#timer = null
  }

  /** RFC 3261 §17.1.1.3. */
  #ackParts(response: SipMessage): RequestParts {
    return { ...this.parts, method: 'ACK', to: response.to, headers: '', body: '' }
  }
}
