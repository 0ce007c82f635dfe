import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { reliableNumber } from '../../engine/sip/reliable-provisional.ts'
import type { TimerOwner } from '../../engine/sip/transport.ts'
import type { ClientRequestUser } from './client-request.ts'
import { ClientRequest } from './client-request.ts'
import { serverHost } from './company.ts'
import { Leg } from './leg.ts'
import type { Phone } from './phone.ts'
import type { CallPlan } from './plan.ts'
import { answers, describe, readDescription } from './sdp.ts'
import { wantedSession } from './session-clock.ts'
import type { Watch } from './watch.ts'

/** Nobody listens to ringing for longer (ms): more than the server's own three minutes. */
const patience = 200_000
const mostChallenges = 6
const abilities = { unknown: '', supported: 'Supported: 100rel\r\n', required: 'Require: 100rel\r\n' } as const

/** Whoever wants to know how a call goes on. */
export interface CallFollower {
  /** `replaces`: the early dialog, as a Replaces header names it. */
  rings?(replaces: string): void
  answered?(leg: Leg, response: SipMessage): void
  /** `status` 0: no answer came. */
  refused?(status: number, phrase: string): void
}

/** A call that a phone or carrier makes, from its INVITE to its answer. */
export class OutgoingCall implements ClientRequestUser, TimerOwner {
  readonly #phone: Phone
  readonly #plan: CallPlan
  readonly #callId: string
  readonly #tag: string
  readonly #uri: string
  readonly #from: string
  readonly #to: string
  readonly #offerId: string
  /** '' where the other side makes it. */
  #offer = ''
  #cseq = 0
  #challenges = 0
  #invite: ClientRequest | null = null
  /** Tags of early dialogs. */
  readonly #early: string[] = []
  /** Newest RSeq by To-tag, and sessions that came with one. */
  readonly #reliable = new Map<string, number>()
  readonly #sessions = new Map<string, { readonly id: string; readonly text: string }>()
  #leg: Leg | null = null
  #givesUp = false
  #cancelSent = false
  /** Of the early dialog that was ended by BYE. */
  #endedTag = ''
  readonly #follower: CallFollower | null

  constructor(phone: Phone, plan: CallPlan, follower: CallFollower | null = null) {
    this.#phone = phone
    this.#plan = plan
    this.#follower = follower
    plan.startedAt = phone.world.clock.now()
    const { chance, settings } = phone
    this.#callId = `${plan.number}-${chance.token(8)}`
    this.#tag = chance.token(8)
    phone.outgoingCalls.add(`${this.#callId} ${this.#tag}`)
    this.#offerId = `o${plan.number}`
    this.#uri = `sip:${plan.dialled}@${settings.domain}`
    this.#to = `<${this.#uri}>`
    const user = phone.isCarrier ? plan.caller : settings.name
    this.#from = plan.caller === 'anonymous' ? '<sip:anonymous@anonymous.invalid>' : `<sip:${user}@${settings.domain}>`
    this.#send()
    if (plan.giveUpAfter >= 0) phone.world.clock.start(plan.giveUpAfter, this, 'give up')
    phone.world.clock.start(patience, this, 'give up')
  }

