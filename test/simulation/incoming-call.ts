import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { hasOptionTag } from '../../engine/sip/option-tags.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import { FinalAnswer } from './final-answer.ts'
import type { IncomingInvite } from './incoming-invite.ts'
import { Leg } from './leg.ts'
import type { Phone } from './phone.ts'
import type { CallPlan } from './plan.ts'
import { ReliableProgress } from './reliable-progress.ts'
import { describe, readDescription } from './sdp.ts'
import type { VirtualTimer } from './virtual-clock.ts'
import type { Watch } from './watch.ts'

type Character =
  | 'answers'
  | 'answers at once'
  | 'early media'
  | 'rejects'
  | 'rings for ever'
  | 'silent'
  | 'redirects'
  | 'answers after CANCEL'
  | 'slow'
  | 'forks'

const characters: Readonly<Record<Exclude<Character, 'forks'>, number>> = {
  answers: 40,
  'answers at once': 8,
  'early media': 10,
  rejects: 14,
  'rings for ever': 8,
  silent: 4,
  redirects: 5,
  'answers after CANCEL': 7,
  slow: 4,
}

const rejections = [404, 408, 415, 480, 480, 486, 486, 486, 487, 488, 500, 503, 600, 603, 604, 606]
const redirections = ['1001', '1002', '1003', '1006', '221002', '211001', '+442071239999', '4999', '']

/** A call that rings at a phone, in one of its characters. */
export class IncomingCall implements IncomingInvite, TimerOwner {
  readonly silent: boolean
  readonly #phone: Phone
  readonly #request: SipMessage
  readonly #plan: CallPlan
  readonly #character: Character
  readonly #tags: string[]
  readonly #timers: VirtualTimer[] = []
  /** Newest provisional response, repeated for a repeated INVITE. */
  #provisional = ''
  /** By To-tag: the newest response that wants a PRACK, where this phone sends such. */
  readonly #reliable = new Map<string, ReliableProgress>()
  readonly #wantsReliable: boolean
  #sequence: number
  #failure: FinalAnswer | null = null
  #answered = false
  /** Picked up, but a session is not acknowledged yet (RFC 3262 §3). */
  #waitingAnswer = -1
  #cancelled = false

  constructor(phone: Phone, request: SipMessage) {
    this.#phone = phone
    this.#request = request
    const { chance } = phone
    const watch: Watch = phone.world.watch
    phone.invites.set(request.branch, this)
    const { people } = phone.world
    const plan = watch.calls.get(Number(request.otherHeader('x-call'))) ?? people?.placedPlan(request) ?? null
    if (plan === null) watch.fail(`An INVITE that nobody sent:\n${request.raw}`)
    this.#plan = plan
    people?.rings(this)
    if (!phone.isCarrier) watch.rings(phone.settings.user, request.otherHeader('x-caller'))
    this.#character = phone.isCarrier && chance.happens(0.25) ? 'forks' : chance.weighted(characters)
    this.#tags = [chance.token(8), chance.token(8)]
    this.#sequence = request.cseq
    this.#wantsReliable = hasOptionTag(request, Header.supported, '100rel') && chance.happens(0.5)
    this.silent = this.#character === 'silent'
    if (!this.silent) this.#begin()
  }

  get plan(): CallPlan {
    return this.#plan
  }

  get phone(): Phone {
    return this.#phone
  }

  /** What its INVITE said. */
  get request(): SipMessage {
    return this.#request
  }

  /** Its dialog, as it will be (RFC 3891 §3); the one that asks is the caller's phone for the server. */
  get replaces(): string {
    const { callId, fromTag } = this.#request
    return `${callId};to-tag=${fromTag};from-tag=${this.#tags[0]}`
  }

  /** Neither answered nor refused. */
  get rings(): boolean {
    return !this.silent && !this.#answered && this.#failure === null && this.#provisional !== ''
  }

