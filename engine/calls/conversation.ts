import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, loadDialog, loadFlow, saveDialog, savedDialogLines, saveFlow } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { parseMessage } from '../sip/message.ts'
import { joinedKey } from '../sip/own-copy.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import { AnswerRetransmission } from './answer.ts'
import type { CallView, DialogOwner, VisibleCall } from './calls.ts'
import { PassedRequest } from './passed-request.ts'
import { allowHeader, passedHeaders } from './passing.ts'
import { Renegotiation } from './renegotiation.ts'
import type { CallServices, Party } from './services.ts'
import { decodeText, encodeText } from './text.ts'
import type { Holding } from './usage.ts'
import { restoreHoldings, saveHoldings } from './usage.ts'

const outOfOrder = 'CSeq Out Of Order'

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

/** The answer to an offer that came in a 2xx (RFC 3264): it comes in one side's ACK and goes on in the other's. */
export interface LateAnswer {
  /** Number of the INVITE on the other side, whose 2xx made the offer. */
  readonly sequence: number
  /** Sends the ACK of that 2xx. */
  pass(headers: string, body: string): void
}

/** One side of an answered call. */
export class Leg {
  readonly dialog: Dialog
  readonly party: Party
  /** Our 2xx to it that it has not acknowledged; `null` where none is. */
  answer: AnswerRetransmission | null
  /** What its ACK is waited for: it carries the answer to an offer that came in a 2xx (RFC 3264, late offer). */
  lateAnswer: LateAnswer | null
  /** Lines of the BYE that leaves as soon as its ACK is here; `null` where none is wanted. */
  byeWanted: string | null
  /** It has hung up, and is only still told that its INVITE was answered. */
  hungUp: boolean

  constructor(dialog: Dialog, party: Party) {
    this.dialog = dialog
    this.party = party
    this.answer = null
    this.lateAnswer = null
    this.byeWanted = null
    this.hungUp = false
  }
}

/**
 * An answered call: two dialogs and what is passed between them until one side hangs up. Both end, or none.
 */
export class Conversation implements DialogOwner, VisibleCall {
  readonly #services: CallServices
  readonly #about: AboutCall
  readonly caller: Leg
  readonly callee: Leg
  #renegotiation: Renegotiation | null
  #over: boolean

