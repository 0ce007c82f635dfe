import type { LampDialog, Lamps } from '../lamps/lamp-dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import { parseMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { Flow } from '../sip/transport.ts'
import type { CallView, DialogOwner, VisibleCall } from './calls.ts'
import type { AboutCall } from './conversation.ts'
import { lampOfLeg, touchParty } from './lamp-dialogs.ts'
import type { Leg } from './leg.ts'
import { restOf } from './leg.ts'
import { isTaken } from './leg-requests.ts'
import { LocalOffers, sdpType } from './local-offers.ts'
import { allowLine, contactHeader, hasSessionDescription } from './passing.ts'
import { repeatAnswer, stopAnswer } from './repeated-answer.ts'
import { answerKey, loadAnswer } from './saved-answer.ts'
import type { SavedLocalCall } from './saved-local-call.ts'
import { saveLocalCall } from './saved-local-call.ts'
import type { CallServices } from './services.ts'
import { sessionExpired } from './session-timer.ts'
import type { TimedCall } from './session-timers.ts'

/** What the server itself says in a call that it has answered. */
export interface LocalSound {
  /**
   * @param offer of the phone's; '': an offer of ours is wanted
   * @param told called once, now or later: our answer or offer; '' where nothing of the offer can be taken (488)
   */
  describe(offer: string, told: (description: string) => void): void
  /** The phone's answer to our offer; '' where it gave none. */
  answered(description: string): void
  /** The call is over, or goes on without us. */
  ended(): void
}

/** Why the server has answered a call, and what becomes of it. */
export interface LocalPurpose {
  /** For people, in lists of calls. */
  readonly title: string
  /** The phone has acknowledged our answer: from now on it hears us. */
  begun(call: LocalCall): void
  /** The call is over. `by` 'caller': he hung up, or is gone. */
  ended(call: LocalCall, by: 'caller' | 'server'): void
}

/** A call whose other end is the server: one dialog, with a phone or trunk. */
export class LocalCall implements DialogOwner, VisibleCall, TimedCall {
  readonly leg: Leg
  readonly purpose: LocalPurpose
  readonly #services: CallServices
  readonly #about: AboutCall
  readonly #sound: LocalSound
  readonly #offers: LocalOffers
  #over: boolean
  /** The purpose was told that the phone hears us. */
  #begun: boolean
  /** Our answer had no offer to answer: the ACK brings the phone's. */
  #offered: boolean

  constructor(services: CallServices, about: AboutCall, leg: Leg, sound: LocalSound, purpose: LocalPurpose) {
    this.leg = leg
    this.purpose = purpose
    this.#services = services
    this.#about = about
    this.#sound = sound
    this.#over = false
    this.#begun = false
    this.#offered = false
    this.#offers = new LocalOffers(services, this, sound)
    services.calls.set(about.id, this)
    services.calls.register(leg.dialog.localTag, this)
    services.sessionTimers.add(this)
  }

