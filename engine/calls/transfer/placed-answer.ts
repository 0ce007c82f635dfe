import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Flow } from '../../sip/transport.ts'
import type { DialogOwner } from '../calls.ts'
import type { AboutCall } from '../conversation.ts'
import { Conversation } from '../conversation.ts'
import type { AnsweringSide } from '../fork.ts'
import { Leg } from '../leg.ts'
import { recordedParty } from '../party.ts'
import { partyOf } from '../ring-targets.ts'
import type { CallServices } from '../services.ts'
import { SessionTimer } from '../session-timer.ts'
import type { HandedOnSound } from '../sound/handed-on.ts'
import { goOnRecording } from '../sound/handed-on.ts'
import { joinedSound } from '../sound/joined-sound.ts'
import type { Sound } from '../sound/sound.ts'
import type { Holding } from '../usage.ts'
import { countedOnce } from '../usage.ts'
import type { Description } from './leg-offer.ts'
import { LegOffer, noDescription } from './leg-offer.ts'
import type { PlacedOwner } from './placed-caller.ts'

/** Somebody has answered a placed call, and waits for a session with whoever it was placed for. */
export class PlacedAnswer implements DialogOwner {
  readonly about: AboutCall
  readonly leg: Leg
  readonly response: SipMessage
  /** His INVITE carried somebody's offer: his session has to be agreed on anew. */
  readonly isOffered: boolean
  readonly #services: CallServices
  readonly #owner: PlacedOwner
  readonly #fork: AnsweringSide
  #sound: Sound | null
  #over: boolean

  constructor(
    services: CallServices,
    owner: PlacedOwner,
    fork: AnsweringSide,
    response: SipMessage,
    about: AboutCall,
    holdings: readonly Holding[],
    isOffered: boolean,
  ) {
    this.about = about
    this.response = response
    this.isOffered = isOffered
    this.#services = services
    this.#owner = owner
    this.#fork = fork
    this.#sound = null
    this.#over = false
    const timer = new SessionTimer(about.answeredAt)
    timer.accepted(response, about.answeredAt)
    this.leg = new Leg(fork.answeredDialog(response), partyOf(fork.target), timer, holdings)
    services.calls.register(this.leg.dialog.localTag, this)
  }

  /**
   * What `other` is offered of his session; `null` where it cannot be (488).
   * @param isRecorded the call that `other` comes from
   */
  offerTo(other: Leg, isRecorded: boolean): Description | null {
    const { type, body } = LegOffer.describedIn(this.response)
    this.#sound = joinedSound(this.#services, this.about.id, other, this.leg, isRecorded)
    if (this.#sound === null) return { type, body }
    const passed = this.#sound.offered(this.#sound.callee, this.response)
    return passed === null ? null : { type, body: passed }
  }

  /** What he is answered, where `response` of the other side takes his offer. */
  answerOf(response: SipMessage): Description {
    const { type, body } = LegOffer.describedIn(response)
    return { type, body: this.#sound === null ? body : this.#sound.answered(this.#sound.caller, response) }
  }

  /** What the other side was told of his session. */
  get told(): string {
    return this.#sound === null ? this.response.body : this.#sound.caller.saidLast
  }

  /**
   * His answer is acknowledged; `description` answers his offer. After `join`, where he is joined: then the journal has him
   * as a side, and until then he repeats his answer, by which a process after a crash finds him.
   */
  acknowledge({ type, body }: Description): void {
    const lines = body === '' ? '' : `Content-Type: ${type}\r\n`
    this.#fork.acknowledge(this.leg.dialog, this.response.cseq, lines, body)
  }

  /**
   * He speaks with `other` from now on, who is the caller of this call. Both are released from what they were in.
   * @param recorded the sound of the call that `other` comes from, where that is recorded
   */
  join(other: Leg, recorded: HandedOnSound | null): Conversation {
    const { calls, events, journal } = this.#services
    this.#over = true
    calls.unregister(this.leg.dialog.localTag)
    // What he has of sound was made for this call, or is made now.
    if (!other.hungUp) {
      this.#sound ??= joinedSound(this.#services, this.about.id, other, this.leg, recorded !== null)
    }
    other.sound = null
    goOnRecording(this.#services, recorded, this.#sound, this.about.id, 'caller')
    this.leg.holdings = countedOnce(this.#services.usage, this.leg.holdings, other.holdings)
    const call = new Conversation(this.#services, this.about, other, this.leg, 0)
    if (this.#sound !== null) call.carryJoined(this.#sound, 'callee')
    journal.put('call', call.id, call.save())
    events.answered(call.id, this.about.answeredAt, recordedParty(this.leg.party))
    return call
  }

  /** Nothing comes of it: he is told goodbye. `status`: why, for the record. */
  giveUp(status: number): void {
    if (this.#over) return
    const { calls, obligations } = this.#services
    const { dialog } = this.leg
    if (this.#fork.refuse(status)) calls.unregister(dialog.localTag)
    else {
      this.acknowledge(noDescription)
      obligations.bye(dialog, `Reason: SIP;cause=${status}\r\n`, () => calls.unregister(dialog.localTag))
    }
    this.#end(status)
  }

  requestReceived(request: SipMessage, flow: Flow): void {
    const { transactions } = this.#services
    const { dialog, party } = this.leg
    if (!dialog.matches(request.callId, request.fromTag)) {
      transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    if (!this.#services.admits(request, flow, dialog.flow, party)) return
    dialog.acceptSequence(request.cseq)
    if (request.method === 'INVITE') {
      // RFC 3261 §14.2: his own offer has no answer yet.
      transactions.acceptInvite(request, flow).respond(500, reasonPhrase(500), '', 'Retry-After: 2\r\n', '')
      return
    }
    const server = transactions.acceptRequest(request, flow)
    if (request.method !== 'BYE') {
      server.respond(500, reasonPhrase(500), 'Retry-After: 2\r\n', '')
      return
    }
    server.respond(200, reasonPhrase(200), '', '')
    if (this.#over) return
    this.acknowledge(noDescription)
    this.#services.calls.unregister(dialog.localTag)
    this.#end(487)
    this.#owner.placedFailed(487, reasonPhrase(487))
  }

  ackReceived(): void {
    // He acknowledges nothing of ours.
  }

  lateAnswerReceived(): void {
    // Copies of his answer come to the fork.
  }

  #end(status: number): void {
    this.#over = true
    const { calls, clock, events, journal, sounds, usage } = this.#services
    if (this.#sound !== null) sounds.end(this.#sound)
    for (const holding of this.leg.holdings) usage.give(holding)
    calls.remove(this.about.id, status)
    events.ended(this.about.id, clock.now(), 'server', status, reasonPhrase(status))
    journal.remove('call', this.about.id)
  }
}