  responseReceived(request: ClientRequest, response: SipMessage): void {
    if (request !== this.#invite) return
    const { status } = response
    if (status < 200) {
      if (status > 100 && response.toTag !== '' && !this.#early.includes(response.toTag)) {
        this.#early.push(response.toTag)
        this.#follower?.rings?.(`${this.#callId};to-tag=${response.toTag};from-tag=${this.#tag}`)
      }
      this.#checkDescription(response)
      this.#acknowledgeProgress(response)
      if (this.#givesUp) this.#cancel()
      return
    }
    if (status < 300) {
      this.#answered(response)
      return
    }
    if (status === 401 && !this.#phone.isCarrier && this.#challenges < mostChallenges && !this.#givesUp) {
      this.#challenges++
      this.#phone.challenged(response)
      this.#send()
      return
    }
    this.#over(status, response.reasonPhrase)
  }

  #over(status: number, phrase: string): void {
    this.#phone.world.people?.concluded(this.#callId, this.#tag, status, false)
    this.#follower?.refused?.(status, phrase)
  }

  timedOut(): void {
    // As if it had been refused. Should it be answered all the same, the answer is acknowledged and ended.
    this.#givesUp = true
    this.#follower?.refused?.(0, '')
  }

  timerFired(name: string): void {
    if (name === 'acknowledge') {
      this.#acknowledge()
      return
    }
    if (this.#givesUp || this.#leg !== null || (this.#invite?.final ?? 0) >= 300) return
    this.#givesUp = true
    if (this.#invite?.heard === true) this.#cancel()
  }

  #send(): void {
    const { settings, contact } = this.#phone
    const plan = this.#plan
    if (!plan.lateOffer) this.#offer = describe('offer', this.#offerId, '', settings.host, 'sendrecv')
    this.#invite = new ClientRequest(this.#phone, this, {
      method: 'INVITE',
      uri: this.#uri,
      branch: this.#phone.newBranch(),
      from: `${this.#from};tag=${this.#tag}`,
      to: this.#to,
      callId: this.#callId,
      cseq: ++this.#cseq,
      headers:
        abilities[plan.reliable] +
        this.#phone.allow +
        wantedSession(this.#phone) +
        `${contact}X-Call: ${plan.number}\r\nX-Caller: ${plan.caller}\r\n${plan.headers}` +
        this.#phone.authorization('INVITE', this.#uri),
      body: this.#offer,
    })
  }

  /** RFC 3262 §4. */
  #acknowledgeProgress(response: SipMessage): void {
    const number = reliableNumber(response)
    const { watch } = this.#phone.world
    const invite = this.#invite
    if (invite === null) return
    if (this.#plan.reliable === 'required' && response.status > 100 && number < 0) watch.fail('18x without RSeq')
    if (number < 0) return
    if (this.#plan.reliable === 'unknown') watch.fail('A reliable response to a caller who knows none')
    const tag = response.toTag
    const known = this.#reliable.get(tag)
    if (known !== undefined && number !== known + 1) {
      if (number > known) watch.fail(`RSeq jumps from ${known} to ${number}`)
      return
    }
    this.#reliable.set(tag, number)
    const description = readDescription(response.body)
    if (description !== null) this.#sessions.set(tag, { id: description.id, text: response.body })
    const user = {
      responseReceived: (_: ClientRequest, answer: SipMessage): void => {
        // The call may be over meanwhile.
        const over = invite.final !== 0 || this.#givesUp || watch.restarts > 0
        const isAway = answer.status === 503 && watch.mayBeAway
        if (answer.status >= 300 && !over && !isAway) watch.fail(`PRACK was answered ${answer.status}`)
      },
      timedOut: (): void => undefined,
    }
    const prack = new ClientRequest(this.#phone, user, {
      ...invite.parts,
      method: 'PRACK',
      uri: `sip:${serverHost}:5060`,
      branch: this.#phone.newBranch(),
      to: `${this.#to};tag=${tag}`,
      cseq: ++this.#cseq,
      headers: `RAck: ${number} ${invite.parts.cseq} INVITE\r\n`,
      body: '',
    })
    // One who was cancelled in the middle owes no answer.
    prack.waitedFor = false
  }

  /** RFC 3261 §9.1, or §15 where there is an early dialog to end. */
  #cancel(): void {
    const invite = this.#invite
    if (invite === null || this.#cancelSent || invite.final !== 0) return
    this.#cancelSent = true
    const tag = this.#early.at(-1)
    const silent = { responseReceived: () => undefined, timedOut: () => this.#silence() }
    if (this.#plan.earlyBye && tag !== undefined) {
      this.#endedTag = tag
      new ClientRequest(this.#phone, silent, {
        ...invite.parts,
        method: 'BYE',
        uri: `sip:${serverHost}:5060`,
        branch: this.#phone.newBranch(),
        to: `${this.#to};tag=${tag}`,
        cseq: ++this.#cseq,
        headers: '',
        body: '',
      })
    } else {
      new ClientRequest(this.#phone, silent, { ...invite.parts, method: 'CANCEL', headers: '', body: '' })
    }
  }

  #silence(): void {
    this.#phone.world.watch.fail(`${this.#phone.settings.name} got no answer to its CANCEL or BYE`)
  }

  #answered(response: SipMessage): void {
    const phone = this.#phone
    const { clock } = phone.world
    const watch: Watch = phone.world.watch
    const known = this.#leg
    if (known !== null) {
      if (known.parts.remoteTag !== response.toTag) watch.fail(`Call ${this.#plan.number} was answered twice`)
      known.answerRepeated(response.cseq)
      return
    }
    const leg = new Leg(phone, this.#plan, 'caller', {
      callId: this.#callId,
      localTag: this.#tag,
      remoteTag: response.toTag,
      localAddress: this.#from,
      remoteAddress: this.#to,
      target: /<([^>]+)>/.exec(response.header(Header.contact))?.[1] ?? '',
      localSequence: this.#cseq,
      remoteSequence: -1,
    })
    const plan = this.#plan
    this.#leg = leg
    leg.established = true
    this.#checkDescription(response)
    const description = readDescription(response.body)
    const early = this.#sessions.get(response.toTag)
    if (description === null) {
      if (early === undefined) watch.fail(`Call ${this.#plan.number} was answered without a session description`)
      leg.answeredOffer(this.#offerId, early.id, this.#offerId)
    } else if (plan.lateOffer) leg.answerTo(description, 'sendrecv')
    else leg.answeredOffer(this.#offerId, description.id, this.#offerId)
    leg.begun(response, plan.lateOffer ? '' : this.#offer, early?.text ?? '')
    leg.clock.accepted(response)
    phone.world.people?.concluded(this.#callId, this.#tag, 200, true)
    if (!this.#givesUp && this.#endedTag === '') this.#follower?.answered?.(leg, response)
    if (this.#givesUp || this.#plan.ackAfter === 0) this.#acknowledge()
    else if (this.#plan.ackAfter > 0) clock.start(this.#plan.ackAfter, this, 'acknowledge')
    else leg.excused = 'it never acknowledges'
  }

  #acknowledge(): void {
    const leg = this.#leg
    if (leg === null) return
    leg.acknowledge(this.#invite?.parts.cseq ?? 0)
    if (this.#endedTag === leg.parts.remoteTag) leg.endedEarly()
    else if (this.#givesUp) leg.hangUp()
    else leg.startTalking()
  }

  /** An answer must be one to our offer. */
  #checkDescription(response: SipMessage): void {
    const description = readDescription(response.body)
    if (description === null) return
    const { lateOffer } = this.#plan
    const joined = this.#phone.world.people !== null
    const right = lateOffer
      ? description.kind === 'offer' || (joined && description.kind === 'server')
      : answers(description, this.#offerId, joined)
    if (!right) this.#phone.world.watch.fail(`Call ${this.#plan.number} got a description out of place`)
  }
}
