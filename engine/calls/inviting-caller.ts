import type { Target } from '../router/decision.ts'
import { dialogOfRequest } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { allowsMethod, hasOptionTag } from '../sip/option-tags.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { Flow } from '../sip/transport.ts'
import type { CallerSide } from './caller-side.ts'
import type { DialogOwner } from './calls.ts'
import type { AboutCall } from './conversation.ts'
import { Conversation } from './conversation.ts'
import type { EarlyDialog } from './early-dialog.ts'
import { EarlyRequests } from './early-requests.ts'
import type { AnsweringSide, Fork } from './fork.ts'
import { LateAcknowledgement } from './late-acknowledgement.ts'
import { Leg } from './leg.ts'
import { allowHeader, contactHeader, hasSessionDescription, passedHeaders } from './passing.ts'
import type { ReliableOwner } from './reliable-responses.ts'
import { ReliableResponses } from './reliable-responses.ts'
import { partyOf } from './ring-targets.ts'
import type { CallServices, Party } from './services.ts'
import { proposedSession, SessionTimer } from './session-timer.ts'
import { dtmfOf } from './sound/keys-as-info.ts'
import { refusalPrompt } from './sound/refusal-prompts.ts'
import type { OfferedSound, Sound } from './sound/sound.ts'
import type { SoundSide } from './sound/sound-side.ts'
import type { CalledPhone } from './sound/sounds.ts'
import { isBehindNat, isBrowserLike } from './sound/sounds.ts'
import { languageOfParty } from './sound/spoken-language.ts'
import { SpokenRefusal } from './sound/spoken-refusal.ts'
import type { Holding } from './usage.ts'

/** What a caller gets who takes one session description only. */
const ringing = { status: 180, phrase: reasonPhrase(180), body: '', early: null, responseNumber: 0 } as const

/** The call that this caller waits for. */
export interface InvitingCallerOwner extends ReliableOwner {
  /** The caller gives up, by CANCEL or by BYE in an early dialog. */
  cancelled(): void
  /** Another one waits for the answer in his place. */
  changeCaller(caller: CallerSide): void
}

/** The caller of a call that is not answered yet: his INVITE, and all that he is told until it has its final response. */
export class InvitingCaller implements CallerSide, DialogOwner {
  readonly request: SipMessage
  readonly transaction: InviteServerTransaction
  readonly party: Party
  /** Lines of the INVITEs to phones that say what we can do. */
  readonly abilities: string
  readonly #services: CallServices
  readonly #owner: InvitingCallerOwner
  readonly #flow: Flow
  readonly #singleDialog: boolean
  /** `null`: the caller cannot acknowledge provisional responses. */
  readonly #reliable: ReliableResponses | null
  /** Made when somebody first says something in an early dialog. */
  #earlyRequests: EarlyRequests | null
  /** His end of the sound with all who are called, where he takes one description only; else `null`. */
  #soundOfAll: SoundSide | null
  /** He was told a description before the answer, and so may have heard somebody. */
  #heard: boolean
  /** Our tags towards the caller that were told to him. */
  readonly #tags: string[]
  /** What he was told of sound before the answer by phones that do not say it reliably. */
  #unreliable: { readonly tag: string; readonly fork: Fork; readonly response: SipMessage }[] | null

  /** @param singleDialog he takes one session description only (docs/calls.md) */
  constructor(
    services: CallServices,
    owner: InvitingCallerOwner,
    party: Party,
    singleDialog: boolean,
    request: SipMessage,
    flow: Flow,
    transaction: InviteServerTransaction,
  ) {
    this.request = request
    this.transaction = transaction
    this.party = party
    this.#services = services
    this.#owner = owner
    this.#flow = flow
    this.#singleDialog = singleDialog
    const required = hasOptionTag(request, Header.require, '100rel')
    const acknowledges = required || hasOptionTag(request, Header.supported, '100rel')
    this.#reliable = acknowledges ? new ReliableResponses(services, transaction, request.cseq, required, owner) : null
    this.#earlyRequests = null
    // An offer in a reliable response needs its answer in the PRACK (RFC 3262 §5), which only the caller can give.
    const takesReliable = hasSessionDescription(request) || (acknowledges && !singleDialog)
    this.abilities =
      allowHeader(allowsMethod(request, 'UPDATE')) +
      (takesReliable ? 'Supported: 100rel, timer\r\n' : 'Supported: timer\r\n') +
      proposedSession
    this.#soundOfAll = null
    this.#heard = false
    this.#tags = []
    this.#unreliable = null
  }

