import type { User } from '../config/snapshot.ts'
import type { EndedBy } from '../records/call-events.ts'
import type { Attempt, Decision, Outcome, Ring, Target } from '../router/decision.ts'
import { proceed } from '../router/route.ts'
import { dialogOfRequest } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod, hasOptionTag } from '../sip/option-tags.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { InviteServerUser } from '../sip/transaction/parts.ts'
import type { Flow, TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { AwaitingCall } from './awaited-phones.ts'
import { AwaitedPhones } from './awaited-phones.ts'
import { newCallId } from './call-id.ts'
import type { CallView, DialogOwner, VisibleCall } from './calls.ts'
import { Conversation } from './conversation.ts'
import type { EarlyDialog } from './early-dialog.ts'
import { EarlyRequests } from './early-requests.ts'
import type { Fork, ForkOwner } from './fork.ts'
import { forksTo, forksToUser } from './forks.ts'
import { LateAcknowledgement } from './late-acknowledgement.ts'
import { allowHeader, contactHeader, hasSessionDescription, hopsLeft, passedHeaders } from './passing.ts'
import { redirectedTo } from './redirect.ts'
import type { ReliableOwner } from './reliable-responses.ts'
import { ReliableResponses } from './reliable-responses.ts'
import { isDone, isEmergency, isSameUser, nextEnd, outcomeOf, partyOf } from './ring-targets.ts'
import { outcomeDetail, titleOf } from './route-notes.ts'
import { saveRinging } from './saved-ringing.ts'
import type { CallServices, Party } from './services.ts'
import { proposedSession, SessionTimer } from './session-timer.ts'
import { StepHoldings } from './step-holdings.ts'
import { encodeText } from './text.ts'
import { forkToNextAddress } from './trunk-fork.ts'
import type { Holding } from './usage.ts'
import { callerHoldings } from './usage.ts'

/** A phone or trunk that has said nothing for so long is not reachable, and the ring time begins at the latest (ms). */
const silence = 4000
/** An emergency call goes to the next trunk when one says nothing for so long, or does not ring (ms; docs/emergency.md). */
const emergencySilence = 2000
const emergencyProgress = 8000
/** How long a call rings where the router sets no limit (ms): Timer C's three minutes (RFC 3261 §16.6, step 11). */
const longestRinging = 180_000
/** What a caller gets who takes one session description only. */
const ringing = { status: 180, phrase: reasonPhrase(180), body: '', early: null, responseNumber: 0 } as const

/**
 * A call from its INVITE to its answer: carries out one decision of the router after the other, each as forks that ring
 * together, until one answers, the router has nothing left, or the caller gives up.
 */
export class RingingCall
  implements InviteServerUser, ForkOwner, TimerOwner, DialogOwner, VisibleCall, AwaitingCall, ReliableOwner
{
  readonly id: string
  readonly #services: CallServices
  readonly #attempt: Attempt
  readonly #party: Party
  readonly #request: SipMessage
  readonly #flow: Flow
  readonly #transaction: InviteServerTransaction
  readonly #startedAt: number
  readonly #singleDialog: boolean
  /** `null`: the caller cannot acknowledge provisional responses. */
  readonly #reliable: ReliableResponses | null
  /** Made when somebody first says something in an early dialog. */
  #earlyRequests: EarlyRequests | null
  /** Lines of the INVITEs to phones that say what we can do. */
  readonly #abilities: string
  /** What the caller uses: given back when the call is over, or handed to the conversation. */
  readonly #callerHoldings: Holding[]
  readonly #stepHoldings: StepHoldings
  #ring: Ring | null
  #forks: Fork[]
  #over: boolean
  /** The caller was told that it rings. */
  #rang: boolean
  #silenceTimer: TimerHandle | null
  #ringTimer: TimerHandle | null
  /** How long this step has rung when the ring timer was started last (s): targets may ring for different times. */
  #rungSeconds: number
  readonly #awaited: AwaitedPhones
  /** Our tags towards the caller that were told to him. */
  readonly #callerTags: string[]

  constructor(
    services: CallServices,
    attempt: Attempt,
    party: Party,
    request: SipMessage,
    flow: Flow,
    transaction: InviteServerTransaction,
  ) {
    this.id = newCallId(services.clock, services.random)
    this.#services = services
    this.#attempt = attempt
    this.#party = party
    this.#request = request
    this.#flow = flow
    this.#transaction = transaction
    this.#startedAt = services.clock.now()
    this.#singleDialog = attempt.caller.kind === 'trunk' && attempt.caller.trunk.singleDialog
    const required = hasOptionTag(request, Header.require, '100rel')
    const acknowledges = required || hasOptionTag(request, Header.supported, '100rel')
    this.#reliable = acknowledges ? new ReliableResponses(services, transaction, request.cseq, required, this) : null
    this.#earlyRequests = null
    // An offer in a reliable response needs its answer in the PRACK (RFC 3262 §5), which only the caller can give.
    const takesReliable = hasSessionDescription(request) || (acknowledges && !this.#singleDialog)
    this.#abilities =
      allowHeader(allowsMethod(request, 'UPDATE')) +
      (takesReliable ? 'Supported: 100rel, timer\r\n' : 'Supported: timer\r\n') +
      proposedSession
    this.#callerHoldings = callerHoldings(services.usage, attempt, party)
    this.#stepHoldings = new StepHoldings(services.usage)
    this.#ring = null
    this.#forks = []
    this.#over = false
    this.#rang = false
    this.#silenceTimer = null
    this.#ringTimer = null
    this.#rungSeconds = 0
    this.#awaited = new AwaitedPhones(services, this)
    this.#callerTags = []
    transaction.user = this
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

  requestReceived(request: SipMessage, flow: Flow, localTag: string): void {
    const { transactions } = this.#services
    if (request.callId !== this.#request.callId || request.fromTag !== this.#request.fromTag) {
      transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    if (!this.#services.admits(request, flow, this.#flow, this.#party)) return
    if (request.method !== 'BYE') {
      this.#early().fromCaller(request, flow, localTag)
      return
    }
    // §15.1.2: a caller may end an early dialog by BYE as well.
    transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
    this.cancelled()
  }

  ackReceived(): void {
    // There is nothing to acknowledge yet.
  }

  lateAnswerReceived(): void {
    // Our tags here are towards the caller, who answers nothing.
  }

  // --- what the phones do

  forkProgressed(fork: Fork, response: SipMessage, early: EarlyDialog | null): void {
    if (this.#over || response.status === 100) return
    if (this.#ring !== null && isEmergency(this.#ring)) this.#restartRingTimer()
    else this.#startRingTimer()
    const { network, calls, clock, counters } = this.#services
    if (!this.#rang) {
      this.#rang = true
      counters.toRinging.add(clock.now() - this.#startedAt)
      calls.rings(this)
    }
    const contact = contactHeader(network, this.#transaction.flow) + allowHeader(allowsMethod(response, 'UPDATE'))
    const reliable = this.#reliable
    if (this.#singleDialog) {
      early?.acknowledge(response)
      // One SDP answer is all this caller takes: he hears his own ringing until the call is answered (docs/calls.md).
      const tag = this.#transaction.toTag
      const first = this.#tell(tag)
      if (reliable === null) this.#transaction.respond(180, reasonPhrase(180), tag, contact, '')
      else if (first) reliable.send(tag, { ...ringing, headers: contact })
      return
    }
    const tag = fork.callerTagOf(response.toTag)
    this.#tell(tag)
    early?.says(response)
    const headers = contact + passedHeaders(response)
    const { status, reasonPhrase: phrase, body } = response
    if (reliable === null) {
      early?.acknowledge(response)
      this.#transaction.respond(status, phrase, tag, headers, body)
      return
    }
    if (early !== null) this.#early().link(tag, early)
    reliable.send(tag, { status, phrase, headers, body, early, responseNumber: early?.responseNumber ?? 0 })
  }

  forkRepeated(fork: Fork, early: EarlyDialog): void {
    if (!this.#over && !this.#singleDialog) this.#reliable?.repeated(fork.callerTagOf(early.dialog.remoteTag))
  }

  forkRequests(fork: Fork, early: EarlyDialog, request: SipMessage, flow: Flow): void {
    if (this.#services.admits(request, flow, early.dialog.flow, partyOf(fork.target))) {
      this.#early().fromPhone(early, request, flow)
    }
  }

  forkRenewed(): void {
    if (this.#ring !== null) this.#awaitWord(this.#ring)
    this.#services.journal.put('call', this.id, this.#save())
  }

  progressNotAcknowledged(): void {
    if (!this.#over) this.#refuse('server', 504, reasonPhrase(504))
  }

  forkAnswered(fork: Fork, response: SipMessage): void {
    if (this.#over) return
    const services = this.#services
    const transaction = this.#transaction
    const { counters, journal, network, usage } = services
    const tag = this.#singleDialog ? transaction.toTag : fork.callerTagOf(response.toTag)
    // RFC 3262 §3. The phone repeats its answer until it is acknowledged: the next one finds the PRACK here, or a refusal.
    if (this.#reliable?.awaitsSession(tag) === true) return
    const group = this.#ring?.group ?? null
    if (group !== null && fork.target !== null) usage.answered(group, fork.target)
    this.#end('Reason: SIP;cause=200;text="Call completed elsewhere"\r\n', fork)

    const answeredAt = services.clock.now()
    counters.final(200)
    counters.toAnswer.add(answeredAt - this.#startedAt)
    const callee = fork.answeredDialog(response)
    const early = fork.earlyDialog(response.toTag)
    const caller = this.#earlyRequests?.known(tag) ?? dialogOfRequest(this.#request, tag, this.#flow)
    // What the losers used goes back; the winner's line or channel is the conversation's now.
    const winner = fork.target
    const holdings = this.#callerHoldings.concat(this.#stepHoldings.handOver(winner))
    this.#forgetTags(tag)
    const conversation = new Conversation(
      services,
      {
        id: this.id,
        startedAt: this.#startedAt,
        answeredAt,
        dialled: this.#attempt.dialled,
        holdings,
      },
      { dialog: caller, party: this.#party, timer: new SessionTimer(answeredAt) },
      { dialog: callee, party: partyOf(winner), timer: new SessionTimer(answeredAt) },
      this.#reliable?.awaited(tag) ?? 0,
    )
    const session = conversation.begin(this.#request, response, early)
    // What it answered to our PRACK need not stand in its 200 again, but the caller does not have it for certain.
    const repeats = !hasSessionDescription(response) && early !== undefined && early.answer !== ''
    const type = repeats ? `Content-Type: ${early.answerType}\r\n` : ''
    const own = contactHeader(network, transaction.flow) + allowHeader(conversation.callee.timer.allowsUpdate)
    const headers = own + session + type + passedHeaders(response)
    const text = transaction.respond(200, reasonPhrase(200), tag, headers, repeats ? early.answer : response.body)
    const sequence = response.cseq
    // Where the answer came in a PRACK, the ACK has nothing to carry.
    const offered = hasSessionDescription(this.#request) || !hasSessionDescription(response)
    const pass = (ackHeaders: string, body: string) => fork.acknowledge(callee, sequence, ackHeaders, body)
    conversation.start(text, transaction.flow, this.#request.cseq, offered ? null : { sequence, pass })
    if (offered) fork.acknowledge(callee, sequence, '', '')
    journal.put('call', this.id, conversation.save())
    const { kind, id, title } = conversation.callee.party
    services.events.answered(this.id, answeredAt, { kind, id, title: encodeText(title) })
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
    for (const target of ring.targets) {
      if (target.kind !== 'user' || target.user.id !== user.id) continue
      const forks = forksToUser(
        this.#services,
        this,
        target,
        ring,
        this.#request,
        hopsLeft(this.#request),
        this.#abilities,
        this.#forks,
      ).filter((fork) => fork.binding?.flowLost !== true)
      if (forks.length === 0) continue
      this.#forks = [...this.#forks, ...forks]
      this.#awaitWord(ring)
      journal.put('call', this.id, this.#save())
      for (const fork of forks) fork.start()
    }
    if (!this.#awaited.isExpected(user)) this.#awaited.settled(user)
  }

  phonesStayedAway(): void {
    if (!this.#over) this.#whenAllDone()
  }

  timerFired(name: string): void {
    if (this.#over) return
    if (name === 'silence') {
      this.#silenceTimer = null
      if (this.#ring !== null && isEmergency(this.#ring) && !this.#forks.some((fork) => fork.rang)) {
        this.#ringTimer ??= this.#services.clock.start(emergencyProgress - emergencySilence, this, 'progress')
      } else {
        this.#startRingTimer()
      }
      const forks = this.#forks
      for (const fork of forks) {
        if (fork.responded || !fork.open || fork.result !== null) continue
        fork.cancel('')
        this.forkFailed(fork, 0, '')
        // The last one may have led to the next step, with forks of its own.
        if (this.#forks !== forks) return
      }
      return
    }
    this.#ringTimer = null
    if (name === 'progress') {
      this.#step({ kind: 'trunkFailed', status: 408, reason: reasonPhrase(408), rang: false })
    } else if (!this.#stopShorter()) this.#concludeRinging(true)
  }

  view(): CallView {
    return {
      id: this.id,
      state: 'ringing',
      caller: this.#party.title,
      dialled: this.#attempt.dialled,
      callee: this.#ring === null ? '' : this.#ring.targets.map(titleOf).join(', '),
      startedAt: this.#startedAt,
      answeredAt: 0,
      parties: [this.#party, ...(this.#ring?.targets.map(partyOf) ?? [])],
    }
  }

  // --- steps

  #carryOut(first: Decision): void {
    let decision = first
    for (;;) {
      if (decision.kind !== 'ring') {
        // Nothing takes messages yet: the caller gets what he would get without a mailbox (docs/forwarding.md).
        const { status, reason } = decision.kind === 'voicemail' ? decision.otherwise : decision
        this.#refuse('server', status, reason)
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
    this.#ring = ring
    this.#forks = []
    this.#rungSeconds = 0
    for (const target of ring.targets) {
      const forks = forksTo(this.#services, this, target, ring, this.#request, hopsLeft(this.#request), this.#abilities)
      const waits = target.kind === 'user' && this.#awaited.isExpected(target.user)
      if (waits) this.#awaited.wait(target.user)
      if (forks.length === 0 && !waits) continue
      this.#forks.push(...forks)
      this.#stepHoldings.take(ring, target)
    }
    if (this.#forks.length === 0 && !this.#awaited.any) return false
    this.#awaitWord(ring)
    // Written before the first fork leaves.
    journal.put('call', this.id, this.#save())
    for (const fork of this.#forks) fork.start()
    return true
  }

  /** Whoever says nothing from now on, for too long, is not there. */
  #awaitWord(ring: Ring): void {
    const { clock } = this.#services
    if (this.#silenceTimer !== null) clock.stop(this.#silenceTimer)
    this.#silenceTimer = clock.start(isEmergency(ring) ? emergencySilence : silence, this, 'silence')
  }

  /** Goes on with the next address of a trunk; its channel stays taken. @returns false where there is none */
  #triesNextAddress(failed: Fork, status: number, ring: Ring): boolean {
    const parts = { request: this.#request, hops: hopsLeft(this.#request), abilities: this.#abilities }
    const next = forkToNextAddress(this.#services, this, failed, status, ring, parts)
    if (next === null) return false
    this.#forks = this.#forks.map((fork) => (fork === failed ? next : fork))
    if (isEmergency(ring) && this.#ringTimer !== null) {
      this.#services.clock.stop(this.#ringTimer)
      this.#ringTimer = null
    }
    this.#awaitWord(ring)
    this.#services.journal.put('call', this.id, this.#save())
    next.start()
    return true
  }

  #startRingTimer(): void {
    if (this.#ringTimer !== null || this.#ring === null) return
    const { ringSeconds } = this.#ring
    const time =
      ringSeconds === 0 ? longestRinging : (nextEnd(this.#ring, this.#rungSeconds) - this.#rungSeconds) * 1000
    this.#ringTimer = this.#services.clock.start(time, this, 'ring')
  }

  /** Those of a list who ring for a shorter time stop, and the others ring on. @returns false when the last have rung */
  #stopShorter(): boolean {
    const ring = this.#ring
    if (ring === null) return false
    const now = nextEnd(ring, this.#rungSeconds)
    if (ring.ringSeconds === 0 || now >= ring.ringSeconds) return false
    this.#rungSeconds = now
    this.#startRingTimer()
    for (const fork of this.#forks) {
      if (fork.target === null || fork.target.ringSeconds > now || fork.result !== null) continue
      fork.cancel('')
      fork.settle(408)
      this.#giveBackWhenDone(fork.target)
    }
    this.#whenAllDone()
    return true
  }

  /** Whose phones are all done has his line back, though others still ring. */
  #giveBackWhenDone(target: Target | null): void {
    if (target === null || this.#ring === null || this.#ring.targets.length === 1) return
    if (!isDone(this.#forks, target)) return
    if (target.kind === 'user' && this.#awaited.has(target.user)) return
    this.#stepHoldings.give(target)
  }

  /** A trunk that rings is waited for, however long it took to say so. */
  #restartRingTimer(): void {
    if (this.#ringTimer !== null) this.#services.clock.stop(this.#ringTimer)
    this.#ringTimer = null
    this.#startRingTimer()
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
    this.#stopRinging('', null)
    this.#stepHoldings.giveAll()
    this.#carryOut(this.#proceed(ring, outcome))
  }

  #proceed(ring: Ring, outcome: Outcome): Decision {
    const { snapshot, routeNotes, events, clock } = this.#services
    const now = clock.now()
    const decision = proceed(snapshot, routeNotes, this.#attempt, ring, outcome, now, null)
    const step = routeNotes.take(decision)
    const { revision } = snapshot
    events.wentOn({ id: this.id, at: now, outcome: outcome.kind, detail: outcomeDetail(outcome), revision, step })
    return decision
  }

  #refuse(by: EndedBy, status: number, phrase: string): void {
    this.#end('', null)
    this.#stepHoldings.giveAll()
    for (const holding of this.#callerHoldings) this.#services.usage.give(holding)
    this.#forgetTags('')
    this.#services.counters.final(status)
    this.#services.calls.remove(this.id, status)
    this.#services.events.ended(this.id, this.#services.clock.now(), by, status, phrase)
    this.#services.journal.remove('call', this.id)
    this.#services.obligations.refuse(this.#transaction, status, phrase, this.#transaction.toTag, '')
  }

  /** No more ringing and no more steps. `reason`: lines for the CANCELs; `winner` is left alone. */
  #end(reason: string, winner: Fork | null): void {
    this.#over = true
    this.#reliable?.stop()
    this.#stopRinging(reason, winner)
    this.#ring = null
  }

  #stopRinging(reason: string, winner: Fork | null): void {
    const { clock } = this.#services
    if (this.#silenceTimer !== null) clock.stop(this.#silenceTimer)
    if (this.#ringTimer !== null) clock.stop(this.#ringTimer)
    this.#silenceTimer = null
    this.#ringTimer = null
    this.#awaited.stop()
    for (const fork of this.#forks) if (fork !== winner) fork.cancel(reason)
    this.#forks = []
  }

  /** The caller learns this tag now: requests of his early dialog come to us. @returns false if he has it already */
  #tell(tag: string): boolean {
    if (this.#callerTags.includes(tag)) return false
    this.#callerTags.push(tag)
    this.#services.calls.register(tag, this)
    return true
  }

  /** The caller's early dialogs are over, but for that which the answer confirms. */
  #forgetTags(answered: string): void {
    for (const tag of this.#callerTags) {
      if (tag === answered) continue
      const awaited = this.#reliable?.awaited(tag) ?? 0
      if (awaited === 0) this.#services.calls.unregister(tag)
      else new LateAcknowledgement(this.#services, this.#request, tag, awaited)
    }
  }

  #early(): EarlyRequests {
    this.#earlyRequests ??= new EarlyRequests(this.#services, this.#request, this.#flow, this.#reliable)
    return this.#earlyRequests
  }

  #save(): string {
    const holdings = [...this.#callerHoldings, ...this.#stepHoldings.all]
    const { title } = this.#party
    return saveRinging(this.#startedAt, this.#transaction, title, this.#attempt.dialled, holdings, this.#forks)
  }
}
