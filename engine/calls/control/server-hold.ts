import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import type { Conversation } from '../conversation.ts'
import { heldAnswer } from '../held-answer.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import type { LegOfferOwner } from '../transfer/leg-offer.ts'
import { LegOffer, noDescription } from '../transfer/leg-offer.ts'

/**
 * Puts one side of a call on hold in the name of the other: the holder is asked for his session, and it is offered to who
 * is held with nothing flowing (RFC 3725 §6). No phone has to have a key for it.
 */
export class ServerHold implements LegOfferOwner {
  readonly #services: CallServices
  readonly #call: Conversation
  readonly #holder: Leg
  readonly #asked: LegOffer
  #told: LegOffer | null
  #offer: string

  constructor(services: CallServices, call: Conversation, holder: Leg) {
    this.#services = services
    this.#call = call
    this.#holder = holder
    this.#asked = new LegOffer(services, call, holder, noDescription, this)
    this.#told = null
    this.#offer = ''
  }

  start(): void {
    this.#asked.start()
  }

  offerAccepted(response: SipMessage): void {
    const held = this.#call.other(this.#holder)
    if (this.#told !== null) {
      const body = this.#call.bodyOfAnswer(held, response)
      this.#asked.acknowledge({ type: response.header(Header.contentType), body })
      this.#told.acknowledge(noDescription)
      this.#call.offerTaken(this.#holder, this.#offer)
      this.#call.refreshed()
      return
    }
    this.#offer = inactive(response.body)
    const passed = this.#call.bodyOfOffer(this.#holder, response)
    if (passed === null || passed === '') {
      this.offerRefused(488)
      return
    }
    const description = { type: response.header(Header.contentType), body: inactive(passed) }
    this.#told = new LegOffer(this.#services, this.#call, held, description, this)
    this.#told.start()
  }

  /** The call stays as it was; who was asked already is left without sound until somebody offers again. */
  offerRefused(status: number): void {
    if (this.#offer !== '') {
      this.#asked.acknowledge({ type: 'application/sdp', body: heldAnswer(this.#offer) })
    }
    this.#services.log.info({ call: this.#call.id, status }, 'A call could not be put on hold')
    if (!this.#call.over && this.#offer !== '') this.#call.offers.resynchronise()
  }
}

/** The same description with nothing flowing in any of its streams (RFC 3264 §8.4). */
export function inactive(description: string): string {
  const kept = description.replace(/a=(?:sendrecv|sendonly|recvonly|inactive)\r?\n/g, '')
  return kept.replace(/^m=/m, 'a=inactive\r\nm=')
}
