import type { LampDialog, Lamps } from '../lamps/lamp-dialog.ts'
import type { EndedBy } from '../records/call-events.ts'
import type { Dialog } from '../sip/dialog.ts'
import { ackWithin } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { Arrangement } from './arrangement.ts'
import type { Notice } from './call-length.ts'
import { endOfCall, lookAtLength } from './call-length.ts'
import type { CallView, DialogOwner, VisibleCall } from './calls.ts'
import { ConversationEnding } from './conversation-ending.ts'
import { takeRequest } from './conversation-requests.ts'
import { ConversationSound } from './conversation-sound.ts'
import type { EarlyDialog } from './early-dialog.ts'
import { heldAnswer } from './held-answer.ts'
import { answersHold, heldBy, offersHold } from './hold.ts'
import { isUserOf, lampOfLeg, touchParty } from './lamp-dialogs.ts'
import type { LateAnswer, Leg } from './leg.ts'
import { comesFrom, isInOrder } from './leg-requests.ts'
import { Offers } from './offers.ts'
import { recordedParty } from './party.ts'
import type { PassedRequestOwner } from './passed-request.ts'
import { allowHeader, hasSessionDescription, passedHeaders } from './passing.ts'
import { repeatAnswer, stopAnswer } from './repeated-answer.ts'
import type { Side } from './saved-answer.ts'
import { answerKey, resumeAnswer } from './saved-answer.ts'
import { loadConversation, saveConversation } from './saved-conversation.ts'
import type { CallServices } from './services.ts'
import { sessionExpired } from './session-timer.ts'
import type { TimedCall } from './session-timers.ts'
import type { RecordingAction, RecordingAnswer } from './sound/call-recording.ts'
import type { HandedOnSound } from './sound/handed-on.ts'
import type { RecordingTerms } from './sound/recording-terms.ts'
import type { PassingSound, Sound } from './sound/sound.ts'
import { countedOnce } from './usage.ts'

export interface AboutCall {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly answeredAt: number
  /** As dialled; binary string. */
  readonly dialled: string
  /** How often one of its sides was handed on already: a chain of transfers that goes round ends somewhere. */
  readonly transfers: number
}

/**
 * An answered call: two dialogs and what is passed between them until one side hangs up. Both end, or none; but a side
 * can be replaced by another one while the call goes on.
 */
export class Conversation implements DialogOwner, VisibleCall, TimedCall, PassedRequestOwner {
  readonly #services: CallServices
  readonly #about: AboutCall
  /** It was answered by a process before this one. */
  #isRestored: boolean
  /** When it is too long; 0 before that was asked for, and after a side has changed. */
  #endsAt: number
  #notice: Notice
  #caller: Leg
  #callee: Leg
  #offers: Offers | null
  #arrangement: Arrangement | null
  #ending: ConversationEnding | null
  /** `null` where sound does not pass through us. */
  #sound: ConversationSound | null
  /** RSeq of a provisional response to the caller that was not acknowledged when the call was answered; 0. */
  #lateProgress: number
  /** The ACK of a 2xx that the process before this one took: no transaction repeats it. */
  #resumedAck: { readonly sequence: number; readonly text: string; readonly dialog: Dialog } | null

  constructor(services: CallServices, about: AboutCall, caller: Leg, callee: Leg, lateProgress: number) {
    this.#services = services
    this.#about = about
    this.#isRestored = false
    this.#endsAt = 0
    this.#notice = 'none'
    this.#caller = caller
    this.#callee = callee
    this.#offers = null
    this.#arrangement = null
    this.#ending = null
    this.#sound = null
    this.#lateProgress = lateProgress
    this.#resumedAck = null
    services.calls.set(about.id, this)
    if (!caller.hungUp) this.#takeIn(caller)
    if (!callee.hungUp) this.#takeIn(callee)
    services.sessionTimers.add(this)
  }