  constructor(
    services: CallServices,
    about: AboutCall,
    caller: { readonly dialog: Dialog; readonly party: Party },
    callee: { readonly dialog: Dialog; readonly party: Party },
  ) {
    this.#services = services
    this.#about = about
    this.caller = new Leg(caller.dialog, caller.party)
    this.callee = new Leg(callee.dialog, callee.party)
    this.#renegotiation = null
    this.#over = false
    services.calls.set(about.id, this)
    services.calls.register(caller.dialog.localTag, this)
    services.calls.register(callee.dialog.localTag, this)
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
        PassedRequest.pass(this.#services, this, request, flow, this.other(leg))
        // Afterwards: both dialogs have a new sequence number now.
        this.#save()
        return
      case 'OPTIONS':
        this.#save()
        transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), allowHeader, '')
        return
      default:
        this.#save()
        transactions.acceptRequest(request, flow).respond(405, reasonPhrase(405), allowHeader, '')
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
    lateAnswer?.pass(passedHeaders(ack), ack.body)
    this.#settle(leg)
  }

  lateAnswerReceived(response: SipMessage, localTag: string): void {
    const leg = this.#legOf(localTag)
    const { transactions, network, random } = this.#services
    if (this.#over || !leg.dialog.matches(response.callId, response.toTag)) return
    // What its ACK has to carry is still on its way.
    if (this.other(leg).lateAnswer?.sequence === response.cseq) return
    // Our ACK of it was lost with the process that sent it.
    transactions.sendAck(ackWithin(leg.dialog, response.cseq, '', '', network, random), leg.dialog.flow)
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
    this.#renegotiation = null
    this.#save()
  }

  /** One side is gone without a BYE: the other is told. */
  lost(leg: Leg): void {
    this.#end(leg, '')
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
      `answered\n${startedAt} ${answeredAt}\n${encodeText(dialled)}\n${saveHoldings(holdings)}\n` +
      `${saveParty(caller.party)}\n${saveParty(callee.party)}\n` +
      `${saveDialog(caller.dialog)}\n${saveDialog(callee.dialog)}\n` +
      (this.#over ? `${restOf(caller)} ${restOf(callee)}` : '')
    )
  }

  /** Takes up a call of the process before this one; `null` where its entry is damaged. */
  static restore(services: CallServices, id: string, lines: readonly string[]): Conversation | null {
    const [, times = '', dialled = '', holdings = '', callerParty = '', calleeParty = ''] = lines
    const [startedAt = 0, answeredAt = 0] = times.split(' ').map(Number)
    const caller = loadDialog(lines.slice(6, 6 + savedDialogLines))
    const callee = loadDialog(lines.slice(6 + savedDialogLines, 6 + 2 * savedDialogLines))
    const [callerRest, calleeRest] = (lines[6 + 2 * savedDialogLines] ?? '').split(' ')
    const parties = [loadParty(callerParty), loadParty(calleeParty)]
    const [one, other] = parties
    if (caller === null || callee === null || one == null || other == null) return null
    const over = calleeRest !== undefined
    const taken = over ? [] : restoreHoldings(holdings, services.usage)
    const conversation = new Conversation(
      services,
      { id, startedAt, answeredAt, dialled: decodeText(dialled), holdings: taken },
      { dialog: caller, party: one },
      { dialog: callee, party: other },
    )
    if (over) {
      conversation.#over = true
      services.calls.remove(id, 200)
      restoreRest(conversation.caller, callerRest)
      restoreRest(conversation.callee, calleeRest)
    }
    return conversation
  }

  /** All entries of the journal are taken up: a BYE that waits for no ACK any more leaves now. */
  restored(): void {
    for (const leg of [this.caller, this.callee]) {
      if (leg.answer === null) this.#settle(leg)
    }
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
        transactions.sendAck(ackWithin(dialog, awaited, headers, body, network, random), dialog.flow)
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
    const { transactions, random } = this.#services
    if (this.#renegotiation !== null || leg.answer !== null) {
      // §14.2: one at a time. From the same side: try again shortly; from the other: both wait for a random time.
      const sameSide = leg.answer !== null || this.#renegotiation?.from === leg
      const headers = sameSide ? `Retry-After: ${Math.floor(random.fraction() * 10)}\r\n` : ''
      const status = sameSide ? 500 : 491
      transactions.acceptInvite(request, flow).respond(status, reasonPhrase(status), '', headers, '')
      this.#save()
      return
    }
    if (this.other(leg).answer !== null) {
      transactions.acceptInvite(request, flow).respond(491, reasonPhrase(491), '', '', '')
      this.#save()
      return
    }
    this.#renegotiation = new Renegotiation(this.#services, this, leg, request, flow)
    this.#renegotiation.start()
    this.#save()
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
    this.#renegotiation?.abandon()
    this.#renegotiation = null
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

/** What is still to come of a leg when the call is over: b its BYE after its ACK, a its ACK alone, - nothing. */
function restOf(leg: Leg): 'b' | 'a' | '-' {
  if (leg.byeWanted !== null) return 'b'
  return leg.hungUp && leg.answer !== null ? 'a' : '-'
}

function restoreRest(leg: Leg, rest: string | undefined): void {
  if (rest === 'b') leg.byeWanted = ''
  else leg.hungUp = true
}

function saveParty(party: Party): string {
  return `${party.kind} ${party.id} ${encodeText(party.title)}`
}

function loadParty(text: string): Party | null {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  const kind = text.slice(0, first)
  if ((kind !== 'user' && kind !== 'trunk') || second < 0) return null
  return { kind, id: text.slice(first + 1, second), title: decodeText(text.slice(second + 1)) }
}
