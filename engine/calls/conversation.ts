import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, loadDialog, loadFlow, saveDialog, savedDialogLines, saveFlow } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { parseMessage } from '../sip/message.ts'
import { joinedKey } from '../sip/own-copy.ts'
import { parseRAck } from '../sip/reliable-provisional.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import { AnswerRetransmission } from './answer.ts'
import type { CallView, DialogOwner, VisibleCall } from './calls.ts'
import type { EarlyDialog } from './early-dialog.ts'
import { retryLater } from './early-requests.ts'
import type { LateAnswer } from './leg.ts'
import { Leg, loadParty, restOf, restoreDescription, restoreRest, saveDescription, saveParty } from './leg.ts'
import type { PassedRequestOwner } from './passed-request.ts'
import { PassedRequest } from './passed-request.ts'
import type { UpdateOwner } from './passed-update.ts'
import { PassedUpdate } from './passed-update.ts'
import { allowHeader, contactHeader, hasSessionDescription, passedHeaders } from './passing.ts'
import { Renegotiation } from './renegotiation.ts'
import { Resynchronisation } from './resynchronisation.ts'
import type { CallServices, Party } from './services.ts'
import { SessionRefresh } from './session-refresh.ts'
import type { SessionTimer } from './session-timer.ts'
import { loadSessionTimer, saveSessionTimer } from './session-timer.ts'
import type { TimedCall } from './session-timers.ts'
import { decodeText, encodeText } from './text.ts'
import type { Holding } from './usage.ts'
import { restoreHoldings, saveHoldings } from './usage.ts'

/** Requests that a process before this one may have sent anew, signed, since it last wrote where it is. */
const signedRequests = 16
const outOfOrder = 'CSeq Out Of Order'
/** Lines of the BYEs when a side was not seen for too long (RFC 4028 §10, RFC 3326). */
const sessionExpired = 'Reason: SIP;cause=408;text="Session Expired"\r\n'

export interface AboutCall {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly answeredAt: number
  /** As dialled; binary string. */
  readonly dialled: string
  /** Lines, channels and forwards, given back when the call ends. */
  readonly holdings: readonly Holding[]
}

/** What a side of a call is made of. */
export interface LegParts {
  readonly dialog: Dialog
  readonly party: Party
  readonly timer: SessionTimer
}

/** An offer under way: while there is one, none may be made beside it. */
interface OpenOffer {
  /** The dialog of the side that made it, or in whose name we did. */
  readonly sender: Dialog
  /** The call ends meanwhile. */
  abandon(): void
}

/**
 * An answered call: two dialogs and what is passed between them until one side hangs up. Both end, or none.
 */
export class Conversation implements DialogOwner, VisibleCall, TimedCall, PassedRequestOwner, UpdateOwner {
  readonly #services: CallServices
  readonly #about: AboutCall
  readonly caller: Leg
  readonly callee: Leg
  /** The offer that is under way between the sides, or the refresh that makes one. */
  #offer: OpenOffer | null
  /** The process before this one had an offer under way: whether both sides agree is not known. */
  #unsettled: boolean
  /** RSeq of a provisional response to the caller that was not acknowledged when the call was answered; 0. */
  #lateProgress: number
  #over: boolean
  /** The ACK of a 2xx that the process before this one took: no transaction repeats it. */
  #resumedAck: { readonly sequence: number; readonly text: string; readonly dialog: Dialog } | null

  constructor(services: CallServices, about: AboutCall, caller: LegParts, callee: LegParts, lateProgress: number) {
    this.#services = services
    this.#about = about
    this.caller = new Leg(caller.dialog, caller.party, caller.timer)
    this.callee = new Leg(callee.dialog, callee.party, callee.timer)
    for (const { dialog, party } of [caller, callee]) {
      if (party.kind === 'trunk') dialog.signer = services.trunks.signerOf(party.id)
    }
    this.#offer = null
    this.#unsettled = false
    this.#lateProgress = lateProgress
    this.#over = false
    this.#resumedAck = null
    services.calls.set(about.id, this)
    services.calls.register(caller.dialog.localTag, this)
    services.calls.register(callee.dialog.localTag, this)
    services.sessionTimers.add(this)
  }

