import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { allowsMethod } from '../../engine/sip/option-tags.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import { FinalAnswer } from './final-answer.ts'
import { IncomingReinvite } from './incoming-reinvite.ts'
import type { Phone } from './phone.ts'
import type { Act, CallPlan } from './plan.ts'
import type { Description } from './sdp.ts'
import { describe, readDescription } from './sdp.ts'
import type { TimedLeg } from './session-clock.ts'
import { SessionClock } from './session-clock.ts'

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

/** What is answered to a request: whole lines, and a session description or ''. */
export interface Answer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

const mostRetries = 4

/** One phone's side of an answered call: talks as its plan says until one hangs up. */
export class Leg implements ClientRequestUser, TimerOwner, TimedLeg {
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
  readonly clock: SessionClock
  /** Newest session description heard, and what was said to it. */
  #heard = ''
  #said = ''
  /** The other side takes UPDATE. */
  #otherTakesUpdate = false
  #update: ClientRequest | null = null
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
  /** Of our newest offer. */
  #offerId = ''
  #offerText = ''
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
    this.clock = new SessionClock(phone, this)
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
    this.#said = describe('offer', this.#offeredInAnswer, '', this.#phone.settings.host, direction)
    return this.#said
  }

  /** Prepares the answer to an offer that came in a 200: it leaves with the ACK. */
  answerTo(offer: Description, direction: string): void {
    this.#ackBody = this.#answerText(offer, direction)
  }

  #answerText(offer: Description, direction: string): string {
    const id = this.#newId('a')
    this.#said = describe('answer', id, offer.id, this.#phone.settings.host, direction)
    this.answeredOffer(offer.id, id)
    return this.#said
  }

  /** Notes what the first INVITE or its answer told, or what was told early, and what we said. */
  begun(message: SipMessage, said: string, early = ''): void {
    this.#noteAbilities(message)
    this.#heard = message.body || early
    if (said !== '') this.#said = said
  }

  #noteAbilities(message: SipMessage): void {
    if (message.has(Header.allow)) this.#otherTakesUpdate = allowsMethod(message, 'UPDATE')
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
    if (ack.body !== '') this.#heard = ack.body
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
      if (this.#offers) reinvite.refuse(491)
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
    const body = offer === null ? this.offer('sendrecv') : this.#answerOffer(request.body, offer)
    const headers = this.#acceptance(request)
    this.sendAnswer(request, phone.responseText(request, 200, '', headers, body))
  }

  /** It only repeats what was said before, to show that the other side is there. */
  isRefresh(request: SipMessage): boolean {
    return request.body !== '' && request.body === this.#heard
  }

  /** What repeats what was said before, for a refresh, changes nothing (RFC 3264 §8). */
  #answerOffer(text: string, offer: Description): string {
    const changed = text !== this.#heard
    this.#heard = text
    return changed ? this.#answerText(offer, 'sendrecv') : this.#said
  }

  /** Lines of a 2xx to an INVITE or UPDATE of this dialog. */
  #acceptance(request: SipMessage): string {
    this.#noteAbilities(request)
    const contact = /<([^>]+)>/.exec(request.header(Header.contact))?.[1]
    if (contact !== undefined) this.#target = contact
    return this.#phone.contact + this.#phone.allow + this.clock.accepting(request)
  }

  /** An offer of ours has no answer yet. */
  get #offers(): boolean {
    return this.#invite?.final === 0 || this.#update?.final === 0
  }

  /** Any request but INVITE, ACK and CANCEL. */
  requestReceived(request: SipMessage): Answer {
    if (request.method === 'UPDATE' && !this.ended) return this.#updateReceived(request)
    return { status: this.#statusFor(request), headers: '', body: '' }
  }

  #updateReceived(request: SipMessage): Answer {
    const { chance, world } = this.#phone
    const refused = (status: number, headers = ''): Answer => ({ status, headers, body: '' })
    if (!this.#phone.takesUpdate) world.watch.fail(`${this.title} got UPDATE and does not take it`)
    if (request.cseq < this.#remoteSequence) return refused(500)
    this.#remoteSequence = request.cseq
    const offer = readDescription(request.body)
    if (offer === null) return { status: 200, headers: this.#acceptance(request), body: '' }
    if (this.#offers) return refused(491)
    if (this.#incoming?.open === true || this.#offeredInAnswer !== '') return refused(500, 'Retry-After: 2\r\n')
    if (request.body !== this.#heard && chance.happens(0.1)) return refused(488)
    const body = this.#answerOffer(request.body, offer)
    return { status: 200, headers: this.#acceptance(request), body }
  }

  #statusFor(request: SipMessage): number {
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
        return
      case 'update':
        this.#offerByUpdate()
    }
  }

  refresh(): void {
    if (this.ended || this.sentBye) return
    const busy = this.#offers || this.#answer !== null || this.#incoming?.open === true
    if (busy) this.clock.later(5000)
    else if (this.#otherTakesUpdate) this.#request('UPDATE', this.#abilities, '')
    else this.#reinvite('sendrecv')
  }

  notRefreshed(): void {
    if (this.ended || this.sentBye) return
    // The process after a crash gives everybody more time than they may give it.
    if (this.#phone.world.watch.restarts === 0 && this.plan.legs.every((leg) => !leg.vanished && !leg.sentBye)) {
      this.#phone.world.watch.fail(`${this.title} was not refreshed in time`)
    }
    this.plan.excused ||= 'its session expired'
    this.hangUp()
  }

  get #abilities(): string {
    return this.#phone.contact + this.#phone.allow + this.clock.requestLines()
  }

  #offerByUpdate(): void {
    if (!this.#otherTakesUpdate || this.#offers || this.#answer !== null || this.#incoming?.open === true) return
    const direction = this.#phone.chance.pick(['sendonly', 'inactive', 'sendrecv'])
    this.#update = this.#request('UPDATE', this.#abilities, this.#newOffer(direction))
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
    if (this.#update !== null) this.#update.waitedFor = false
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
    this.clock.stop()
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
    if (this.#update?.final === 0) return
    const late = this.#phone.chance.happens(0.15)
    this.#reinvite(late ? '' : this.#phone.chance.pick(['sendonly', 'inactive', 'sendrecv']))
  }

  /** `direction` '': the offer is left to the other side. */
  #reinvite(direction: string): void {
    this.#offerId = ''
    this.#invite = this.#request('INVITE', this.#abilities, direction === '' ? '' : this.#newOffer(direction))
  }

  #newOffer(direction: string): string {
    this.#offerId = this.#newId('o')
    this.#offerText = describe('offer', this.#offerId, '', this.#phone.settings.host, direction)
    return this.#offerText
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
      case 'UPDATE':
        this.#updateAnswered(request, response)
        return
      default:
        // INFO and OPTIONS change nothing.
        return
    }
  }

  #updateAnswered(request: ClientRequest, response: SipMessage): void {
    const { status } = response
    if (status >= 300) {
      if (request !== this.#update && status !== 481) this.clock.later(5000)
      if ((status === 481 || status === 408) && !this.ended) this.hangUp()
      return
    }
    this.#noteAbilities(response)
    this.clock.accepted(response)
    if (request !== this.#update) return
    this.#heard = response.body
    this.#agree(response.body)
  }

  /** The answer to our offer is here. */
  #agree(body: string): void {
    const answer = readDescription(body)
    if (answer?.offer !== this.#offerId) this.#phone.world.watch.fail(`Wrong answer: ${this.title}`)
    this.#said = this.#offerText
    this.answeredOffer(answer.offer, answer.id)
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
      this.#noteAbilities(response)
      this.clock.accepted(response)
      this.#heard = response.body
      if (description.kind === 'offer') this.answerTo(description, 'sendrecv')
      else this.#agree(response.body)
      this.acknowledge(request.parts.cseq)
      return
    }
    // RFC 3261 §14.1: whoever made the Call-ID waits longer.
    const { chance } = this.#phone
    this.clock.later(5000)
    if (status === 491) this.#holdAgain(this.side === 'caller' ? chance.between(2100, 4000) : chance.between(0, 2000))
    else if (status === 500) this.#holdAgain(chance.between(0, 10_000))
    else if ((status === 481 || status === 408) && !this.ended) this.hangUp()
  }

  #end(): void {
    this.ended = true
    this.clock.stop()
    if (this.#update !== null) this.#update.waitedFor = false
    this.#answer?.stop()
    this.#answer = null
    if (this.#incoming?.open === true) this.#incoming.refuse(487)
  }
}
