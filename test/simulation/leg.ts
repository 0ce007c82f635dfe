import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import { FinalAnswer } from './final-answer.ts'
import type { IncomingInvite } from './incoming-invite.ts'
import type { Phone } from './phone.ts'
import type { Act, CallPlan } from './plan.ts'
import type { Description } from './sdp.ts'
import { describe, readDescription } from './sdp.ts'

/** What a phone knows of a dialog (RFC 3261 §12). */
export interface DialogParts {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  /** Without tags. */
  readonly localAddress: string
  readonly remoteAddress: string
  readonly target: string
  readonly localSequence: number
  readonly remoteSequence: number
}

const mostRetries = 4

/** One phone's side of an answered call: talks as its plan says until one hangs up. */
export class Leg implements ClientRequestUser, TimerOwner {
  readonly parts: DialogParts
  readonly plan: CallPlan
  readonly side: 'caller' | 'callee'
  /** Caller: answered. Callee: the answer is acknowledged. */
  established = false
  ended = false
  sentBye = false
  receivedBye = false
  /** Its phone has lost its power. */
  vanished = false
  /** The server knew nothing of the dialog when it was ended. */
  byeRefused = false
  /** Why the server may end it by itself; '' if it may not. */
  excused = ''
  /** Ids of the newest offer that was answered and of its answer. */
  session = ''
  sessionChangedAt: number
  readonly #phone: Phone
  #target: string
  #localSequence: number
  #remoteSequence: number
  #answer: FinalAnswer | null = null
  /** Offer of ours that waits for its answer in an ACK. */
  #offeredInAnswer = ''
  /** Our ACKs, by the number of the INVITE. */
  readonly #acks = new Map<number, string>()
  /** What the next ACK carries. */
  #ackBody = ''
  #talking = false
  #acts: readonly Act[] = []
  #invite: ClientRequest | null = null
  #inviteOffer = ''
  #retries = 0
  #incoming: IncomingReinvite | null = null
  #wantsBye = false
  #count = 0

  constructor(phone: Phone, plan: CallPlan, side: 'caller' | 'callee', parts: DialogParts) {
    this.#phone = phone
    this.plan = plan
    this.side = side
    this.parts = parts
    this.#target = parts.target
    this.#localSequence = parts.localSequence
    this.#remoteSequence = parts.remoteSequence
    this.sessionChangedAt = phone.world.clock.now()
    plan.legs.push(this)
    phone.legs.set(`${parts.callId} ${parts.localTag}`, this)
  }

  get title(): string {
    return `${this.#phone.settings.name} (${this.side} of call ${this.plan.number}, ${this.parts.callId})`
  }

  // --- session descriptions

  /** A new offer in our 200, answered in the ACK. */
  offer(direction: string): string {
    this.#offeredInAnswer = this.#newId('o')
    return describe('offer', this.#offeredInAnswer, '', this.#phone.settings.host, direction)
  }

  /** Prepares the answer to an offer that came in a 200: it leaves with the ACK. */
  answerTo(offer: Description, direction: string): void {
    const id = this.#newId('a')
    this.#ackBody = describe('answer', id, offer.id, this.#phone.settings.host, direction)
    this.answeredOffer(offer.id, id)
  }

  answeredOffer(offer: string, answer: string): void {
    this.session = `${offer} ${answer}`
    this.sessionChangedAt = this.#phone.world.clock.now()
  }

  #newId(kind: string): string {
    return `${kind}-${this.parts.localTag}-${++this.#count}`
  }

  // --- answering an INVITE of this dialog