  get transfers(): number {
    return 0
  }

  get triesNothingElse(): boolean {
    return false
  }

  // --- what the caller does

  requestReceived(request: SipMessage, flow: Flow, localTag: string): void {
    const { transactions } = this.#services
    if (request.callId !== this.request.callId || request.fromTag !== this.request.fromTag) {
      transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    if (!this.#services.admits(request, flow, this.#flow, this.party)) return
    if (request.method !== 'BYE') {
      if (request.method === 'INFO') this.#linkHeard(localTag)
      this.#early().fromCaller(request, flow, localTag)
      return
    }
    // §15.1.2: a caller may end an early dialog by BYE as well.
    transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
    this.#owner.cancelled()
  }

  ackReceived(): void {
    // There is nothing to acknowledge yet.
  }

  lateAnswerReceived(): void {
    // Our tags here are towards the caller, who answers nothing.
  }

  /** His place is another's from now on, and his INVITE is refused. @returns the call that rings */
  handOver(caller: CallerSide): InvitingCallerOwner {
    this.#owner.changeCaller(caller)
    return this.#owner
  }

  // --- what he is told

  /** A phone rings, or is heard before it answers. */
  progressed(fork: Fork, response: SipMessage, early: EarlyDialog | null): void {
    const { network } = this.#services
    const contact = contactHeader(network, this.transaction.flow) + allowHeader(allowsMethod(response, 'UPDATE'))
    const reliable = this.#reliable
    const body = this.#bodyOf(fork, response)
    if (this.#singleDialog && (body === '' || fork.sound === null || !hasSessionDescription(this.request))) {
      early?.acknowledge(response, body)
      // One SDP answer is all this caller takes: he hears his own ringing until the call is answered (docs/calls.md).
      const tag = this.transaction.toTag
      const first = this.#tell(tag)
      if (reliable === null) this.transaction.respond(180, reasonPhrase(180), tag, contact, '')
      else if (first) reliable.send(tag, { ...ringing, headers: contact })
      return
    }
    const tag = this.tagFor(fork, response)
    this.#tell(tag)
    this.#heard ||= body !== ''
    early?.says(response, body)
    const headers = contact + passedHeaders(response)
    const { status, reasonPhrase: phrase } = response
    if (this.#singleDialog) {
      // Whoever is heard now may not be the one who answers: his PRACK cannot go on to them.
      early?.acknowledge(response, body)
      const progress = { status, phrase, headers, body, early: null, responseNumber: 0 }
      if (reliable === null) this.transaction.respond(status, phrase, tag, headers, body)
      else reliable.send(tag, progress)
      return
    }
    if (early === null && body !== '' && response.toTag !== '') this.#hears(tag, fork, response)
    if (reliable === null) {
      early?.acknowledge(response, body)
      this.transaction.respond(status, phrase, tag, headers, body)
      return
    }
    if (early !== null) this.#early().link(tag, early)
    reliable.send(tag, { status, phrase, headers, body, early, responseNumber: early?.responseNumber ?? 0 })
  }

  get offer(): string {
    return this.request.body
  }

  // --- sound

  /** The sound between him and somebody who is called, offered; `null` where it need not pass through us. */
  soundTo(callId: string, target: Target, phone: CalledPhone): OfferedSound | null {
    const { sounds, snapshot } = this.#services
    if (sounds.media === null) return null
    const isHidden = isBehindNat(this.request, this.#flow)
    const offersKeys = this.request.body.includes('a=crypto:')
    const isBrowser = this.request.body.includes('a=fingerprint:')
    const caller = { party: this.party, flow: this.#flow, behindNat: isHidden, offersKeys, isBrowser }
    const media = sounds.needed(caller, target, phone)
    if (media === null) return null
    const name = sounds.nameFor(callId)
    const side = this.#soundSide(name, isHidden)
    const sound = sounds.join(
      media,
      name,
      side,
      sounds.side(`${name}-b`, phone.flow, phone.behindNat),
      this.#singleDialog,
    )
    sound.mayBeRecorded = target.recording !== null
    sound.callee.isBrowser = media.serves('browser') && isBrowserLike(target.kind, phone.flow)
    side.dtmf = dtmfOf(snapshot, this.party)
    if (phone.isSecure) sound.callee.encryption.wanted = true
    if (target.kind === 'trunk') {
      sound.codecs = target.trunk.codecs
      sound.callee.dtmf = target.trunk.dtmf
    }
    const body = hasSessionDescription(this.request) ? sound.offered(side, this.request) : this.request.body
    if (body !== null) return { sound, body }
    this.#services.log.warn({ call: callId }, 'Sound of a call cannot pass through us: no ports, or an odd description')
    sounds.end(sound)
    return null
  }

  /** Another offer to who has refused this one (488): with keys, or without; '' where there is none. */
  offerOtherwise(sound: Sound): string {
    if (!hasSessionDescription(this.request) || !sound.endsEncryption || !sound.callee.encryption.changeMind())
      return ''
    return sound.offered(sound.caller, this.request) ?? ''
  }

  /** One for each phone, or for all where he takes one description only. */
  #soundSide(name: string, isHidden: boolean): SoundSide {
    const { sounds } = this.#services
    if (!this.#singleDialog) return sounds.side(`${name}-a`, this.#flow, isHidden)
    if (this.#soundOfAll === null) {
      this.#soundOfAll = sounds.side(`${name}-a`, this.#flow, isHidden)
      this.#soundOfAll.stable = true
    }
    return this.#soundOfAll
  }

  /** The body of a response as he is told it. */
  #bodyOf(fork: AnsweringSide, response: SipMessage): string {
    const { sound } = fork
    if (sound === null || !hasSessionDescription(response)) return response.body
    if (hasSessionDescription(this.request)) return sound.answered(sound.callee, response)
    return sound.said(sound.callee, response) ?? ''
  }

  /** A phone repeats what is not acknowledged. */
  repeated(fork: Fork, early: EarlyDialog): void {
    if (!this.#singleDialog) this.#reliable?.repeated(fork.callerTagOf(early.dialog.remoteTag))
  }

  /** A phone that rings makes a request, from where it may. */
  requestFromPhone(early: EarlyDialog, request: SipMessage, flow: Flow): void {
    this.#early().fromPhone(early, request, flow)
  }

  /** Our tag in the dialog that this answer of a phone makes with the caller. */
  tagFor(fork: AnsweringSide, response: SipMessage): string {
    return this.onlyTag || fork.callerTagOf(response.toTag)
  }

  get onlyTag(): string {
    return this.#singleDialog ? this.transaction.toTag : ''
  }

  /** A session under this tag is not acknowledged yet: the call may not be answered under it (RFC 3262 §3). */
  awaitsSession(tag: string): boolean {
    return this.#reliable?.awaitsSession(tag) === true
  }

  /** The final response follows: no provisional one is repeated any more. */
  stop(): void {
    this.#reliable?.stop()
  }

  /**
   * He is told that a phone has answered; both are in the conversation that it makes.
   * @param tag as `tagFor` says
   * @param ownHoldings lines or channels that he uses
   * @param otherHoldings those of whoever answered
   */
  answered(
    fork: AnsweringSide,
    response: SipMessage,
    tag: string,
    about: AboutCall,
    ownHoldings: readonly Holding[],
    otherHoldings: readonly Holding[],
  ): Conversation {
    const services = this.#services
    const { transaction } = this
    const { answeredAt } = about
    let { sound } = fork
    let body = this.#bodyOf(fork, response)
    fork.sound = null
    if (sound !== null && body === '' && hasSessionDescription(response) && !hasSessionDescription(this.request)) {
      // An offer for which there are no ports, because the media process has died meanwhile, goes on as it came.
      services.sounds.end(sound)
      sound = null
      body = response.body
    }
    // Who takes one description has heard one with ports of ours: it stands, and both are asked for their sessions next.
    const heard = sound === null ? (this.#soundOfAll?.saidLast ?? '') : ''
    if (heard !== '' && hasSessionDescription(response)) body = heard
    const callee = fork.answeredDialog(response)
    const early = fork.earlyDialog(response.toTag)
    const caller = this.#earlyRequests?.known(tag) ?? dialogOfRequest(this.request, tag, this.#flow)
    this.#forgetTags(tag)
    const conversation = new Conversation(
      services,
      about,
      new Leg(caller, this.party, new SessionTimer(answeredAt), ownHoldings),
      new Leg(callee, partyOf(fork.target), new SessionTimer(answeredAt), otherHoldings),
      this.#reliable?.awaited(tag) ?? 0,
    )
    if (sound !== null) {
      sound.settle()
      this.#soundOfAll = null
      conversation.carry(sound)
    } else this.#giveSound()
    // What it answered to our PRACK need not stand in its 200 again, but the caller does not have it for certain.
    const repeats = !hasSessionDescription(response) && early !== undefined && early.answer !== ''
    if (repeats) early.said = { type: early.answerType, text: early.answer }
    const offer = sound === null ? this.request.body : sound.callee.saidLast
    const session = conversation.begin(this.request, offer, response, body, early)
    const type = repeats ? `Content-Type: ${early.answerType}\r\n` : ''
    const own = contactHeader(services.network, transaction.flow) + allowHeader(conversation.callee.timer.allowsUpdate)
    const headers = own + session + type + passedHeaders(response)
    const text = transaction.respond(200, reasonPhrase(200), tag, headers, repeats ? early.answer : body)
    const sequence = response.cseq
    // Where the answer came in a PRACK, the ACK has nothing to carry.
    const offered = hasSessionDescription(this.request) || !hasSessionDescription(response)
    const pass = (ackHeaders: string, body: string) => fork.acknowledge(callee, sequence, ackHeaders, body)
    const lateAnswer = offered ? null : { sequence, pass }
    conversation.answered(conversation.caller, text, transaction.flow, this.request.cseq, lateAnswer)
    if (offered) fork.acknowledge(callee, sequence, '', '')
    if (heard !== '') conversation.offers.introduce()
    return conversation
  }

  speak(callId: string, status: number, phrase: string, refuse: () => void): SpokenRefusal | null {
    if (this.#heard) return null
    const { request, transaction, party } = this
    const kind = party.kind === 'trunk' ? 'carrier' : 'call'
    const prompt = refusalPrompt(status, phrase, kind)
    const tag = this.#singleDialog ? transaction.toTag : this.#services.random.token(12)
    const invite = { id: callId, request, flow: this.#flow, transaction, tag }
    const language = languageOfParty(this.#services.snapshot, party)
    const spoken = SpokenRefusal.start(this.#services, invite, language, prompt, refuse)
    if (spoken !== null) this.#tell(tag)
    return spoken
  }

  refused(status: number, phrase: string): void {
    this.#forgetTags('')
    this.#giveSound()
    this.#services.obligations.refuse(this.transaction, status, phrase, this.transaction.toTag, '')
  }

  // --- parts

  /** Who has answered, or nobody, needs no sound of this caller through us. */
  #giveSound(): void {
    const { media } = this.#services.sounds
    if (media !== null) this.#soundOfAll?.give(media)
    this.#soundOfAll = null
  }

  /** Whoever hears somebody before the answer may have keys to press (RFC 6086 §4.2.1): his INFO goes to whom he hears. */
  #hears(tag: string, fork: Fork, response: SipMessage): void {
    this.#unreliable ??= []
    if (!this.#unreliable.some((one) => one.tag === tag)) this.#unreliable.push({ tag, fork, response })
  }

  #linkHeard(tag: string): void {
    const heard = this.#unreliable?.find((one) => one.tag === tag)
    if (heard === undefined || !heard.fork.open) return
    const early = heard.fork.earlyDialog(heard.response.toTag) ?? heard.fork.dialogBefore(heard.response)
    if (early !== undefined) this.#early().link(tag, early)
  }

  /** The caller learns this tag now: requests of his early dialog come to us. @returns false if he has it already */
  #tell(tag: string): boolean {
    if (this.#tags.includes(tag)) return false
    this.#tags.push(tag)
    this.#services.calls.register(tag, this)
    return true
  }

  /** The caller's early dialogs are over, but for that which the answer confirms. */
  #forgetTags(answered: string): void {
    for (const tag of this.#tags) {
      if (tag === answered) continue
      const awaited = this.#reliable?.awaited(tag) ?? 0
      if (awaited === 0) this.#services.calls.unregister(tag)
      else new LateAcknowledgement(this.#services, this.request, tag, awaited)
    }
  }

  #early(): EarlyRequests {
    this.#earlyRequests ??= new EarlyRequests(this.#services, this.request, this.#flow, this.#reliable)
    return this.#earlyRequests
  }
}