  /**
   * The callee has answered the caller's INVITE: session timers are agreed on both sides. What was said early counts
   * where the answer says nothing.
   * @param offer body of the INVITE as the callee got it
   * @param answerBody body of the answer as the caller gets it
   * @returns whole lines for the 2xx to the caller
   */
  begin(
    invite: SipMessage,
    offer: string,
    answer: SipMessage,
    answerBody: string,
    early: EarlyDialog | undefined,
  ): string {
    const { answeredAt } = this.#about
    this.callee.timer.accepted(answer, answeredAt)
    this.callee.describe(invite, offer)
    if (early !== undefined) this.callee.describedEarly(early.told)
    const lines = this.caller.timer.accepting(invite, answeredAt)
    if (early !== undefined) this.caller.describedEarly(early.said)
    this.caller.describe(answer, answerBody)
    return lines
  }

  // --- requests of either side

  requestReceived(request: SipMessage, flow: Flow, localTag: string): void {
    const leg = this.legOf(localTag)
    // RFC 3262 §3: a PRACK that is late is answered all the same, though the call has ended meanwhile.
    const isOver = this.over && request.method !== 'PRACK'
    if (!comesFrom(this.#services, leg, isOver, request, flow)) return
    if (!isInOrder(this.#services, leg, request, flow)) {
      // Its answer was lost with the process before this one: the side takes its offer for refused, the other one for taken.
      if (this.#isRestored && !this.over && request.method === 'UPDATE' && hasSessionDescription(request)) {
        this.offers.resynchronise()
        this.#save()
      }
      return
    }
    takeRequest(this.#services, this, leg, request, flow)
  }

  ackReceived(ack: SipMessage, flow: Flow, localTag: string): void {
    const leg = this.legOf(localTag)
    const { answer } = leg
    if (answer === null || answer.sequence !== ack.cseq || !leg.dialog.matches(ack.callId, ack.fromTag)) return
    // An ACK cannot be asked for a password, and it may carry where sound goes: only from where the leg signals.
    if (flow.address !== leg.dialog.flow.address) return
    this.#acknowledged(leg)
    const { lateAnswer } = leg
    leg.lateAnswer = null
    const body = lateAnswer === null ? ack.body : this.bodyOfAnswer(leg, ack)
    this.other(leg).describe(ack, body)
    if (lateAnswer !== null) this.answerTaken(leg, ack.body)
    lateAnswer?.pass(passedHeaders(ack), body)
    if (this.#ending !== null) this.#ending.settle(leg)
    // What the other side was told by it may have to be repeated by the next process.
    else if (lateAnswer !== null) this.#save()
  }

  lateAnswerReceived(response: SipMessage, localTag: string): void {
    const leg = this.legOf(localTag)
    const { transactions, network, random } = this.#services
    if (this.over || !leg.dialog.matches(response.callId, response.toTag)) return
    // What its ACK has to carry is still on its way.
    if (this.other(leg).lateAnswer?.sequence === response.cseq) return
    if (this.#resumedAck?.sequence === response.cseq && this.#resumedAck.dialog === leg.dialog) {
      network.send(leg.dialog.flow, this.#resumedAck.text, null)
      return
    }
    // Our ACK of it was lost with the process that sent it.
    transactions.sendAck(ackWithin(leg.dialog, response.cseq, '', '', network, random), leg.dialog.flow)
    // And with it the answer to what may have been an offer.
    if (hasSessionDescription(response)) this.offers.resynchronise()
  }

  // --- for offers, refreshes and passed requests

  get id(): string {
    return this.#about.id
  }

  get caller(): Leg {
    return this.#caller
  }

  get callee(): Leg {
    return this.#callee
  }

  get over(): boolean {
    return this.#ending !== null
  }

  other(leg: Leg): Leg {
    return leg === this.#caller ? this.#callee : this.#caller
  }

  /** The side whose dialog has our tag `localTag`. */
  legOf(localTag: string): Leg {
    return localTag === this.#callee.dialog.localTag ? this.#callee : this.#caller
  }

  /**
   * `by` takes the place of `leg` while the other side stays: transfer, pickup, park. Only while nothing is under way
   * between the sides (`isSettled`); afterwards both have to agree on a session. Whoever asks for it ends `leg`, and gives
   * back what it holds.
   */
  replace(leg: Leg, by: Leg): void {
    const { calls } = this.#services
    if (leg.answer !== null) this.#acknowledged(leg)
    calls.touchLamps(this)
    this.#endsAt = 0
    by.holdings = countedOnce(this.#services.usage, by.holdings, this.other(leg).holdings)
    if (leg === this.#caller) this.#caller = by
    else this.#callee = by
    calls.unregister(leg.dialog.localTag)
    this.#takeIn(by)
    calls.touchLamps(this)
    this.#save()
  }

  /** What is being arranged for one of its sides; `null` where nothing is. */
  get arrangement(): Arrangement | null {
    return this.#arrangement
  }

  /** One thing at a time: the one before is over. */
  arrange(arrangement: Arrangement | null): void {
    this.#arrangement = arrangement
  }

  /**
   * A side is sent away while something is arranged for the other, which is alone from now on. Whoever asks for it tells it
   * goodbye (`DepartingLeg`). Only while `isSettled`.
   */
  vacate(leg: Leg): void {
    this.#give(leg)
    leg.hungUp = true
    leg.heldSince = 0
    this.#answerFor(leg)
    if (leg.answer !== null) this.#acknowledged(leg)
    this.#offers?.otherLeft()
    this.#services.calls.unregister(leg.dialog.localTag)
    this.#services.calls.touchLamps(this)
    this.#save()
  }

  /** The other side has hung up, and this one waits for what is being arranged for it. */
  isAlone(leg: Leg): boolean {
    return !this.over && this.other(leg).hungUp
  }

  /**
   * `leg` goes over to another call, and this one ends. The other side, unless it has hung up, is the caller's of this
   * method from now on, who tells it goodbye. Only while `isSettled`.
   * @param into id of the other call
   */
  release(leg: Leg, into: string): void {
    if (this.#ending !== null) return
    const { calls, clock, events } = this.#services
    const other = this.other(leg)
    this.#ending = new ConversationEnding(this.#services, this)
    if (other.answer !== null) this.#acknowledged(other)
    events.transferred(this.id, clock.now(), recordedParty(other.party), into)
    this.#over(leg === this.#caller ? 'callee' : 'caller')
    calls.unregister(leg.dialog.localTag)
    calls.unregister(other.dialog.localTag)
    // That it is over must be known before the other call is: a removal may be written later (`Journal.remove`).
    this.#services.journal.put('call', this.id, 'moved')
    this.#services.journal.remove('call', this.id)
  }

  phoneCameBack(userId: string, lost: readonly Flow[], flow: Flow): void {
    const callerCame = this.#caller.follow(userId, lost, flow)
    if ((this.#callee.follow(userId, lost, flow) || callerCame) && !this.over) this.#save()
  }

  /** Ends it on both sides. `reason`: whole lines of the BYEs. */
  hangUp(reason: string): void {
    this.#end(null, reason)
  }

  /** What is offered between its sides, or to one of them by somebody who is not in the call yet. */
  get offers(): Offers {
    this.#offers ??= new Offers(this.#services, this, false)
    return this.#offers
  }

  /** The Allow line for a side. */
  allowFor(leg: Leg): string {
    return allowHeader(this.other(leg).timer.allowsUpdate)
  }

  /** How often its sides were handed on. */
  get transfers(): number {
    return this.#about.transfers
  }

  /**
   * Goes on with no offer open and no answer of ours unacknowledged, so that the side of `leg` can be joined to another one.
   * Of the other side's too, unless it has left: it would be told goodbye instead of its answer.
   */
  isSettled(leg: Leg): boolean {
    if (this.over || this.#offers?.open === true || leg.answer !== null) return false
    const other = this.other(leg)
    return other.lateAnswer === null && (other.hungUp || other.answer === null)
  }

  /** A 2xx to an INVITE of this leg was just sent: it is repeated until acknowledged, by the next process if need be. */
  answered(leg: Leg, text: string, flow: Flow, sequence: number, lateAnswer: LateAnswer | null): void {
    leg.lateAnswer = lateAnswer
    const saved = { text, sequence, awaited: lateAnswer?.sequence ?? -1, flow }
    repeatAnswer(this.#services, this.#answerKey(leg), leg, saved, () => this.#notAcknowledged(leg))
  }

  // --- sound

  /** Its sound passes through us, between these ends. */
  carry(sound: Sound): void {
    this.#soundOf().carry(sound)
  }

  /** Likewise between two who were brought together. @param newcomer who has come to the other one */
  carryJoined(sound: Sound, newcomer: Side): void {
    this.#soundOf().carryJoined(sound, newcomer)
  }

  /**
   * A side is new here: what passed of sound was between others.
   * @param sound between those who are here now
   * @param newcomer which side that is
   * @param recorded what the newcomer brings with him
   */
  carryInstead(sound: Sound | null, newcomer: Side, recorded: HandedOnSound | null = null): void {
    if (sound !== null || this.#sound !== null || recorded !== null) {
      this.#soundOf().carryInstead(sound, newcomer, recorded)
    }
  }

  /** It is being recorded at this moment, or paused. */
  get isRecorded(): boolean {
    return this.#sound?.isRecorded === true
  }

  /** `leg` is about to go over to another call (`release`): what is recorded may go on there. */
  handOnSound(leg: Leg): HandedOnSound | null {
    return this.#sound?.handOn(leg) ?? null
  }

  /** Who waits parked hears this music. */
  playTo(leg: Leg, musicId: string): void {
    this.#sound?.playTo(leg, musicId)
  }

  /** It may be recorded, as these terms say; whoever's mode asks for it has it from now on. */
  recordAs(terms: RecordingTerms): void {
    this.#sound?.recordAs(terms)
  }

  /**
   * An administrator's order about recording. Sound that is direct passes through us from now on: both sides are asked for
   * a session anew, once, and it is never moved back (docs/media.md).
   * @returns `done`, or a sentence that says why not
   */
  orderRecording(action: RecordingAction): RecordingAnswer {
    return this.over ? 'The call is over' : this.#soundOf().orderRecording(action)
  }

  /** A side insists on encryption and its keys are of no use. */
  get keysAreBroken(): boolean {
    return this.#sound?.keysAreBroken === true
  }

  /** What this side's offer says to the other; `null` where it cannot be passed on (488). */
  bodyOfOffer(from: Leg, message: SipMessage): string | null {
    return this.#sound === null ? message.body : this.#sound.bodyOfOffer(from, message)
  }

  /** Likewise its answer to an offer of the other. */
  bodyOfAnswer(from: Leg, message: SipMessage): string {
    return this.#sound === null ? message.body : this.#sound.bodyOfAnswer(from, message)
  }

  /** Both sides hear that the call ends soon. @returns whether they can */
  giveNotice(): boolean {
    return this.#sound?.giveNotice() === true
  }

  /** They have heard it. */
  endNotice(): void {
    this.#sound?.endNotice()
  }

  /** For offers that go by UPDATE; `null` where sound does not pass through us. */
  passing(from: Leg): PassingSound | null {
    return this.#sound?.passing(from) ?? null
  }

  #soundOf(): ConversationSound {
    this.#sound ??= new ConversationSound(this.#services, this)
    return this.#sound
  }

  /** The renegotiation has its final answer. */
  renegotiated(): void {
    this.#offers?.settled()
    this.#sound?.renegotiated()
    this.#save()
  }

  /** A side was seen, or is to be looked for again later. */
  refreshed(): void {
    this.#save()
  }

  /** Both sides have agreed on what `leg` offered: it holds the other side, or does not. */
  offerTaken(leg: Leg, offer: string): void {
    this.#holds(leg, offersHold(offer))
  }

  /** Likewise where `leg` answered the offer of the other side. */
  answerTaken(leg: Leg, answer: string): void {
    this.#holds(leg, answersHold(answer, this.other(leg).heldSince !== 0))
  }

  lostAt(dialog: Dialog): void {
    for (const leg of [this.#caller, this.#callee]) if (leg.dialog.localTag === dialog.localTag) this.lost(leg)
  }

  timersDue(now: number): void {
    if (this.#services.ready) this.#lookAtLength(now)
    for (const leg of [this.#caller, this.#callee]) {
      if (this.over || leg.hungUp || leg.timer.nextAt > now) continue
      if (leg.timer.expired(now)) {
        this.unseen(leg)
        return
      }
      this.offers.refresh(leg)
      this.#save()
    }
  }

  /** One side has hung up. `reason`: whole lines for the BYE to the other. */
  hungUpBy(leg: Leg, reason: string): void {
    this.#end(leg, reason)
  }

  /** An INFO about the recording or for it. @returns whether it is answered here */
  informed(leg: Leg, request: SipMessage, flow: Flow): boolean {
    return this.#sound?.informed(leg, request, flow) === true
  }

  /** RFC 3262 §3: an acknowledgement may come after the answer. @returns false where there was nothing to acknowledge */
  lateProgressAcknowledged(leg: Leg, responseNumber: number): boolean {
    if (leg !== this.#caller || responseNumber === 0 || responseNumber !== this.#lateProgress) return false
    this.#lateProgress = 0
    return true
  }

  /** One side is gone without a BYE: the other is told. */
  lost(leg: Leg): void {
    // Another one may have its place meanwhile, while it owed an answer.
    if (leg === this.#caller || leg === this.#callee) this.#end(leg, '')
  }

  /** One side says nothing any more: both are told, should it still hear (RFC 4028 §10). */
  unseen(leg: Leg): void {
    const { log } = this.#services
    log.info({ call: this.id, party: leg.party.title }, 'A side was not seen for too long: the call ends')
    this.#end(null, sessionExpired)
  }

  view(): CallView {
    const { id, startedAt, answeredAt, dialled } = this.#about
    const parkedIn = this.#arrangement?.parkedIn
    return {
      id,
      state: 'answered',
      caller: this.#caller.party.title,
      dialled,
      callee: this.#callee.party.title,
      startedAt,
      answeredAt,
      heldBy: heldBy(this.#caller, this.#callee),
      parties: [this.#caller.party, this.#callee.party],
      ...(parkedIn === undefined ? {} : { parkedIn }),
    }
  }

  touchLamps(lamps: Lamps): void {
    touchParty(lamps, this.#caller.party, this)
    touchParty(lamps, this.#callee.party, this)
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (this.over) return
    if (isUserOf(this.#caller, key)) dialogs.push(lampOfLeg(this.id, this.#caller, 'caller'))
    if (isUserOf(this.#callee, key)) dialogs.push(lampOfLeg(this.id, this.#callee, 'callee'))
    this.#arrangement?.addLampDialogs?.(key, dialogs)
  }

  // --- journal

  save(): string {
    return saveConversation({
      about: this.#about,
      caller: this.#caller,
      callee: this.#callee,
      unsettled: this.#offers?.unsettled === true,
      over: this.over,
    })
  }

  /** Takes up a call of the process before this one; `null` where its entry is damaged. */
  static restore(services: CallServices, id: string, lines: readonly string[]): Conversation | null {
    const saved = loadConversation(services, id, lines)
    if (saved === null) return null
    const conversation = new Conversation(services, saved.about, saved.caller, saved.callee, 0)
    conversation.#isRestored = true
    if (saved.unsettled) conversation.#offers = new Offers(services, conversation, true)
    if (saved.over) {
      conversation.#ending = new ConversationEnding(services, conversation)
      services.sessionTimers.remove(conversation)
      services.calls.remove(id, 200)
    }
    return conversation
  }

  /** All entries of the journal are taken up: a BYE that waits for no ACK any more leaves now. */
  restored(): void {
    // Where nothing was sent after it, the caller's newest number is that of his INVITE.
    const { callId, remoteTag, remoteSequence } = this.#caller.dialog
    this.#services.transactions.resumeOrigin(callId, remoteTag, remoteSequence)
    if (this.#ending === null) {
      this.#offers?.restored()
      for (const leg of [this.#caller, this.#callee])
        if (this.isAlone(leg)) this.#services.transfers.restored(this, leg)
    } else for (const leg of [this.#caller, this.#callee]) if (leg.answer === null) this.#ending.settle(leg)
  }

  /** Goes on repeating an answer of the process before this one. */
  resumeAnswer(side: Side, value: string): void {
    const leg = side === 'caller' ? this.#caller : this.#callee
    const keep = (sequence: number, text: string, dialog: Dialog) => {
      this.#resumedAck = { sequence, text, dialog }
    }
    const resumed = resumeAnswer(this.#services, this.other(leg).dialog, value, keep)
    if (resumed === null) return
    this.answered(leg, resumed.text, resumed.flow, resumed.sequence, resumed.lateAnswer)
  }

  #save(): void {
    if (this.over) return
    this.#services.journal.put('call', this.#about.id, this.save())
    this.#sound?.save()
  }

  #answerKey(leg: Leg): string {
    return answerKey(this.#about.id, leg === this.#caller ? 'caller' : 'callee')
  }

  // --- parts

  #lookAtLength(now: number): void {
    if (this.#endsAt === 0) {
      const parties = [this.#caller.party, this.#callee.party]
      this.#endsAt = endOfCall(this.#services.snapshot, parties, this.#about.answeredAt)
    }
    this.#notice = lookAtLength(this.#services, this, this.#endsAt, this.#notice, now)
  }

  #takeIn(leg: Leg): void {
    const { dialog, party } = leg
    const { calls, trunks } = this.#services
    if (party.kind === 'trunk') dialog.signer = trunks.signerOf(party.id)
    calls.register(dialog.localTag, this)
  }

  #holds(leg: Leg, holds: boolean): void {
    if (holds === (leg.heldSince !== 0)) return
    leg.heldSince = holds ? this.#services.clock.now() : 0
    this.#services.calls.holds(this, leg)
    this.#sound?.holds(leg, holds)
  }

  #notAcknowledged(leg: Leg): void {
    this.#services.log.info(
      { call: this.id, party: leg.party.title },
      'An answer was never acknowledged: the call ends',
    )
    this.#acknowledged(leg)
    if (this.#ending === null) this.#end(null, '')
    else this.#ending.settle(leg)
  }

  #acknowledged(leg: Leg): void {
    stopAnswer(this.#services, this.#answerKey(leg), leg)
  }

  /** Ends both sides but `by`, who has ended his. */
  #end(by: Leg | null, reason: string): void {
    if (this.#ending !== null || by?.hungUp === true) return
    if (this.#arrangement !== null && by !== null && by !== this.#arrangement.leg) {
      this.#left(by, this.#arrangement)
      return
    }
    this.#ending = new ConversationEnding(this.#services, this)
    this.#give(this.#caller)
    this.#give(this.#callee)
    this.#over(by === null ? 'server' : by === this.#caller ? 'caller' : 'callee')
    this.#ending.start(by, reason)
  }

  /** A side has hung up while something is arranged for the other, which waits for it alone. */
  #left(leg: Leg, arrangement: Arrangement): void {
    this.vacate(leg)
    arrangement.otherLeft()
  }

  /** The ACK of a side that leaves was to answer what the other one offers in its 2xx: it is kept on hold instead. */
  #answerFor(leg: Leg): void {
    const { lateAnswer, answer } = leg
    leg.lateAnswer = null
    if (lateAnswer === null || answer === null) return
    const offer = answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4)
    lateAnswer.pass('Content-Type: application/sdp\r\n', heldAnswer(offer))
  }

  #give(leg: Leg): void {
    for (const holding of leg.holdings) this.#services.usage.give(holding)
    leg.holdings = []
  }

  #over(by: EndedBy): void {
    const { calls, clock, events, sessionTimers } = this.#services
    this.#offers?.abandon()
    this.#sound?.end()
    sessionTimers.remove(this)
    calls.remove(this.#about.id, 200)
    events.ended(this.#about.id, clock.now(), by, 200, reasonPhrase(200))
    const arrangement = this.#arrangement
    this.#arrangement = null
    arrangement?.callEnded()
  }
}