  /** Nobody has heard of it yet: what it says first is said once. */
  get isNew(): boolean {
    return !this.silent && !this.#answered && this.#failure === null && this.#provisional === ''
  }

  // --- what the server does

  retransmitted(): void {
    if (this.#provisional !== '' && !this.#answered && this.#failure === null) this.#phone.send(this.#provisional)
  }

  acknowledged(): void {
    this.#failure?.stop()
  }

  /** A PRACK for one of its responses. @returns the status of the answer; 0 where it is for another call */
  prack(request: SipMessage): number {
    if (request.callId !== this.#request.callId || !this.#tags.includes(request.toTag)) return 0
    const progress = this.#reliable.get(request.toTag)
    const status = progress?.take(request.header(Header.rack), this.#request.cseq) ?? 481
    const { watch } = this.#phone.world
    if (status !== 200) watch.fail(`A PRACK that fits nothing:\n${request.raw}`)
    this.#sequence = Math.max(this.#sequence, request.cseq)
    return status
  }

  cancelled(): void {
    if (this.#answered || this.#failure !== null || this.#cancelled) return
    this.#cancelled = true
    this.#stopTimers()
    // As a phone that was picked up while the CANCEL was under way.
    if (this.#character === 'answers after CANCEL') this.#answer(0)
    else this.#refuse(487, '')
  }

  // --- what the phone does

  #begin(): void {
    const { chance } = this.#phone
    const slow = this.#character === 'slow'
    if (chance.happens(0.4)) this.#later(chance.between(1, 20), 'trying')
    const ringing = slow ? chance.between(3000, 7000) : chance.between(5, 300)
    switch (this.#character) {
      case 'answers at once':
        this.#later(chance.between(1, 50), 'answer')
        return
      case 'rejects':
        if (chance.happens(0.5)) this.#later(ringing, 'ring')
        this.#later(ringing + chance.between(0, 4000), 'reject')
        return
      case 'redirects':
        if (chance.happens(0.5)) this.#later(ringing, 'ring')
        this.#later(ringing + chance.between(0, 2000), 'redirect')
        return
      case 'rings for ever':
      case 'answers after CANCEL':
        this.#later(ringing, 'ring')
        return
      case 'early media':
        this.#later(ringing, 'early media')
        this.#later(ringing + chance.between(0, 8000), 'answer')
        return
      case 'forks':
        this.#later(ringing, 'early media')
        this.#later(ringing + chance.between(0, 500), 'second early media')
        this.#later(ringing + chance.between(500, 5000), 'second answer')
        // The first one is picked up at nearly the same moment.
        if (chance.happens(0.3)) this.#later(ringing + chance.between(500, 5000), 'answer')
        return
      case 'answers':
      case 'slow':
        this.#later(ringing, 'ring')
        this.#later(ringing + chance.between(0, 9000), 'answer')
        return
      case 'silent':
    }
  }

  timerFired(name: string): void {
    const { chance } = this.#phone
    if (this.#failure !== null || (this.#answered && this.#character !== 'forks')) return
    switch (name) {
      case 'trying':
        this.#progress(100, '', '')
        return
      case 'ring':
        this.#progress(180, this.#tags[0]!, '')
        return
      case 'early media':
        this.#progress(183, this.#tags[0]!, this.#description(0))
        return
      case 'second early media':
        this.#progress(183, this.#tags[1]!, this.#description(1))
        return
      case 'answer':
        this.#answer(0)
        return
      case 'second answer':
        this.#answer(1)
        return
      case 'reject':
        this.#refuse(chance.pick(rejections), '')
        return
      case 'redirect': {
        const user = chance.pick(redirections)
        this.#refuse(302, user === '' ? '' : `Contact: <sip:${user}@elsewhere.example>\r\n`)
        return
      }
    }
  }

  #progress(status: number, tag: string, body: string): void {
    if (this.#answered) return
    const contact = this.#phone.contact + this.#phone.allow
    const known = this.#reliable.get(tag)
    if (this.#wantsReliable && status > 100) {
      // One at a time.
      if (known?.acknowledged === false) return
      const number = known === undefined ? 1 + this.#phone.chance.below(100_000) : known.number + 1
      const headers = `${contact}Require: 100rel\r\nRSeq: ${number}\r\n`
      const text = this.#phone.responseText(this.#request, status, tag, headers, body)
      this.#provisional = text
      this.#reliable.set(
        tag,
        new ReliableProgress(this.#phone, number, text, body !== '', (acknowledged) => this.#progressed(acknowledged)),
      )
      return
    }
    this.#provisional = this.#phone.responseText(this.#request, status, tag, tag === '' ? '' : contact, body)
    this.#phone.send(this.#provisional)
  }

  #progressed(acknowledged: boolean): void {
    if (!acknowledged) {
      if (this.#answered || this.#failure !== null) return
      const { watch } = this.#phone.world
      if (watch.restarts === 0) watch.fail(`A response of ${this.#phone.settings.name} got no PRACK`)
      this.#refuse(504, '')
      return
    }
    const waiting = this.#waitingAnswer
    this.#waitingAnswer = -1
    if (waiting >= 0 && !this.#answered && this.#failure === null) this.#answer(waiting)
  }

  /** What is answered under a tag: the same early and finally, as RFC 3261 §13.2.1 demands. */
  #description(which: number): string {
    const offer = readDescription(this.#request.body)
    const id = `d${this.#tags[which]}`
    return offer === null ? '' : describe('answer', id, offer.id, this.#phone.settings.host, 'sendrecv')
  }

  #answer(which: number): void {
    const phone = this.#phone
    const request = this.#request
    const tag = this.#tags[which]!
    if (phone.legs.has(`${request.callId} ${tag}`)) return
    const progress = this.#reliable.get(tag)
    if (progress?.acknowledged === false && progress.hasSession) {
      this.#waitingAnswer = which
      return
    }
    progress?.stop()
    this.#answered = true
    if (this.#character !== 'forks') this.#stopTimers()
    const leg = new Leg(phone, this.#plan, 'callee', {
      callId: request.callId,
      localTag: tag,
      remoteTag: request.fromTag,
      localAddress: request.to,
      remoteAddress: request.from.replace(/;tag=.*$/, ''),
      target: /<([^>]+)>/.exec(request.raw.slice(request.raw.indexOf('\r\nContact:')))?.[1] ?? '',
      localSequence: 0,
      remoteSequence: this.#sequence,
    })
    let body = this.#description(which)
    if (body === '') body = leg.offer('sendrecv')
    else leg.answeredOffer(readDescription(request.body)!.id, readDescription(body)!.id, readDescription(body)!.id)
    leg.begun(request, body)
    if (this.#plan.answeredAt === 0) this.#plan.answeredAt = phone.world.clock.now()
    // What was answered reliably need not be said again (RFC 3264 §4).
    const said = progress?.acknowledged === true && progress.hasSession && phone.chance.happens(0.5)
    const headers = phone.contact + phone.allow + leg.clock.accepting(request)
    leg.sendAnswer(request, phone.responseText(request, 200, tag, headers, said ? '' : body))
  }

  #refuse(status: number, headers: string): void {
    const phone = this.#phone
    for (const progress of this.#reliable.values()) progress.stop()
    this.#stopTimers()
    const text = phone.responseText(this.#request, status, this.#tags[0]!, headers, '')
    this.#failure = new FinalAnswer(phone, text, this.#request.cseq, () => {
      // A new server process does not know what the old one had to acknowledge.
      if (phone.world.watch.restarts === 0) phone.world.watch.fail(`${status} of ${phone.settings.name} got no ACK`)
    })
  }

  #later(milliseconds: number, what: string): void {
    this.#timers.push(this.#phone.world.clock.start(milliseconds, this, what))
  }

  #stopTimers(): void {
    for (const timer of this.#timers) this.#phone.world.clock.stop(timer)
  }
}
