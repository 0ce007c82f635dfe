import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import { FinalAnswer } from './final-answer.ts'
import type { IncomingInvite } from './incoming-invite.ts'
import type { Leg } from './leg.ts'
import type { Phone } from './phone.ts'

/** A re-INVITE of the other side: answered now, late, or refused. */
export class IncomingReinvite implements IncomingInvite, TimerOwner {
  readonly silent = false
  open = true
  readonly #phone: Phone
  readonly #leg: Leg
  readonly #request: SipMessage
  #failure: FinalAnswer | null = null

  constructor(phone: Phone, leg: Leg, request: SipMessage) {
    this.#phone = phone
    this.#leg = leg
    this.#request = request
  }

  begin(): void {
    const { chance, world } = this.#phone
    const after = chance.weighted({ now: 60, soon: 30, late: 10 })
    if (after === 'now') this.timerFired()
    else world.clock.start(after === 'soon' ? chance.between(10, 1000) : chance.between(1000, 6000), this, 'answer')
  }

  timerFired(): void {
    if (!this.open) return
    if (!this.#leg.isRefresh(this.#request) && this.#phone.chance.happens(0.12)) {
      this.#leg.refusedOffer = true
      this.refuse(488)
      return
    }
    this.open = false
    this.#leg.acceptReinvite(this.#request)
  }

  refuse(status: number): void {
    this.open = false
    const text = this.#phone.responseText(this.#request, status, '', '', '')
    this.#failure = new FinalAnswer(this.#phone, text, this.#request.cseq, () => {
      const { watch } = this.#phone.world
      if (watch.restarts === 0) watch.fail(`${status} to a re-INVITE got no ACK: ${this.#leg.title}`)
    })
  }

  retransmitted(): void {
    // Late answers are repeated by themselves.
    if (this.open) this.#phone.send(this.#phone.responseText(this.#request, 100, '', '', ''))
  }

  acknowledged(): void {
    this.#failure?.stop()
  }

  cancelled(): void {
    if (this.open) this.refuse(487)
  }
}