  /** Sends a 200 until it is acknowledged. */
  sendAnswer(invite: SipMessage, text: string): void {
    this.#answer?.stop()
    this.#answer = new FinalAnswer(this.#phone, text, invite.cseq, () => {
      if (this.ended) return
      const { watch } = this.#phone.world
      // The second phone behind a carrier that forks is not known to the process after a crash.
      const second = this.plan.legs.some((leg) => leg !== this && leg.side === 'callee')
      const excused = this.plan.excused !== '' || (watch.restarts > 0 && second)
      if (!excused) watch.fail(`The answer of ${this.title} was never acknowledged`)
      this.#answer = null
      this.excused = 'its answer was never acknowledged'
      this.hangUp()
    })
  }

  ackReceived(ack: SipMessage): void {
    if (this.#answer === null || this.#answer.sequence !== ack.cseq) return
    this.#answer.stop()
    this.#answer = null
    if (this.#offeredInAnswer !== '') {
      const answer = readDescription(ack.body)
      // Without one the caller is gone and a BYE follows.
      if (answer !== null) {
        if (answer.offer !== this.#offeredInAnswer) this.#phone.world.watch.fail(`Wrong answer in ACK: ${this.title}`)
        this.answeredOffer(answer.offer, answer.id)
      }
      this.#offeredInAnswer = ''
    }
    if (this.ended) return
    if (!this.established) {
      this.established = true
      this.startTalking()
    }
    if (this.#wantsBye) this.hangUp()
  }

  inviteReceived(request: SipMessage): void {
    const reinvite = new IncomingReinvite(this.#phone, this, request)
    this.#phone.invites.set(request.branch, reinvite)
    if (this.ended) {
      reinvite.refuse(481)
    } else if (request.cseq < this.#remoteSequence) {
      reinvite.refuse(500)
    } else {
      this.#remoteSequence = request.cseq
      if (this.#invite !== null && this.#invite.final === 0) reinvite.refuse(491)
      else if (this.#answer !== null || this.#incoming?.open === true) reinvite.refuse(500)
      else {
        this.#incoming = reinvite
        reinvite.begin()
      }
    }
  }

  /** The text of the 200 to a re-INVITE of the other side. */
  acceptReinvite(request: SipMessage): void {
    const phone = this.#phone
    const offer = readDescription(request.body)
    let body: string
    if (offer === null) body = this.offer('sendrecv')
    else {
      const id = this.#newId('a')
      body = describe('answer', id, offer.id, phone.settings.host, 'sendrecv')
      this.answeredOffer(offer.id, id)
    }
    const contact = /<([^>]+)>/.exec(request.header(Header.contact))?.[1]
    if (contact !== undefined) this.#target = contact
    this.sendAnswer(request, phone.responseText(request, 200, '', phone.contact, body))
  }

  /** Any request but INVITE, ACK and CANCEL. @returns the status of the answer */
  requestReceived(request: SipMessage): number {
    const { watch } = this.#phone.world
    if (request.method === 'BYE') {
      if (this.receivedBye) {
        // After a crash a call that had ended may be ended once more: there is no such dialog any more.
        if (watch.restarts === 0) watch.fail(`${this.title} got a second BYE`)
        return 481
      }
      if (this.ended && !this.sentBye && this.excused === '') watch.fail(`${this.title} got BYE after its end`)
      watch.byeReceived(this)
      this.receivedBye = true
      this.#end()
      return 200
    }
    if (this.ended) return 481
    if (request.cseq < this.#remoteSequence) return 500
    this.#remoteSequence = request.cseq
    if (request.method === 'INFO') {
      watch.informed(request.otherHeader('x-info'), request.branch)
      return 200
    }
    return request.method === 'OPTIONS' ? 200 : 405
  }

  // --- acting

  /** The dialog is confirmed: acts and hangs up at the planned times. */
  startTalking(): void {
    if (this.#talking || this.ended) return
    this.#talking = true
    const { clock } = this.#phone.world
    const { plan } = this
    this.#acts = plan.acts.filter((act) => act.side === this.side)
    for (const [index, act] of this.#acts.entries()) {
      clock.start(plan.answeredAt + act.after - clock.now(), this, `${index}`)
    }
    if (plan.hangUp === this.side || plan.hangUp === 'both') {
      clock.start(plan.answeredAt + plan.talk - clock.now(), this, 'hang up')
    }
  }

  timerFired(name: string): void {
    if (this.ended || this.sentBye) return
    if (name === 'hang up') {
      if (this.plan.vanishes === 'nobody') this.hangUp()
      else this.#vanish()
      return
    }
    if (name === 'hold') {
      this.#hold()
      return
    }
    switch (this.#acts[Number(name)]?.kind) {
      case 'hold':
        this.#hold()
        return
      case 'info':
        this.#request('INFO', `X-Info: ${this.#newId('i')}\r\n`, '')
        return
      case 'options':
        this.#request('OPTIONS', '', '')
    }
  }

  hangUp(): void {
    if (this.ended || this.sentBye) return
    if (this.#answer !== null) {
      // §15: not before the answer is acknowledged.
      this.#wantsBye = true
      return
    }
    this.#phone.world.watch.compareSessions(this.plan)
    this.sentBye = true
    // Nobody waits for the answer to an offer in a call that he has ended.
    if (this.#invite !== null) this.#invite.waitedFor = false
    this.#request('BYE', '', '')
  }

  /** The power is gone: it says and hears nothing any more, and the other side must be told by the server. */
  #vanish(): void {
    if (this.#answer !== null) {
      this.#phone.world.clock.start(1000, this, 'hang up')
      return
    }
    this.vanished = true
    this.ended = true
  }

  /** Our BYE to the early dialog crossed the answer: there is nothing more to say. */
  endedEarly(): void {
    this.sentBye = true
    this.#end()
  }

  /** Acknowledges the answer to our INVITE with this number. */
  acknowledge(sequence: number): void {
    const { parts } = this
    const text = this.#phone.requestText({
      method: 'ACK',
      uri: this.#target,
      branch: this.#phone.newBranch(),
      from: `${parts.localAddress};tag=${parts.localTag}`,
      to: `${parts.remoteAddress};tag=${parts.remoteTag}`,
      callId: parts.callId,
      cseq: sequence,
      headers: '',
      body: this.#ackBody,
    })
    this.#ackBody = ''
    this.#acks.set(sequence, text)
    this.#phone.send(text)
  }

  /** The answer to our INVITE came again. */
  answerRepeated(sequence: number): void {
    const ack = this.#acks.get(sequence)
    if (ack !== undefined) this.#phone.send(ack)
  }

  #hold(): void {
    if (this.#invite !== null && this.#invite.final === 0) return
    if (this.#answer !== null || this.#incoming?.open === true) {
      this.#holdAgain(this.#phone.chance.between(100, 2000))
      return
    }
    const late = this.#phone.chance.happens(0.15)
    this.#inviteOffer = late ? '' : this.#newId('o')
    const direction = this.#phone.chance.pick(['sendonly', 'inactive', 'sendrecv'])
    const body = late ? '' : describe('offer', this.#inviteOffer, '', this.#phone.settings.host, direction)
    this.#invite = this.#request('INVITE', this.#phone.contact, body)
  }

  #holdAgain(milliseconds: number): void {
    if (++this.#retries <= mostRetries) this.#phone.world.clock.start(milliseconds, this, 'hold')
  }

  #request(method: string, headers: string, body: string): ClientRequest {
    const { parts } = this
    return new ClientRequest(this.#phone, this, {
      method,
      uri: this.#target,
      branch: this.#phone.newBranch(),
      from: `${parts.localAddress};tag=${parts.localTag}`,
      to: `${parts.remoteAddress};tag=${parts.remoteTag}`,
      callId: parts.callId,
      cseq: ++this.#localSequence,
      headers,
      body,
    })
  }

  responseReceived(request: ClientRequest, response: SipMessage): void {
    const { status } = response
    if (status < 200) return
    switch (request.parts.method) {
      case 'BYE':
        if (status === 481) this.byeRefused = true
        this.#end()
        return
      case 'INVITE':
        this.#reinviteAnswered(request, response)
        return
      default:
        // INFO and OPTIONS change nothing.
        return
    }
  }

  timedOut(request: ClientRequest): void {
    if (!request.waitedFor) return
    this.#phone.world.watch.fail(`${this.title} got no answer to ${request.parts.method}`)
  }

  #reinviteAnswered(request: ClientRequest, response: SipMessage): void {
    const { status } = response
    if (status < 300 && this.#acks.has(request.parts.cseq)) {
      this.answerRepeated(request.parts.cseq)
      return
    }
    if (request !== this.#invite) return
    if (status < 300) {
      const description = readDescription(response.body)
      if (description === null) this.#phone.world.watch.fail(`A re-INVITE of ${this.title} got no description`)
      if (description.kind === 'offer') this.answerTo(description, 'sendrecv')
      else {
        if (description.offer !== this.#inviteOffer) this.#phone.world.watch.fail(`Wrong answer: ${this.title}`)
        this.answeredOffer(description.offer, description.id)
      }
      this.acknowledge(request.parts.cseq)
      return
    }
    // RFC 3261 §14.1: whoever made the Call-ID waits longer.
    const { chance } = this.#phone
    if (status === 491) this.#holdAgain(this.side === 'caller' ? chance.between(2100, 4000) : chance.between(0, 2000))
    else if (status === 500) this.#holdAgain(chance.between(0, 10_000))
    else if ((status === 481 || status === 408) && !this.ended) this.hangUp()
  }

  #end(): void {
    this.ended = true
    this.#answer?.stop()
    this.#answer = null
    if (this.#incoming?.open === true) this.#incoming.refuse(487)
  }
}

/** A re-INVITE of the other side: answered now, late, or refused. */
class IncomingReinvite implements IncomingInvite, TimerOwner {
  readonly silent = false
  open = true
  readonly #phone: Phone
  readonly #leg: Leg
  readonly #request: SipMessage
  #failure: FinalAnswer | null = null

  constructor(phone: Phone, leg: Leg, request: SipMessage) {
    this.#phone = phone
    this.#leg = leg
    this.#request = request
  }

  begin(): void {
    const { chance, world } = this.#phone
    const after = chance.weighted({ now: 60, soon: 30, late: 10 })
    if (after === 'now') this.timerFired()
    else world.clock.start(after === 'soon' ? chance.between(10, 1000) : chance.between(1000, 6000), this, 'answer')
  }

  timerFired(): void {
    if (!this.open) return
    if (this.#phone.chance.happens(0.12)) {
      this.refuse(488)
      return
    }
    this.open = false
    this.#leg.acceptReinvite(this.#request)
  }

  refuse(status: number): void {
    this.open = false
    const text = this.#phone.responseText(this.#request, status, '', '', '')
    this.#failure = new FinalAnswer(this.#phone, text, this.#request.cseq, () => {
      const { watch } = this.#phone.world
      if (watch.restarts === 0) watch.fail(`${status} to a re-INVITE got no ACK: ${this.#leg.title}`)
    })
  }

  retransmitted(): void {
    // Late answers are repeated by themselves.
    if (this.open) this.#phone.send(this.#phone.responseText(this.#request, 100, '', '', ''))
  }

  acknowledged(): void {
    this.#failure?.stop()
  }

  cancelled(): void {
    if (this.open) this.refuse(487)
  }
}