  /**
   * Answers the INVITE that began it.
   * @param description our session description
   * @param headers whole further lines
   */
  answer(invite: SipMessage, transaction: InviteServerTransaction, description: string, headers: string): void {
    const { dialog, timer } = this.leg
    this.#offered = !hasSessionDescription(invite)
    const session = timer.accepting(invite, this.#services.clock.now())
    const own = contactHeader(this.#services.network, transaction.flow) + allowLine + headers + session
    this.#offers.describe(description)
    const text = transaction.respond(200, reasonPhrase(200), dialog.localTag, own + sdpType, description)
    this.#answered(text, transaction.flow, invite.cseq)
    this.#save()
  }

  /** Whether somebody has hung up. */
  get over(): boolean {
    return this.#over
  }

  get id(): string {
    return this.#about.id
  }

  get sound(): LocalSound {
    return this.#sound
  }

  /** Ends the call by BYE. `reason`: whole lines for it. */
  hangUp(reason: string): void {
    this.#end('server', reason)
  }

  // --- requests of the phone

  requestReceived(request: SipMessage, flow: Flow): void {
    const { leg } = this
    const { transactions } = this.#services
    if (!isTaken(this.#services, leg, this.#over, request, flow)) return
    switch (request.method) {
      case 'BYE':
        transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
        this.#end('caller', '')
        return
      case 'INVITE':
        this.#offers.invited(request, flow)
        return
      case 'UPDATE':
        this.#offers.updated(request, flow)
        return
      case 'INFO':
      case 'OPTIONS':
        this.#save()
        transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), allowLine, '')
        return
      case 'PRACK':
        this.#save()
        transactions.acceptRequest(request, flow).respond(481, reasonPhrase(481), '', '')
        return
      default:
        this.#save()
        transactions.acceptRequest(request, flow).respond(405, reasonPhrase(405), allowLine, '')
    }
  }

  ackReceived(ack: SipMessage, flow: Flow): void {
    const { leg } = this
    if (leg.answer === null || leg.answer.sequence !== ack.cseq) return
    if (!leg.dialog.matches(ack.callId, ack.fromTag) || flow.address !== leg.dialog.flow.address) return
    this.#acknowledged()
    const offered = this.#offered
    this.#offered = false
    if (offered) this.#sound.answered(hasSessionDescription(ack) ? ack.body : '')
    if (this.#settle() || this.#begun) return
    this.#begun = true
    this.purpose.begun(this)
  }

  lateAnswerReceived(): void {
    // A 2xx to a refresh comes to its transaction; of others there are none.
  }

  // --- for the refresh of the session

  timersDue(now: number): void {
    const { leg } = this
    if (this.#over || leg.timer.nextAt > now) return
    if (leg.timer.expired(now)) {
      this.unseen(leg)
      return
    }
    this.#offers.refresh()
    this.#save()
  }

  other(leg: Leg): Leg {
    return leg
  }

  phoneCameBack(userId: string, lost: readonly Flow[], flow: Flow): void {
    if (this.leg.follow(userId, lost, flow) && !this.#over) this.#save()
  }

  refreshed(): void {
    this.#save()
  }

  renegotiated(): void {
    this.#offers.refreshed()
    this.#save()
  }

  lost(): void {
    this.#end('caller', '')
  }

  unseen(leg: Leg): void {
    this.#services.log.info(
      { call: this.id, party: leg.party.title },
      'A phone was not seen for too long: the call ends',
    )
    this.#end('server', sessionExpired)
  }

  view(): CallView {
    const { id, startedAt, answeredAt, dialled } = this.#about
    const { party } = this.leg
    const callee = this.purpose.title
    const state = 'answered'
    return {
      id,
      state,
      heldBy: 'nobody',
      caller: party.title,
      dialled,
      callee,
      startedAt,
      answeredAt,
      parties: [party],
    }
  }

  touchLamps(lamps: Lamps): void {
    touchParty(lamps, this.leg.party, this)
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (this.#over) return
    const { party } = this.leg
    if (party.kind === 'user' && party.id === key) dialogs.push(lampOfLeg(this.id, this.leg, 'caller'))
  }

  // --- journal

  save(): string {
    return saveLocalCall({ about: this.#about, leg: this.leg, over: this.#over })
  }

  /** Takes up a call of the process before this one. */
  static restore(services: CallServices, saved: SavedLocalCall, sound: LocalSound, purpose: LocalPurpose): LocalCall {
    const { about, leg, over } = saved
    const call = new LocalCall(services, about, leg, sound, purpose)
    if (over) {
      call.#over = true
      sound.ended()
      services.sessionTimers.remove(call)
      services.calls.remove(about.id, 200)
    }
    return call
  }

  /** Goes on repeating the answer of the process before this one. */
  resumeAnswer(value: string): void {
    const saved = loadAnswer(value)
    if (saved === null) return
    const { text, flow, sequence } = saved
    const answer = parseMessage(text)
    if (answer !== null) this.#services.transactions.resumeAnswered(answer, flow)
    this.#services.network.send(flow, text, null)
    this.#answered(text, flow, sequence)
  }

  /** All entries of the journal are taken up. */
  restored(): void {
    const { callId, remoteTag, remoteSequence } = this.leg.dialog
    this.#services.transactions.resumeOrigin(callId, remoteTag, remoteSequence)
    if (this.leg.answer === null && !this.#settle()) this.purpose.begun(this)
  }

  #save(): void {
    if (!this.#over) this.#services.journal.put('call', this.id, this.save())
  }

  // --- ending

  #answered(text: string, flow: Flow, sequence: number): void {
    const saved = { text, sequence, awaited: -1, flow }
    repeatAnswer(this.#services, answerKey(this.id, 'caller'), this.leg, saved, () => this.#notAcknowledged())
  }

  #acknowledged(): void {
    stopAnswer(this.#services, answerKey(this.id, 'caller'), this.leg)
  }

  #notAcknowledged(): void {
    this.#acknowledged()
    if (!this.#settle()) this.#end('server', '')
  }

  /** Our answer is acknowledged or given up. @returns false while the call goes on */
  #settle(): boolean {
    const { leg } = this
    if (!this.#over) return false
    if (leg.byeWanted !== null) this.#bye(leg.byeWanted)
    else if (leg.hungUp) {
      this.#services.calls.unregister(leg.dialog.localTag)
      this.#services.journal.remove('call', this.id)
    }
    return true
  }

  #end(by: 'caller' | 'server', reason: string): void {
    if (this.#over) return
    this.#over = true
    const { calls, clock, events, journal, sessionTimers, usage } = this.#services
    const { leg } = this
    this.#offers.stop()
    sessionTimers.remove(this)
    for (const holding of leg.holdings) usage.give(holding)
    calls.remove(this.id, 200)
    events.ended(this.id, clock.now(), by, 200, reasonPhrase(200))
    this.#sound.ended()
    this.purpose.ended(this, by)
    // §13.3.1.4, §15: whoever has not acknowledged our answer is still told of it, and hears our BYE only then.
    if (by === 'caller') leg.hungUp = true
    else if (leg.answer !== null) leg.byeWanted = reason
    else this.#bye(reason)
    if (restOf(leg) === '-') this.#settle()
    else journal.put('call', this.id, this.save())
  }

  #bye(reason: string): void {
    const { calls, journal, obligations } = this.#services
    const { dialog } = this.leg
    this.leg.byeWanted = null
    // Until it is answered, a BYE that crosses ours still belongs to this dialog.
    obligations.bye(dialog, reason, () => calls.unregister(dialog.localTag))
    journal.remove('call', this.id)
  }
}
