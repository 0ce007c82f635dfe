import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { allowsMethod } from '../../engine/sip/option-tags.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import { FinalAnswer } from './final-answer.ts'
import { HandingOn } from './handing-on.ts'
import { IncomingReinvite } from './incoming-reinvite.ts'
import type { Phone } from './phone.ts'
import type { Act, CallPlan } from './plan.ts'
import type { Description } from './sdp.ts'
import { answers, describe, readDescription } from './sdp.ts'
import type { TimedLeg } from './session-clock.ts'
import { SessionClock } from './session-clock.ts'
import type { Watch } from './watch.ts'

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
  /** What it says of itself in that session: `o...` or `a...`; '' before. */
  ownId = ''
  /** It refused an offer since: the ends may disagree. */
  refusedOffer = false
  /** Why it may be ended while the other side is still there: it was handed on, parked, taken over; ''. */
  handedOn = ''
  /** It has asked for a transfer, whatever it has heard of it. */
  get hands(): boolean {
    return this.handing !== null || this.#refers.size > 0
  }

  /** Its newest REFER that was accepted. */
  handing: HandingOn | null = null
  /** It has put the other side on hold, as far as it knows. */
  holds = false
  /** It was seen in a park slot, and has agreed with nobody since. */
  parked = false
  /** When it ended (ms); 0 before. */
  endedAt = 0
  /** Restarts of the server when its BYE first left. */
  restartsAtBye = -1
  /** Its BYE was refused by a process that must have known it. */
  wronglyRefused = false
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
  #direction = ''
  /** REFERs that were sent: number, and whether nothing is to be told of it. */
  readonly #refers = new Map<number, boolean>()
  readonly #handings: HandingOn[] = []

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
    phone.world.watch.begins(this)
  }

  get user(): string {
    return this.#phone.settings.user
  }

  get phone(): Phone {
    return this.#phone
  }

  /** Its place in calls, as a Replaces header names it (RFC 3891 §3). */
  get replaces(): string {
    const { callId, localTag, remoteTag } = this.parts
    return `${callId};to-tag=${remoteTag};from-tag=${localTag}`
  }

  /** It hangs up as soon as its answer is acknowledged. */
  get wantsBye(): boolean {
    return this.#wantsBye
  }

  /** Talks, and nothing is in the way of asking for something. */
  get talks(): boolean {
    return this.established && !this.ended && !this.sentBye && !this.vanished && this.#answer === null
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
    this.answeredOffer(offer.id, id, id)
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

  /** @param own which of the two is ours */
  answeredOffer(offer: string, answer: string, own: string): void {
    this.session = `${offer} ${answer}`
    this.ownId = own
    this.refusedOffer = false
    if (offer !== 'server' && answer !== 'server') this.parked = false
    this.sessionChangedAt = this.#phone.world.clock.now()
    this.#phone.world.watch.says(own, this)
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
      // What its ACK has to carry may be asked of a phone that has lost its power.
      const others = (watch.restarts > 0 && second) || watch.maySilence
      const excused = this.plan.excused !== '' || others
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
      if (answer !== null && (answer.kind !== 'server' || this.#phone.world.people !== null)) {
        if (!this.#isAnswer(answer, this.#offeredInAnswer)) {
          this.#phone.world.watch.fail(`Wrong answer in ACK: ${this.title}`)
        }
        this.answeredOffer(this.#offeredInAnswer, answer.id, this.#offeredInAnswer)
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
    if (request.method === 'NOTIFY' && !this.ended) return this.#notifyReceived(request)
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

  #notifyReceived(request: SipMessage): Answer {
    const watch: Watch = this.#phone.world.watch
    if (request.cseq < this.#remoteSequence) return { status: 500, headers: '', body: '' }
    this.#remoteSequence = request.cseq
    const event = request.header(Header.event)
    // It may overtake the 202, and the one of another REFER; that without a number is of the first that was accepted.
    const number = Number(/^refer;id=(\d+)$/.exec(event)?.[1] ?? this.#firstRefer())
    const handing = this.#handings.find(({ sequence }) => sequence === number) ?? this.#handsOn(number)
    if (handing === null || !handing.isTold(event)) watch.fail(`${this.title} is told of a transfer it did not ask for`)
    const repeats = watch.restarts > 0 && (handing.final !== 0 || handing.silent)
    if (!repeats) handing.notified(request, this.title, watch)
    if (handing.final === 200) this.handedOn = 'its transfer has succeeded'
    return { status: 200, headers: '', body: '' }
  }

  /** The first REFER that is told of without its number; -1: there is none. */
  #firstRefer(): number {
    for (const [sequence, silent] of this.#refers) {
      const handing = this.#handings.find((one) => one.sequence === sequence)
      if (!silent && (handing?.isTold('refer') ?? true)) return sequence
    }
    return [...this.#refers.keys()][0] ?? -1
  }

  /** The REFER with this number is accepted. */
  #handsOn(sequence: number): HandingOn | null {
    const silent = this.#refers.get(sequence)
    if (silent === undefined) return null
    const now = this.#phone.world.clock.now()
    this.handing = new HandingOn(sequence, now, silent)
    this.#handings.push(this.handing)
    return this.handing
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
    this.#phone.world.people?.talking(this)
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
    if (name === 'enough') {
      this.hangUp()
      return
    }
    if (name === 'vanish') {
      this.#vanish()
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
    const { watch, people } = this.#phone.world
    const alone = people !== null && watch.peerOf(this) === null
    if (watch.restarts === 0 && !alone && this.plan.legs.every((leg) => !leg.vanished && !leg.sentBye)) {
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
    this.restartsAtBye = this.#phone.world.watch.restarts
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
    this.endedAt = this.#phone.world.clock.now()
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

  /** Puts the other side on hold. */
  hold(): void {
    if (!this.#offers && this.#incoming?.open !== true && this.talks) this.#reinvite('sendonly')
  }

  /** Loses its power. */
  vanish(): void {
    this.#vanish()
  }

  /** Hands the other side on (RFC 3515). `target`: URI, with what stands behind it. */
  refer(target: string, silent: boolean): boolean {
    if (!this.talks) return false
    const headers = `${this.#phone.contact}Refer-To: <${target}>\r\n${silent ? 'Refer-Sub: false\r\n' : ''}`
    if (silent) this.handedOn ||= 'it wants to hear nothing of its transfer'
    this.#refers.set(this.#request('REFER', headers, '').parts.cseq, silent)
    return true
  }

  #referAnswered(request: ClientRequest, status: number): void {
    const { cseq } = request.parts
    // A process may have died after it followed it.
    if (status !== 202 && this.#phone.world.watch.restarts > 0) return
    if (status !== 202) this.#refers.delete(cseq)
    else if (this.#handings.every(({ sequence }) => sequence !== cseq)) this.#handsOn(cseq)
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
    this.#direction = direction
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
        if (status === 481) {
          this.byeRefused = true
          this.wronglyRefused = this.restartsAtBye === this.#phone.world.watch.restarts
        }
        this.#end()
        return
      case 'INVITE':
        this.#reinviteAnswered(request, response)
        return
      case 'UPDATE':
        this.#updateAnswered(request, response)
        return
      case 'REFER':
        this.#referAnswered(request, status)
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
    if (answer === null || !this.#isAnswer(answer, this.#offerId)) {
      this.#phone.world.watch.fail(`Wrong answer: ${this.title}`)
    }
    this.#said = this.#offerText
    this.holds = this.#direction === 'sendonly' || this.#direction === 'inactive'
    this.answeredOffer(this.#offerId, answer.id, this.#offerId)
  }

  #isAnswer(description: Description, offered: string): boolean {
    return answers(description, offered, this.#phone.world.people !== null)
  }

  timedOut(request: ClientRequest): void {
    if (!request.waitedFor) return
    const { watch } = this.#phone.world
    const { method } = request.parts
    if (!request.hadNoChance) {
      if (!watch.maySilence) watch.fail(`${this.title} got no answer to ${method}`)
      return
    }
    // As if it were answered 408 (RFC 3261 §12.2.1.2).
    request.waitedFor = false
    if (method === 'BYE') this.#end()
    else this.hangUp()
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
    this.endedAt = this.#phone.world.clock.now()
    this.clock.stop()
    if (this.#update !== null) this.#update.waitedFor = false
    this.#answer?.stop()
    this.#answer = null
    if (this.#incoming?.open === true) this.#incoming.refuse(487)
  }
}
