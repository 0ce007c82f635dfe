import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import { recordedParty } from '../party.ts'
import { allowHeader, contactHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices } from '../services.ts'
import { goOnRecording } from '../sound/handed-on.ts'
import { joinedSound } from '../sound/joined-sound.ts'
import type { Sound } from '../sound/sound.ts'
import type { TakenInvite } from '../taken-invite.ts'
import type { LegOfferOwner } from '../transfer/leg-offer.ts'
import { LegOffer, noDescription } from '../transfer/leg-offer.ts'
import type { Holding } from '../usage.ts'
import type { ParkedCall } from './parked-call.ts'

/**
 * Somebody fetches a parked call: who waits is offered his session by a re-INVITE, and he is answered with what that
 * accepts. Where it does not accept, the call waits on.
 */
export class Fetching implements LegOfferOwner {
  readonly #services: CallServices
  readonly #parked: ParkedCall
  readonly #taken: TakenInvite
  readonly #leg: Leg
  #sound: Sound | null
  #offer: LegOffer | null

  private constructor(services: CallServices, parked: ParkedCall, taken: TakenInvite, leg: Leg) {
    this.#services = services
    this.#parked = parked
    this.#taken = taken
    this.#leg = leg
    this.#sound = null
    this.#offer = null
  }

  static start(services: CallServices, parked: ParkedCall, taken: TakenInvite, holdings: readonly Holding[]): void {
    const fetching = new Fetching(services, parked, taken, taken.leg(holdings))
    if (hasSessionDescription(taken.request)) fetching.#begin()
    else fetching.#refuse(488)
  }

  offerAccepted(answer: SipMessage): void {
    const services = this.#services
    const { call, leg } = this.#parked
    const own = this.#leg
    const body = this.#sound === null ? answer.body : this.#sound.answered(this.#sound.caller, answer)
    this.#offer?.acknowledge(noDescription)
    this.#taken.whenCancelled = null
    const { id, startedAt, dialled, request, transaction } = this.#taken
    const now = services.clock.now()
    this.#parked.leave()
    const transfers = call.transfers + 1
    const recorded = call.handOnSound(leg)
    call.release(leg, id)
    leg.sound = null
    goOnRecording(services, recorded, this.#sound, id, 'caller')
    const joined = new Conversation(services, { id, startedAt, answeredAt: now, dialled, transfers }, leg, own, 0)
    if (this.#sound !== null) joined.carryJoined(this.#sound, 'callee')
    leg.describe(request, this.#sound === null ? request.body : this.#sound.caller.saidLast)
    const session = own.timer.accepting(request, now)
    own.describe(answer, body)
    const headers =
      contactHeader(services.network, transaction.flow) +
      allowHeader(leg.timer.allowsUpdate) +
      session +
      'Content-Type: application/sdp\r\n'
    const text = transaction.respond(200, reasonPhrase(200), own.dialog.localTag, headers, body)
    services.obligations.answerSettled(transaction)
    joined.answered(own, text, transaction.flow, request.cseq, null)
    services.counters.final(200)
    services.journal.put('call', id, joined.save())
    const { party } = leg
    services.events.answered(id, now, recordedParty(party))
  }

  offerRefused(status: number): void {
    this.#refuse(status === 491 || status === 408 || status === 481 ? 480 : 488)
  }

  #begin(): void {
    const services = this.#services
    const { call, leg } = this.#parked
    const { id, request } = this.#taken
    this.#sound = joinedSound(services, id, leg, this.#leg, call.isRecorded)
    const body = this.#sound === null ? request.body : this.#sound.offered(this.#sound.callee, request)
    if (body === null) {
      this.#refuse(488)
      return
    }
    this.#parked.busy = true
    this.#taken.whenCancelled = () => this.#giveUp()
    this.#offer = new LegOffer(services, call, leg, { type: 'application/sdp', body }, this)
    this.#offer.start()
  }

  /** Who fetches it has hung up meanwhile. */
  #giveUp(): void {
    this.#offer?.withdraw()
    this.#end()
  }

  #refuse(status: number): void {
    this.#end()
    this.#taken.refuse(status, reasonPhrase(status), '')
  }

  #end(): void {
    this.#parked.busy = false
    if (this.#sound !== null) this.#services.sounds.end(this.#sound)
    this.#sound = null
    for (const holding of this.#leg.holdings) this.#services.usage.give(holding)
  }
}
