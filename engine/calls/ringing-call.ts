import type { User } from '../config/snapshot.ts'
import type { LampDialog, Lamps } from '../lamps/lamp-dialog.ts'
import type { EndedBy } from '../records/call-events.ts'
import type { Attempt, Decision, Outcome, Ring, Target, UserTarget } from '../router/decision.ts'
import { recordingBetween } from '../router/recording.ts'
import { refusalOf } from '../router/refusals.ts'
import { proceed } from '../router/route.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { InviteServerUser } from '../sip/transaction/parts.ts'
import type { Flow } from '../sip/transport.ts'
import { isSamePeer } from '../sip/transport.ts'
import type { AwaitingCall } from './awaited-phones.ts'
import { AwaitedPhones } from './awaited-phones.ts'
import { newCallId } from './call-id.ts'
import type { CallerSide } from './caller-side.ts'
import type { CallView, VisibleCall } from './calls.ts'
import type { EarlyDialog } from './early-dialog.ts'
import type { AnsweringSide, Fork, ForkOwner } from './fork.ts'
import { forksTo, forksToUser } from './forks.ts'
import type { InvitingCallerOwner } from './inviting-caller.ts'
import { InvitingCaller } from './inviting-caller.ts'
import { lampOfCaller, lampOfTarget, touchParty } from './lamp-dialogs.ts'
import { recordedParty } from './party.ts'
import { hopsLeft } from './passing.ts'
import { PickedUp } from './pickup/picked-up.ts'
import { shownOf } from './pickup/shown-of.ts'
import { WaitingPickup } from './pickup/waiting-pickup.ts'
import { redirectedTo } from './redirect.ts'
import { isDone, isSameUser, outcomeOf, partyOf } from './ring-targets.ts'
import type { RingTimersOwner } from './ring-timers.ts'
import { RingTimers } from './ring-timers.ts'
import { outcomeDetail, titleOf } from './route-notes.ts'
import { saveRinging } from './saved-ringing.ts'
import type { CallServices, Party } from './services.ts'
import { recordingTerms } from './sound/recording-terms.ts'
import type { OfferedSound, Sound } from './sound/sound.ts'
import type { CalledPhone } from './sound/sounds.ts'
import { isBehindNat } from './sound/sounds.ts'
import type { SpokenRefusal } from './sound/spoken-refusal.ts'
import { StepHoldings } from './step-holdings.ts'
import type { TakenInvite } from './taken-invite.ts'
import { forkToNextAddress } from './trunk-fork.ts'
import type { Holding } from './usage.ts'
import { callerHoldings } from './usage.ts'

const nobody: readonly Target[] = []

function pbxIdOf({ caller }: Attempt): string {
  return caller.kind === 'device' ? caller.user.pbx.id : ''
}

const completedElsewhere = 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n'
/** The INVITE that a call begins with. */
export interface InviteOrigin {
  readonly party: Party
  readonly request: SipMessage
  readonly flow: Flow
  readonly transaction: InviteServerTransaction
}

/**
 * A call from its INVITE to its answer: carries out one decision of the router after the other, each as forks that ring
 * together, until one answers, the router has nothing left, or the caller gives up.
 */