  /**
   * The callee has answered the caller's INVITE: session timers are agreed on both sides. What was said early counts
   * where the answer says nothing.
   * @returns whole lines for the 2xx to the caller
   */
  begin(invite: SipMessage, answer: SipMessage, early: EarlyDialog | undefined): string {
    const { answeredAt } = this.#about
    this.callee.timer.accepted(answer, answeredAt)
    this.callee.describe(invite)
    if (early !== undefined) this.callee.describedEarly(early.told)
    const lines = this.caller.timer.accepting(invite, answeredAt)
    if (early !== undefined) this.caller.describedEarly(early.said)
    this.caller.describe(answer)
    return lines
  }

  /** The caller was just told that the call is answered: `text` went to `flow` for his INVITE number `sequence`. */
  start(text: string, flow: Flow, sequence: number, lateAnswer: LateAnswer | null): void {
    this.answered(this.caller, text, flow, sequence, lateAnswer)
  }

  // --- requests of either side

  requestReceived(request: SipMessage, flow: Flow, localTag: string): void {
    const leg = this.#legOf(localTag)
    const { transactions } = this.#services
    const isOurs = leg.dialog.matches(request.callId, request.fromTag)
    if (!isOurs || (this.#over && request.method !== 'BYE')) {
      transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    if (!this.#services.admits(request, flow, leg.dialog.flow, leg.party)) return
    // A phone that lost its connection goes on by another one (RFC 5626 §4.5).
    // A server that we reach by an address is reached there, by whatever connection is open then.
    const at = leg.dialog.flow
    const isReached = at.connection === 0 && at.address === flow.address && at.port === flow.port
    if (flow.transport !== 'UDP' && flow.transport === at.transport && !isReached) leg.dialog.flow = flow
    if (!leg.dialog.acceptSequence(request.cseq)) {
      // An INVITE's copies must all get this answer, whatever has become of the call when the last of them comes.
      if (request.method === 'INVITE') transactions.acceptInvite(request, flow).respond(500, outOfOrder, '', '', '')
      else transactions.respondStateless(request, flow, 500, outOfOrder, '')
      return
    }
    switch (request.method) {
      case 'BYE':
        transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
        this.#end(leg, request.lines(Header.reason))
        return
      case 'INVITE':
        this.#renegotiate(leg, request, flow)
        return
      case 'INFO':
        PassedRequest.pass(
          this.#services,
          this,
          request,
          transactions.acceptRequest(request, flow),
          this.other(leg).dialog,
          '',
        )
        // Afterwards: both dialogs have a new sequence number now.
        this.#save()
        return
      case 'UPDATE':
        this.#update(leg, request, flow)
        this.#save()
        return
      case 'PRACK':
        this.#save()
        this.#progressAcknowledged(leg, request, flow)
        return
      case 'OPTIONS':
        this.#save()
        transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), this.#allow(leg), '')
        return
      default:
        this.#save()
        transactions.acceptRequest(request, flow).respond(405, reasonPhrase(405), this.#allow(leg), '')
    }
  }

  ackReceived(ack: SipMessage, flow: Flow, localTag: string): void {
    const leg = this.#legOf(localTag)
    const { answer } = leg
    if (answer === null || answer.sequence !== ack.cseq || !leg.dialog.matches(ack.callId, ack.fromTag)) return
    // An ACK cannot be asked for a password, and it may carry where sound goes: only from where the leg signals.
    if (flow.address !== leg.dialog.flow.address) return
    this.#acknowledged(leg)
    const { lateAnswer } = leg
    leg.lateAnswer = null
    this.other(leg).describe(ack)
    lateAnswer?.pass(passedHeaders(ack), ack.body)
    // What the other side was told by it may have to be repeated by the next process.
    if (!this.#settle(leg) && lateAnswer !== null) this.#save()
  }

  lateAnswerReceived(response: SipMessage, localTag: string): void {
    const leg = this.#legOf(localTag)
    const { transactions, network, random } = this.#services
    if (this.#over || !leg.dialog.matches(response.callId, response.toTag)) return
    // What its ACK has to carry is still on its way.
    if (this.other(leg).lateAnswer?.sequence === response.cseq) return
    if (this.#resumedAck?.sequence === response.cseq && this.#resumedAck.dialog === leg.dialog) {
      network.send(leg.dialog.flow, this.#resumedAck.text, null)
      return
    }
    // Our ACK of it was lost with the process that sent it.
    transactions.sendAck(ackWithin(leg.dialog, response.cseq, '', '', network, random), leg.dialog.flow)
    // And with it the answer to what may have been an offer.
    if (hasSessionDescription(response)) this.#offer ??= new Resynchronisation(this.#services, this)
  }

  // --- for renegotiation and passed requests

  get id(): string {
    return this.#about.id
  }

  get over(): boolean {
    return this.#over
  }

  other(leg: Leg): Leg {
    return leg === this.caller ? this.callee : this.caller
  }

  /** A 2xx to an INVITE of this leg was just sent: it is repeated until acknowledged, by the next process if need be. */
  answered(leg: Leg, text: string, flow: Flow, sequence: number, lateAnswer: LateAnswer | null): void {
    const { network, clock, journal } = this.#services
    leg.answer?.stop()
    leg.answer = new AnswerRetransmission(text, sequence, flow, network, clock, {
      answerNotAcknowledged: () => this.#notAcknowledged(leg),
      answerRepeated: () => this.#services.transactions.retransmitted++,
    })
    leg.lateAnswer = lateAnswer
    const sequences = `${sequence} ${lateAnswer?.sequence ?? -1}`
    journal.put('obligation', this.#answerKey(leg), `${sequences}\n${saveFlow(flow)}\n${text}`)
  }

  /** The renegotiation has its final answer. */
  renegotiated(): void {
    this.#offer = null
    this.#unsettled = false
    this.#save()
  }

  /** A side was seen, or is to be looked for again later. */
  refreshed(): void {
    this.#save()
  }

  lostAt(dialog: Dialog): void {
    this.lost(this.#legOf(dialog.localTag))
  }

  updateHeaders(update: PassedUpdate): string {
    return this.#legOf(update.receiver.localTag).timer.requestHeaders()
  }

  updateAccepted(update: PassedUpdate, response: SipMessage): string {
    const now = this.#services.clock.now()
    const receiver = this.#legOf(update.receiver.localTag)
    const sender = this.#legOf(update.sender.localTag)
    receiver.timer.accepted(response, now)
    receiver.describe(update.request)
    const lines = sender.timer.accepting(update.request, now)
    sender.describe(response)
    return lines
  }

  updateOver(update: PassedUpdate, gone: boolean): void {
    if (this.#offer === update) this.#offer = null
    this.#unsettled = false
    if (gone) this.lostAt(update.receiver)
    else this.#save()
  }

  timersDue(now: number): void {
    for (const leg of [this.caller, this.callee]) {
      if (this.#over || leg.timer.nextAt > now) continue
      if (leg.timer.expired(now)) {
        this.unseen(leg)
        return
      }
      const busy = this.#offer !== null || this.caller.answer !== null || this.callee.answer !== null
      this.#offer = SessionRefresh.start(this.#services, this, leg, busy) ?? this.#offer
      this.#save()
    }
  }

  /** One side is gone without a BYE: the other is told. */
  lost(leg: Leg): void {
    this.#end(leg, '')
  }

  /** One side says nothing any more: both are told, should it still hear (RFC 4028 §10). */
  unseen(leg: Leg): void {
    const { log } = this.#services
    log.info({ call: this.id, party: leg.party.title }, 'A side was not seen for too long: the call ends')
    this.#end(null, sessionExpired)
  }

  view(): CallView {
    const { id, startedAt, answeredAt, dialled } = this.#about
    return {
      id,
      state: 'answered',
      caller: this.caller.party.title,
      dialled,
      callee: this.callee.party.title,
      startedAt,
      answeredAt,
      parties: [this.caller.party, this.callee.party],
    }
  }

  // --- journal

  save(): string {
    const { startedAt, answeredAt, dialled, holdings } = this.#about
    const { caller, callee } = this
    return (
      `answered\n${startedAt} ${answeredAt} ${saveSessionTimer(caller.timer)} ${saveSessionTimer(callee.timer)}${this.#isUnsettled ? ' u' : ''}\n${encodeText(dialled)}\n${saveHoldings(holdings)}\n` +
      `${saveParty(caller.party)}\n${saveParty(callee.party)}\n` +
      `${saveDialog(caller.dialog)}\n${saveDialog(callee.dialog)}\n` +
      (this.#over ? `${restOf(caller)} ${restOf(callee)}` : '') +
      descriptionsOf(caller, callee)
    )
  }

  /** Takes up a call of the process before this one; `null` where its entry is damaged. */
  static restore(services: CallServices, id: string, lines: readonly string[]): Conversation | null {
    const [, times = '', dialled = '', holdings = '', callerParty = '', calleeParty = ''] = lines
    const [startedAt = '0', answeredAt = '0', callerTimer = '0', calleeTimer = '0', unsettled] = times.split(' ')
    const now = services.clock.now()
    const caller = loadDialog(lines.slice(6, 6 + savedDialogLines))
    const callee = loadDialog(lines.slice(6 + savedDialogLines, 6 + 2 * savedDialogLines))
    const [callerRest, calleeRest] = (lines[6 + 2 * savedDialogLines] ?? '').split(' ')
    const parties = [loadParty(callerParty), loadParty(calleeParty)]
    const [one, other] = parties
    if (caller === null || callee === null || one == null || other == null) return null
    // Requests that were challenged took numbers that the journal does not know of.
    if (one.kind === 'trunk') caller.localSequence += signedRequests
    if (other.kind === 'trunk') callee.localSequence += signedRequests
    const over = calleeRest !== undefined
    const taken = over ? [] : restoreHoldings(holdings, services.usage)
    const conversation = new Conversation(
      services,
      {
        id,
        startedAt: Number(startedAt),
        answeredAt: Number(answeredAt),
        dialled: decodeText(dialled),
        holdings: taken,
      },
      { dialog: caller, party: one, timer: loadSessionTimer(callerTimer, now, services.random.fraction()) },
      { dialog: callee, party: other, timer: loadSessionTimer(calleeTimer, now, services.random.fraction()) },
      0,
    )
    conversation.#unsettled = unsettled === 'u'
    restoreDescription(conversation.caller, lines[7 + 2 * savedDialogLines] ?? '')
    restoreDescription(conversation.callee, lines[8 + 2 * savedDialogLines] ?? '')
    if (over) {
      conversation.#over = true
      services.sessionTimers.remove(conversation)
      services.calls.remove(id, 200)
      restoreRest(conversation.caller, callerRest)
      restoreRest(conversation.callee, calleeRest)
    }
    return conversation
  }

  /** A crash now would leave it open whether both sides have taken an offer. */
  get #isUnsettled(): boolean {
    return this.#unsettled || (this.#offer !== null && !(this.#offer instanceof SessionRefresh))
  }

  /** All entries of the journal are taken up: a BYE that waits for no ACK any more leaves now. */
  restored(): void {
    // Where nothing was sent after it, the caller's newest number is that of his INVITE.
    const { callId, remoteTag, remoteSequence } = this.caller.dialog
    this.#services.transactions.resumeOrigin(callId, remoteTag, remoteSequence)
    for (const leg of [this.caller, this.callee]) {
      if (leg.answer === null) this.#settle(leg)
    }
    if (this.#unsettled && !this.#over) this.#offer = new Resynchronisation(this.#services, this)
  }

  /** Goes on repeating an answer of the process before this one. */
  resumeAnswer(side: 'caller' | 'callee', value: string): void {
    const flowStart = value.indexOf('\n') + 1
    const textStart = value.indexOf('\n', flowStart) + 1
    const flow = loadFlow(value.slice(flowStart, textStart - 1))
    if (flow === null) return
    const text = value.slice(textStart)
    const answer = parseMessage(text)
    if (answer !== null) this.#services.transactions.resumeAnswered(answer, flow)
    this.#services.network.send(flow, text, null)
    const [sequence = 0, awaited = -1] = value
      .slice(0, flowStart - 1)
      .split(' ')
      .map(Number)
    const leg = side === 'caller' ? this.caller : this.callee
    const { dialog } = this.other(leg)
    const { transactions, network, random } = this.#services
    const lateAnswer: LateAnswer = {
      sequence: awaited,
      pass: (headers, body) => {
        const text = transactions.sendAck(ackWithin(dialog, awaited, headers, body, network, random), dialog.flow)
        this.#resumedAck = { sequence: awaited, text, dialog }
      },
    }
    this.answered(leg, text, flow, sequence, awaited < 0 ? null : lateAnswer)
  }

  #save(): void {
    if (!this.#over) this.#services.journal.put('call', this.#about.id, this.save())
  }

  #answerKey(leg: Leg): string {
    return joinedKey(['answer', this.#about.id, leg === this.caller ? 'caller' : 'callee'])
  }

  // --- endings

  #renegotiate(leg: Leg, request: SipMessage, flow: Flow): void {
    const conflict = this.#conflict(leg)
    if (conflict !== 0) {
      const headers = conflict === 500 ? retryLater(this.#services) : ''
      const { transactions } = this.#services
      transactions.acceptInvite(request, flow).respond(conflict, reasonPhrase(conflict), '', headers, '')
      this.#save()
      return
    }
    const renegotiation = new Renegotiation(this.#services, this, leg, request, flow)
    this.#offer = renegotiation
    renegotiation.start()
    this.#save()
  }

  /**
   * §14.2, RFC 3311 §5.2: one offer at a time. @returns 500 to the side that has one open and may try again shortly, 491
   * to the other, of which both wait for a random time; 0 where the way is free
   */
  #conflict(leg: Leg): 0 | 491 | 500 {
    if (leg.answer !== null || this.#offer?.sender === leg.dialog) return 500
    return this.#offer !== null || this.other(leg).answer !== null ? 491 : 0
  }

  #update(leg: Leg, request: SipMessage, flow: Flow): void {
    const { transactions, network, clock } = this.#services
    const server = transactions.acceptRequest(request, flow)
    if (!hasSessionDescription(request)) {
      // It refreshes target and timer, which are this side's alone.
      leg.dialog.refreshTarget(request)
      const own = contactHeader(network, leg.dialog.flow) + this.#allow(leg)
      server.respond(200, reasonPhrase(200), own + leg.timer.accepting(request, clock.now()), '')
      return
    }
    const other = this.other(leg)
    const status = this.#conflict(leg) || (other.timer.allowsUpdate ? 0 : 488)
    if (status !== 0) {
      server.respond(status, reasonPhrase(status), status === 500 ? retryLater(this.#services) : '', '')
      return
    }
    const update = new PassedUpdate(this.#services, this, request, server, leg.dialog, other.dialog)
    this.#offer = update
    update.start()
  }

  /** RFC 3262 §3: an acknowledgement may come after the answer. */
  #progressAcknowledged(leg: Leg, request: SipMessage, flow: Flow): void {
    const server = this.#services.transactions.acceptRequest(request, flow)
    const responseNumber = parseRAck(request.header(Header.rack))?.responseNumber ?? 0
    const status = leg === this.caller && responseNumber > 0 && responseNumber === this.#lateProgress ? 200 : 481
    if (status === 200) this.#lateProgress = 0
    server.respond(status, reasonPhrase(status), '', '')
  }

  #allow(leg: Leg): string {
    return allowHeader(this.other(leg).timer.allowsUpdate)
  }

  #notAcknowledged(leg: Leg): void {
    this.#services.log.info(
      { call: this.id, party: leg.party.title },
      'An answer was never acknowledged: the call ends',
    )
    this.#acknowledged(leg)
    if (!this.#settle(leg)) this.#end(null, '')
  }

  /** The answer of a leg that is over is acknowledged or given up. @returns false if the leg is not over */
  #settle(leg: Leg): boolean {
    if (leg.byeWanted !== null) this.#bye(leg, leg.byeWanted)
    else if (leg.hungUp) {
      this.#services.calls.unregister(leg.dialog.localTag)
      this.#saveEnded()
    } else return false
    return true
  }

  #acknowledged(leg: Leg): void {
    leg.answer?.stop()
    leg.answer = null
    this.#services.journal.remove('obligation', this.#answerKey(leg))
  }

  /** Ends both sides but `by`, who has ended his. */
  #end(by: Leg | null, reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#offer?.abandon()
    this.#offer = null
    this.#services.sessionTimers.remove(this)
    for (const holding of this.#about.holdings) this.#services.usage.give(holding)
    this.#services.calls.remove(this.#about.id, 200)
    const endedBy = by === null ? 'server' : by === this.caller ? 'caller' : 'callee'
    this.#services.events.ended(this.#about.id, this.#services.clock.now(), endedBy, 200, reasonPhrase(200))
    if (by !== null) {
      this.#passUnacknowledged(by)
      // §13.3.1.4: whoever has not acknowledged our answer may not have it yet, and waits for it though he hung up.
      by.hungUp = true
      if (by.answer === null) this.#settle(by)
    }
    for (const leg of [this.caller, this.callee]) {
      if (leg === by) continue
      // §15: whoever answered may not hang up before his answer is acknowledged.
      if (leg.answer !== null) leg.byeWanted = reason
      else this.#bye(leg, reason)
    }
    this.#saveEnded()
  }

  /** While an ACK is waited for the next process must know that the call is over. */
  #saveEnded(): void {
    const { journal } = this.#services
    if (restOf(this.caller) + restOf(this.callee) === '--') journal.remove('call', this.#about.id)
    else journal.put('call', this.#about.id, this.save())
  }

  /** A late offer whose answer will never come: the other side is owed its ACK all the same. */
  #passUnacknowledged(leg: Leg): void {
    const { lateAnswer } = leg
    leg.lateAnswer = null
    lateAnswer?.pass('', '')
  }

  #bye(leg: Leg, reason: string): void {
    leg.byeWanted = null
    this.#passUnacknowledged(leg)
    const { calls, obligations } = this.#services
    // Until it is answered, a BYE that crosses ours still belongs to this dialog.
    obligations.bye(leg.dialog, reason, () => calls.unregister(leg.dialog.localTag))
    this.#saveEnded()
  }

  #legOf(localTag: string): Leg {
    return localTag === this.callee.dialog.localTag ? this.callee : this.caller
  }
}

/** What has to be repeated in refreshes: two lines, or nothing where neither side needs it. */
function descriptionsOf(caller: Leg, callee: Leg): string {
  const one = saveDescription(caller)
  const other = saveDescription(callee)
  return one === '' && other === '' ? '' : `\n${one}\n${other}`
}
