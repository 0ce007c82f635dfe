import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Arrangement } from '../arrangement.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import { allowHeader, contactHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices } from '../services.ts'
import { joinedSound } from '../sound/joined-sound.ts'
import type { Sound } from '../sound/sound.ts'
import type { TakenInvite } from '../taken-invite.ts'
import { DepartingLeg } from './departing-leg.ts'
import type { Description, LegOfferOwner } from './leg-offer.ts'
import { LegOffer, noDescription } from './leg-offer.ts'

/**
 * An INVITE takes the place of one side of an answered call (RFC 3891): the side that stays is offered the session of
 * whoever comes, and whoever was there is told goodbye.
 */
export class Takeover implements Arrangement, LegOfferOwner {
  /** The side that stays. */
  readonly leg: Leg
  readonly #services: CallServices
  readonly #taken: TakenInvite
  readonly #call: Conversation
  readonly #replaced: Leg
  readonly #by: Leg
  readonly #sound: Sound | null
  #offer: LegOffer | null
  #over: boolean

  /** @param replaced the side in whose place it comes */
  constructor(services: CallServices, taken: TakenInvite, call: Conversation, replaced: Leg) {
    this.leg = call.other(replaced)
    this.#services = services
    this.#taken = taken
    this.#call = call
    this.#replaced = replaced
    const { party } = taken
    this.#by = taken.leg([services.usage.take(party.kind === 'user' ? 'line' : 'channel', party.id)])
    const [caller, callee] = call.caller === replaced ? [this.#by, this.leg] : [this.leg, this.#by]
    this.#sound = joinedSound(services, call.id, caller, callee, call.isRecorded)
    this.#offer = null
    this.#over = false
  }

  start(): void {
    this.#call.arrange(this)
    this.#taken.whenCancelled = () => this.#withdrawn()
    const offer = this.#offerOf()
    if (offer === null) {
      this.offerRefused(488)
      return
    }
    this.#offer = new LegOffer(this.#services, this.#call, this.leg, offer, this)
    this.#offer.start()
  }

  offerAccepted(response: SipMessage): void {
    const services = this.#services
    const call = this.#call
    const by = this.#by
    const offer = this.#offer
    if (this.#over || offer === null) return
    this.#over = true
    const { request, transaction, flow } = this.#taken
    const offered = hasSessionDescription(request)
    const side = this.#sideOf(this.leg)
    let body: string | null = response.body
    if (this.#sound !== null && side !== null) {
      body = offered ? this.#sound.answered(side, response) : this.#sound.offered(side, response)
    }
    call.arrange(null)
    call.replace(this.#replaced, by)
    call.carryInstead(this.#sound, call.caller === by ? 'caller' : 'callee')
    if (!this.#replaced.hungUp) DepartingLeg.depart(services, this.#replaced, null)
    const session = by.timer.accepting(request, services.clock.now())
    const { type } = LegOffer.describedIn(response)
    const headers =
      contactHeader(services.network, flow) +
      allowHeader(this.leg.timer.allowsUpdate) +
      session +
      (body === '' || body === null ? '' : `Content-Type: ${type}\r\n`)
    const text = transaction.respond(200, reasonPhrase(200), by.dialog.localTag, headers, body ?? '')
    this.#taken.tookOver(call.id, this.#replaced.party.title)
    const pass = (lines: string, answer: string) => offer.acknowledgeBy(lines, answer)
    call.answered(by, text, flow, request.cseq, offered ? null : { sequence: offer.sequence, pass })
    if (offered) {
      offer.acknowledge(noDescription)
      this.leg.describe(request, side?.saidLast ?? request.body)
      by.describe(response, body ?? '')
      call.offerTaken(by, request.body)
    }
    call.refreshed()
  }

  offerRefused(status: number): void {
    if (this.#over) return
    this.#end()
    this.#taken.refuse(status, reasonPhrase(status), '')
    if (this.#call.isAlone(this.leg)) this.#call.hangUp('')
  }

  otherLeft(): void {
    // Who is replaced has gone before he was told to.
  }

  callEnded(): void {
    if (this.#over) return
    this.#end()
    this.#offer?.withdraw()
    this.#taken.refuse(481, reasonPhrase(481), '')
  }

  /** Whoever wanted it gives up. */
  #withdrawn(): void {
    if (this.#over) return
    this.#end()
    this.#offer?.withdraw()
    if (this.#call.isAlone(this.leg)) this.#call.hangUp('')
  }

  #end(): void {
    const { sounds, usage } = this.#services
    this.#over = true
    this.#call.arrange(null)
    for (const holding of this.#by.holdings) usage.give(holding)
    if (this.#sound !== null) sounds.end(this.#sound)
  }

  #offerOf(): Description | null {
    const { request } = this.#taken
    if (!hasSessionDescription(request)) return noDescription
    const { type, body } = LegOffer.describedIn(request)
    const side = this.#sideOf(this.#by)
    if (this.#sound === null || side === null) return { type, body }
    const passed = this.#sound.offered(side, request)
    return passed === null ? null : { type, body: passed }
  }

  #sideOf(leg: Leg) {
    if (this.#sound === null) return null
    const isCaller = (this.#call.caller === this.#replaced) === (leg === this.#by)
    return isCaller ? this.#sound.caller : this.#sound.callee
  }
}