export class RingingCall
  implements InviteServerUser, InvitingCallerOwner, ForkOwner, RingTimersOwner, VisibleCall, AwaitingCall
{
  readonly id: string
  readonly #services: CallServices
  readonly #attempt: Attempt
  #caller: CallerSide
  readonly #startedAt: number
  /** What the caller uses: given back when the call is over, or handed to the conversation. */
  #callerHoldings: readonly Holding[]
  readonly #stepHoldings: StepHoldings
  readonly #timers: RingTimers
  readonly #awaited: AwaitedPhones
  #ring: Ring | null
  #forks: Fork[]
  #over: boolean
  /** The caller was told that it rings. */
  #rang: boolean
  /** He hears why he is refused, and is so as soon as it is said. */
  #spoken: SpokenRefusal | null
  /** Who has the call as soon as it may be answered. */
  #waitingPickup: WaitingPickup | null

  constructor(services: CallServices, attempt: Attempt, origin: InviteOrigin | CallerSide) {
    this.id = newCallId(services.clock, services.random)
    this.#services = services
    this.#attempt = attempt
    this.#startedAt = services.clock.now()
    if ('flow' in origin) {
      const { party, request, flow, transaction } = origin
      const singleDialog = attempt.caller.kind === 'trunk' && attempt.caller.trunk.singleDialog
      this.#caller = new InvitingCaller(services, this, party, singleDialog, request, flow, transaction)
      this.#callerHoldings = callerHoldings(services.usage, attempt, party)
      transaction.user = this
    } else {
      // What he uses is his leg's already.
      this.#caller = origin
      this.#callerHoldings = []
    }
    this.#stepHoldings = new StepHoldings(services.usage, pbxIdOf(attempt))
    this.#timers = new RingTimers(services.clock, this)
    this.#awaited = new AwaitedPhones(services, this)
    this.#ring = null
    this.#forks = []
    this.#over = false
    this.#rang = false
    this.#spoken = null
    this.#waitingPickup = null
  }

  /** Begins with the router's first decision. */
  start(decision: Decision): void {
    this.#services.calls.set(this.id, this)
    this.#carryOut(decision)
  }

  // --- what the caller does

  cancelled(): void {
    if (this.#over) return
    this.#refuse('caller', 487, reasonPhrase(487))
  }

  answerAcknowledged(): void {
    // What is refused goes over to the obligations.
  }

  answerLost(): void {
    // Likewise.
  }

  progressAcknowledged(): void {
    const waiting = this.#waitingPickup
    this.#waitingPickup = null
    if (waiting !== null) this.pickUp(waiting.taken, waiting.by, waiting.at)
  }

  progressNotAcknowledged(): void {
    if (!this.#over) this.#refuse('server', 504, reasonPhrase(504))
  }

  hangUp(): void {
    if (!this.#over) this.#refuse('server', 487, reasonPhrase(487))
  }

  /** The caller's INVITE is answered where it came from (RFC 3261 §18.2.2): he has to come anew. Phones that ring go on. */
  phoneCameBack(userId: string, lost: readonly Flow[], flow: Flow): void {
    let isBack = false
    for (const fork of this.#forks) {
      if (fork.target?.kind !== 'user' || fork.target.user.id !== userId) continue
      if (!lost.some((one) => isSamePeer(fork.flow, one))) continue
      fork.follow(flow)
      isBack = true
    }
    if (isBack && !this.#over) this.#services.journal.put('call', this.id, this.#save())
  }

  /** Another one waits for the answer in the caller's place, who is refused: RFC 3891's replaced early dialog. */
  changeCaller(caller: CallerSide): void {
    if (this.#over) return
    for (const holding of this.#callerHoldings) this.#services.usage.give(holding)
    this.#callerHoldings = []
    this.#caller.stop()
    this.#caller.refused(487, reasonPhrase(487))
    this.#services.calls.touchLamps(this)
    this.#caller = caller
    this.#services.journal.put('call', this.id, this.#save())
  }

  // --- what the phones do

  forkProgressed(fork: Fork, response: SipMessage, early: EarlyDialog | null): void {
    if (this.#over || response.status === 100) return
    this.#timers.rings()
    if (!this.#rang) {
      const { calls, clock, counters } = this.#services
      this.#rang = true
      counters.toRinging.add(clock.now() - this.#startedAt)
      calls.rings(this)
    }
    this.#caller.progressed(fork, response, early)
    this.#services.calls.touchLamps(this)
  }

  forkRepeated(fork: Fork, early: EarlyDialog): void {
    if (!this.#over) this.#caller.repeated(fork, early)
  }

  forkRequests(fork: Fork, early: EarlyDialog, request: SipMessage, flow: Flow): void {
    if (this.#services.admits(request, flow, early.dialog.flow, partyOf(fork.target))) {
      this.#caller.requestFromPhone(early, request, flow)
    }
  }

  forkRenewed(): void {
    this.#timers.awaitWord()
    this.#services.journal.put('call', this.id, this.#save())
  }

  forkAnswered(fork: Fork, response: SipMessage): void {
    if (this.#over) return
    const tag = this.#caller.tagFor(fork, response)
    // RFC 3262 §3. The phone repeats its answer until it is acknowledged: the next one finds the PRACK here, or a refusal.
    if (this.#caller.awaitsSession(tag)) return
    const group = this.#ring?.group ?? null
    if (group !== null && fork.target !== null) this.#services.usage.answered(group, fork.target)
    this.#end(completedElsewhere, fork)
    // What the losers used goes back; the winner's line or channel is his leg's now.
    this.#answered(fork, response, tag, this.#stepHoldings.handOver(fork.target))
  }

  /** Who rings longest of those wanted; `null` for none. `wanted` is asked with the key of the group that rings, or ''. */
  ringsAt(wanted: (target: UserTarget, group: string) => boolean): UserTarget | null {
    if (this.#waitingPickup !== null) return null
    const group = this.#ring?.group?.key ?? ''
    for (const target of this.#ring?.targets ?? nobody) {
      if (target.kind === 'user' && wanted(target, group) && !isDone(this.#forks, target)) return target
    }
    return null
  }

  /** The phone that this INVITE of ours went to, by its Call-ID; `null` for none. */
  ringsBy(callId: string): UserTarget | null {
    if (this.#waitingPickup !== null) return null
    const fork = this.#forks.find(({ request, result }) => request?.callId === callId && result === null)
    return fork?.target?.kind === 'user' ? fork.target : null
  }

  /** `by` takes the call that rings at `at`; his line counts, and is never missing. */
  pickUp(taken: TakenInvite, by: User, at: UserTarget): void {
    if (this.#over) return
    if (this.#caller.awaitsSession(this.#caller.onlyTag)) {
      this.#waitingPickup = new WaitingPickup(taken, by, at, () => {
        this.#waitingPickup = null
      })
      return
    }
    const { usage, sounds } = this.#services
    const { caller } = this.#attempt
    const recording = recordingBetween(caller.kind === 'device' ? caller.user : null, by)
    const target: UserTarget = { kind: 'user', user: by, shown: at.shown, ringSeconds: 0, recording }
    const behindNat = isBehindNat(taken.request, taken.flow)
    const offered = this.#caller.soundTo(this.id, target, { flow: taken.flow, behindNat, isSecure: false })
    const offer = offered?.body ?? this.#caller.offer
    const from = { call: this.id, title: titleOf(at) }
    const side = PickedUp.of(this.#services, taken, target, from, offer, offered?.sound ?? null, shownOf(at.shown, by))
    if (side === null) {
      if (offered !== null) sounds.end(offered.sound)
      taken.refuse(488, reasonPhrase(488), '')
      return
    }
    const tag = this.#caller.tagFor(side, side.response)
    this.#end(completedElsewhere, null)
    this.#stepHoldings.giveAll()
    this.#answered(side, side.response, tag, [usage.take('line', by.id)])
  }

  #refusePickup(): void {
    this.#waitingPickup?.refuse()
    this.#waitingPickup = null
  }

  /** Somebody has answered, and nobody rings any more. `holdings`: lines and channels of his. */
  #answered(side: AnsweringSide, response: SipMessage, tag: string, holdings: readonly Holding[]): void {
    const { clock, counters, events, journal } = this.#services
    const { target } = side
    const { id } = this
    const answeredAt = clock.now()
    counters.final(200)
    counters.toAnswer.add(answeredAt - this.#startedAt)
    const { transfers } = this.#caller
    const about = { id, startedAt: this.#startedAt, answeredAt, dialled: this.#attempt.dialled, transfers }
    const conversation = this.#caller.answered(side, response, tag, about, this.#callerHoldings, holdings)
    if (conversation === null) return
    const plan = target?.recording ?? null
    if (plan !== null && target !== null) conversation.recordAs(recordingTerms(id, this.#attempt, target, plan))
    journal.put('call', id, conversation.save())
    const { party } = conversation.callee
    events.answered(id, answeredAt, recordedParty(party))
    if (conversation.keysAreBroken) {
      this.#services.log.warn({ call: id }, 'An answer has no keys for SRTP that could be used: the call ends')
      conversation.hangUp('Reason: SIP;cause=488;text="No Usable SRTP Keys"\r\n')
    }
  }

  forkRedirected(fork: Fork, response: SipMessage): void {
    if (this.#over || this.#ring === null) return
    const { target } = fork
    const dialled = redirectedTo(response)
    // One of several cannot take the call away from the others.
    const alone = this.#ring.targets.length === 1
    if (alone && target?.kind === 'user' && target.user.pbx.phoneRedirects && dialled !== '') {
      this.#step({ kind: 'redirected', by: target.user, dialled, ringing: fork.rang })
      return
    }
    this.forkFailed(fork, target?.kind === 'user' ? 486 : 503, '')
  }

  forkFailed(fork: Fork, status: number, phrase: string): void {
    if (this.#over || this.#ring === null) return
    fork.settle(status)
    if (this.#triesNextAddress(fork, status, this.#ring)) return
    if (fork.target?.kind === 'trunk' && this.#ring.targets.length === 1) {
      // A challenge is between the trunk and us: to the caller the trunk cannot be used.
      const shown = status === 0 || status === 401 || status === 407 ? 503 : status
      const reason = phrase === '' || shown !== status ? reasonPhrase(shown) : phrase
      this.#step({ kind: 'trunkFailed', status: shown, reason, rang: fork.rang })
      return
    }
    if (fork.result === 'declined' || status >= 600) {
      // §16.7 step 5: a 6xx ends the search for that user, on all his phones.
      for (const other of this.#forks) {
        if (other.open && other !== fork && isSameUser(other.target, fork.target)) {
          other.cancel('')
          other.settle(status)
        }
      }
    }
    this.#giveBackWhenDone(fork.target)
    this.#whenAllDone()
  }

  phoneReturned(user: User): void {
    const ring = this.#ring
    if (this.#over || ring === null) return
    const { journal } = this.#services
    const { request, abilities } = this.#caller
    for (const target of ring.targets) {
      if (target.kind !== 'user' || target.user.id !== user.id) continue
      const forks = forksToUser(
        this.#services,
        this,
        target,
        ring,
        request,
        hopsLeft(request),
        abilities,
        this.#forks,
      ).filter((fork) => fork.binding?.flowLost !== true)
      if (forks.length === 0) continue
      this.#forks = [...this.#forks, ...forks]
      this.#timers.awaitWord()
      journal.put('call', this.id, this.#save())
      for (const fork of forks) fork.start()
    }
    if (!this.#awaited.isExpected(user)) this.#awaited.settled(user)
  }

  phonesStayedAway(): void {
    if (!this.#over) this.#whenAllDone()
  }

  offerOtherwise(sound: Sound): string {
    return this.#caller.offerOtherwise(sound)
  }

  soundTo(target: Target, phone: CalledPhone): OfferedSound | null {
    return this.#caller.soundTo(this.id, target, phone)
  }

  // --- what time does

  get anyRings(): boolean {
    return this.#forks.some((fork) => fork.rang)
  }

  nothingHeard(): void {
    const forks = this.#forks
    for (const fork of forks) {
      if (fork.responded || !fork.open || fork.result !== null) continue
      fork.cancel('')
      this.forkFailed(fork, 0, '')
      // The last one may have led to the next step, with forks of its own.
      if (this.#forks !== forks) return
    }
  }

  noProgress(): void {
    this.#step({ kind: 'trunkFailed', status: 408, reason: reasonPhrase(408), rang: false })
  }

  someHaveRung(rung: number): void {
    for (const fork of this.#forks) {
      if (fork.target === null || fork.target.ringSeconds > rung || fork.result !== null) continue
      fork.cancel('')
      fork.settle(408)
      this.#giveBackWhenDone(fork.target)
    }
    this.#whenAllDone()
  }

  allHaveRung(): void {
    this.#concludeRinging(true)
  }

  view(): CallView {
    return {
      id: this.id,
      state: 'ringing',
      caller: this.#caller.party.title,
      dialled: this.#attempt.dialled,
      callee: this.#ring === null ? '' : this.#ring.targets.map(titleOf).join(', '),
      startedAt: this.#startedAt,
      answeredAt: 0,
      heldBy: 'nobody',
      parties: [this.#caller.party, ...(this.#ring?.targets.map(partyOf) ?? [])],
    }
  }

  touchLamps(lamps: Lamps): void {
    touchParty(lamps, this.#caller.party, this)
    for (const target of this.#ring?.targets ?? nobody) {
      if (target.kind === 'user') lamps.touched(target.user.id, this)
    }
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (this.#over) return
    const caller = this.#caller
    const { party } = caller
    // Whoever is called for is in another call, which his lamp shows.
    const invites = caller instanceof InvitingCaller && party.kind === 'user' && party.id === key
    if (invites) dialogs.push(lampOfCaller(this.id, caller, this.#rang))
    for (const target of this.#ring?.targets ?? nobody) {
      if (target.kind !== 'user' || target.user.id !== key) continue
      const shown = lampOfTarget(this.id, target, this.#forks, this.#awaited.has(target.user))
      if (shown !== null) dialogs.push(shown)
    }
  }

  // --- steps

  #carryOut(first: Decision): void {
    let decision = first
    for (;;) {
      if (decision.kind !== 'ring') {
        const { status, reason } = refusalOf(decision)
        this.#refuseAloud(status, reason)
        return
      }
      if (this.#ringTargets(decision)) return
      const outcome: Outcome = { kind: 'unreachable' }
      decision = this.#proceed(decision, outcome)
    }
  }

  /** @returns false if there is nobody to ring */
  #ringTargets(ring: Ring): boolean {
    const { journal } = this.#services
    const { request, abilities } = this.#caller
    this.#ring = ring
    this.#forks = []
    this.#timers.begin(ring)
    for (const target of ring.targets) {
      const forks = forksTo(this.#services, this, target, ring, request, hopsLeft(request), abilities)
      const waits = target.kind === 'user' && this.#awaited.isExpected(target.user)
      if (waits) this.#awaited.wait(target.user)
      if (forks.length === 0 && !waits) continue
      this.#forks.push(...forks)
      this.#stepHoldings.take(ring, target)
      if (target.kind === 'user') this.#services.lastCallers.called(target.user.id, target.shown)
    }
    if (this.#forks.length === 0 && !this.#awaited.any) return false
    this.#timers.awaitWord()
    // Written before the first fork leaves.
    journal.put('call', this.id, this.#save())
    for (const fork of this.#forks) fork.start()
    this.#services.calls.touchLamps(this)
    return true
  }

  /** Goes on with the next address of a trunk; its channel stays taken. @returns false where there is none */
  #triesNextAddress(failed: Fork, status: number, ring: Ring): boolean {
    const { request, abilities } = this.#caller
    const parts = { request, hops: hopsLeft(request), abilities }
    const next = forkToNextAddress(this.#services, this, failed, status, ring, parts)
    if (next === null) return false
    this.#forks = this.#forks.map((fork) => (fork === failed ? next : fork))
    this.#timers.triesNext()
    this.#services.journal.put('call', this.id, this.#save())
    next.start()
    return true
  }

  /** Whose phones are all done has his line back, though others still ring. */
  #giveBackWhenDone(target: Target | null): void {
    if (target === null || this.#ring === null || this.#ring.targets.length === 1) return
    if (!isDone(this.#forks, target)) return
    if (target.kind === 'user' && this.#awaited.has(target.user)) return
    this.#stepHoldings.give(target)
    this.#services.calls.touchLamps(this)
  }

  #whenAllDone(): void {
    if (this.#awaited.any) return
    for (const fork of this.#forks) if (fork.result === null) return
    this.#concludeRinging(false)
  }

  #concludeRinging(timeIsOver: boolean): void {
    const ring = this.#ring
    if (ring === null) return
    const [only] = ring.targets
    const dialledOut = only?.kind === 'trunk' && ring.ringSeconds === 0 && ring.diversions.length === 0
    if (timeIsOver && dialledOut) {
      this.#step({ kind: 'trunkFailed', status: 480, reason: reasonPhrase(480), rang: true })
      return
    }
    this.#step({ kind: outcomeOf(ring, this.#forks, timeIsOver) })
  }

  /** This step is over: the router says how to go on. */
  #step(outcome: Outcome): void {
    const ring = this.#ring
    if (ring === null) return
    const refused = this.#forks.find(({ refusedSession }) => refusedSession !== '')
    this.#stopRinging('', null)
    this.#stepHoldings.giveAll()
    this.#carryOut(this.#proceed(ring, outcome, refused?.refusedSession ?? ''))
  }

  #proceed(ring: Ring, outcome: Outcome, refusedSession = ''): Decision {
    if (this.#caller.triesNothingElse) return { kind: 'refuse', status: 480, reason: reasonPhrase(480) }
    const { snapshot, routeNotes, events, clock } = this.#services
    const now = clock.now()
    const decision = proceed(snapshot, routeNotes, this.#attempt, ring, outcome, now, null)
    const step = routeNotes.take(decision)
    const { revision } = snapshot
    const detail = outcomeDetail(outcome, refusedSession)
    events.wentOn({ id: this.id, at: now, outcome: outcome.kind, detail, revision, step })
    return decision
  }

  /** The caller hears why, where he can, and is refused then. */
  #refuseAloud(status: number, phrase: string): void {
    const isEmergency = this.#ring?.targets.some((target) => target.kind === 'trunk' && target.emergency) === true
    this.#stopRinging('', null)
    this.#refusePickup()
    this.#ring = null
    if (!isEmergency) {
      this.#spoken = this.#caller.speak(this.id, status, phrase, () => this.#refuse('server', status, phrase))
    }
    if (this.#spoken === null) this.#refuse('server', status, phrase)
  }

  #refuse(by: EndedBy, status: number, phrase: string): void {
    this.#spoken?.stop()
    this.#end('', null)
    this.#stepHoldings.giveAll()
    for (const holding of this.#callerHoldings) this.#services.usage.give(holding)
    this.#services.counters.final(status)
    this.#services.calls.remove(this.id, status)
    this.#services.events.ended(this.id, this.#services.clock.now(), by, status, phrase)
    this.#services.journal.remove('call', this.id)
    this.#caller.refused(status, phrase)
  }

  /** No more ringing and no more steps. `reason`: lines for the CANCELs; `winner` is left alone. */
  #end(reason: string, winner: Fork | null): void {
    this.#over = true
    this.#caller.stop()
    this.#refusePickup()
    this.#stopRinging(reason, winner)
    this.#ring = null
  }

  #stopRinging(reason: string, winner: Fork | null): void {
    this.#services.calls.touchLamps(this)
    this.#timers.stop()
    this.#awaited.stop()
    for (const fork of this.#forks) if (fork !== winner) fork.cancel(reason)
    this.#forks = []
  }

  #save(): string {
    const holdings = [...this.#callerHoldings, ...this.#stepHoldings.all]
    const { transaction, party } = this.#caller
    return saveRinging(this.#startedAt, transaction, party.title, this.#attempt.dialled, holdings, this.#forks)
  }
}
