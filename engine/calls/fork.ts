import type { Binding } from '../registrar/binding.ts'
import type { Target } from '../router/decision.ts'
import type { PhoneResult } from '../router/outcome.ts'
import { phoneResult } from '../router/outcome.ts'
import type { Dialog } from '../sip/dialog.ts'
import { ackWithin, dialogOfResponse } from '../sip/dialog.ts'
import type { DigestAccount } from '../sip/digest-client.ts'
import type { SipMessage } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import { reliableNumber } from '../sip/reliable-provisional.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { RequestSigner } from '../sip/signed-requests.ts'
import type { InviteClientTransaction } from '../sip/transaction/invite-client.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Flow } from '../sip/transport.ts'
import type { TrunkAddress } from '../trunks/trunk-address.ts'
import { retryAfterOf } from '../trunks/trunk-registration.ts'
import type { DialogOwner } from './calls.ts'
import { EarlyDialog } from './early-dialog.ts'
import type { CallServices } from './services.ts'
import { proposedSession, sessionAfterRefusal } from './session-timer.ts'
import { isSessionRefusal, refusedSession } from './sound/refused-session.ts'
import type { OfferedSound, Sound } from './sound/sound.ts'
import type { CalledPhone } from './sound/sounds.ts'

/** Early dialogs towards the caller for the phones behind one contact or trunk. */
const mostEarlyDialogs = 32
/**
 * What a process before this one may have said in early dialogs of an INVITE: our requests to a phone that answers it
 * are numbered from beyond, because their numbers must rise (RFC 3261 §12.2.1.1).
 */
const earlyRequests = 65_536

/** The call for which a fork rings; told of what its phone says. */
export interface ForkOwner {
  /** The sound of a fork, made before its INVITE is; `null` where it need not pass through us. */
  soundTo(target: Target, phone: CalledPhone): OfferedSound | null
  /** Another offer where this one was refused (488): with keys for SRTP, or without; '' where there is none. */
  offerOtherwise(sound: Sound): string
  /** Of the call: the Call-IDs of its forks begin with it, by which their messages are found (docs/tracing.md). */
  readonly id: string
  /** `early`: set where the response is reliable, and owed a PRACK (RFC 3262 §4). */
  forkProgressed(fork: Fork, response: SipMessage, early: EarlyDialog | null): void
  /** A reliable response came again: its PRACK was not sent yet, or is lost and repeated by itself. */
  forkRepeated(fork: Fork, early: EarlyDialog): void
  /** Its phone makes a request before it has answered. */
  forkRequests(fork: Fork, early: EarlyDialog, request: SipMessage, flow: Flow): void
  /** Its INVITE was sent again, with a session timer that suits the phone: CANCEL and the journal need the new one. */
  forkRenewed(fork: Fork): void
  forkAnswered(fork: Fork, response: SipMessage): void
  forkRedirected(fork: Fork, response: SipMessage): void
  /** `status` 0: no answer at all, or the network refused. */
  forkFailed(fork: Fork, status: number, phrase: string): void
}

/** Whoever answers a ringing call: a phone that was rung, or somebody who takes the call by an INVITE of his own. */
export interface AnsweringSide {
  /** `null`: of a process before this one. */
  readonly target: Target | null
  /** Its answer answers what the caller's INVITE offered; else it made an offer of its own. */
  readonly tookOffer: boolean
  /** The sound between it and the caller; `null` where it does not pass through us. */
  sound: Sound | null
  /** Our tag towards the caller for a phone with this tag. */
  callerTagOf(remoteTag: string): string
  /** The dialog that its answer makes. */
  answeredDialog(response: SipMessage): Dialog
  /** The early dialog with the phone that sent this, if it speaks reliably. */
  earlyDialog(remoteTag: string): EarlyDialog | undefined
  /** The caller has been told: so is it. `body`: his answer, where its answer made an offer. */
  acknowledge(dialog: Dialog, sequence: number, headers: string, body: string): void
  /**
   * Nothing comes of its answer.
   * @returns false where it believes that it is in a call: it has to be acknowledged, and told goodbye
   */
  refuse(status: number): boolean
}

/** Of an INVITE to a trunk. */
export interface ForkCarrier {
  /** Where it went. */
  readonly address: TrunkAddress
  /** Addresses of the trunk that were not tried yet. */
  readonly left: readonly TrunkAddress[]
  /** What its challenges are answered with; `null`: with nothing. */
  readonly account: DigestAccount | null
}

/**
 * One INVITE to one contact or trunk. It outlives the call's interest in it: cancelled or beaten by another phone, it
 * waits for the final response and ends by ACK and BYE whatever is answered too late (RFC 3261 §9.1, §13.2.2.4).
 */
export class Fork implements ClientTransactionUser, DialogOwner, AnsweringSide {
  /** Let go once its answer is acknowledged: the fork is kept for as long as that may be repeated. */
  #target: Target | null
  /** Its INVITE is of a process before this one. */
  readonly #resumed: boolean
  /** The contact that is called; `null` for a trunk, and for an INVITE of a process before this one. */
  readonly binding: Binding | null
  /** `null` for a phone, and for an INVITE of a process before this one. */
  readonly carrier: ForkCarrier | null
  /** Lines that sign the INVITE, or ''; its ACK carries them too (§13.2.2.4). */
  #signature: string
  /** It was offered another session than at first. */
  #offeredAnew: boolean
  /** Challenges that were answered. */
  #answers: number
  /** What callerTagOf says for the first phone that speaks here, which mostly is the only one. */
  readonly #callerTag: string
  #firstRemoteTag: string
  #otherTags: Map<string, string> | null
  rang: boolean
  /** Any response came, 100 included. */
  responded: boolean
  /** It takes no session of ours: what it was offered, and takes instead, for the call's record; '' where it did not say so. */
  refusedSession: string
  /** How its phone's part ended (docs/forwarding.md); `null` while it is under way or after an answer. */
  result: PhoneResult | null
  /** Of the dialog that was answered ('' for a phone of RFC 2543): other tags are forks made by somebody behind us. */
  #answeredTag: string | null
  #ackText: string
  /** ACKs of answers that nobody wanted, by their To-tag: each is repeated when its answer is. */
  #unwantedAcks: Map<string, string> | null
  /** Its sound, where that passes through us; the call takes it over with the answer. */
  sound: Sound | null
  #owner: ForkOwner | null
  #cancelled: boolean
  #finished: boolean
  /** Kept until the final response: CANCEL and the journal need it. */
  #request: OutgoingRequest | null
  #branch: string
  /** By To-tag, of phones that answer reliably before they answer finally. */
  #early: Map<string, EarlyDialog> | null
  /** Our tag towards the phone, while requests in early dialogs come to us; ''. */
  #earlyTag: string
  #flow: Flow
  readonly #services: CallServices
  #transaction: InviteClientTransaction | null

  constructor(
    services: CallServices,
    owner: ForkOwner | null,
    target: Target | null,
    callerTag: string,
    request: OutgoingRequest,
    flow: Flow,
    binding: Binding | null,
    carrier: ForkCarrier | null,
  ) {
    this.#target = target
    this.#resumed = target === null
    this.binding = binding
    this.carrier = carrier
    this.#signature = ''
    this.#offeredAnew = false
    this.#answers = 0
    this.#callerTag = callerTag
    this.#firstRemoteTag = ''
    this.#otherTags = null
    this.rang = false
    this.responded = false
    this.refusedSession = ''
    this.result = null
    this.#answeredTag = null
    this.#ackText = ''
    this.#unwantedAcks = null
    this.sound = null
    this.#owner = owner
    this.#cancelled = false
    this.#finished = false
    this.#request = request
    this.#branch = request.branch
    this.#early = null
    this.#earlyTag = ''
    this.#flow = flow
    this.#services = services
    this.#transaction = null
  }

  /** Sends the INVITE. */
  start(): void {
    const request = this.#request
    if (request === null) return
    this.#signature = this.carrier?.account?.sign('INVITE', request.requestUri) ?? ''
    const signed = this.#signature === '' ? request : { ...request, headers: this.#signature + request.headers }
    this.#transaction = this.#services.transactions.sendInvite(signed, this.#flow, this)
  }

  /** Takes up an INVITE of a process before this one, only to end it. */
  static cancelResumed(services: CallServices, request: OutgoingRequest, flow: Flow): void {
    const fork = new Fork(services, null, null, '', request, flow, null, null)
    fork.#transaction = services.transactions.resumeInvite(request, flow, fork)
    fork.cancel('')
  }

  /** `null` after its answer was acknowledged, and for an INVITE of a process before this one. */
  get target(): Target | null {
    return this.#target
  }

  /** Waiting for its final response. */
  get open(): boolean {
    return !this.#finished
  }

  /** The INVITE and its way, while it is open: for the journal. */
  get request(): OutgoingRequest | null {
    return this.#request
  }

  get flow(): Flow {
    return this.#flow
  }

  /** The tag of the phone that spoke first; '' before. */
  get remoteTag(): string {
    return this.#firstRemoteTag
  }

  /**
   * The To-tag that the caller is told for a phone of this fork: one for each early dialog, because a proxy behind us
   * may fork too, and each of its phones has a session description of its own (RFC 3261 §13.2.2.4; docs/calls.md).
   */
  callerTagOf(remoteTag: string): string {
    if (remoteTag === '' || remoteTag === this.#firstRemoteTag) return this.#callerTag
    if (this.#firstRemoteTag === '') {
      this.#firstRemoteTag = ownCopy(remoteTag)
      return this.#callerTag
    }
    this.#otherTags ??= new Map()
    let tag = this.#otherTags.get(remoteTag)
    if (tag === undefined) {
      // So many phones behind one contact ring in no office: the rest share a dialog.
      if (this.#otherTags.size >= mostEarlyDialogs) return this.#callerTag
      tag = this.#services.random.token(12)
      this.#otherTags.set(ownCopy(remoteTag), tag)
    }
    return tag
  }

  /** The call wants nothing more of it. `headers`: whole lines for the CANCEL, for Reason. */
  cancel(headers: string): void {
    this.#owner = null
    this.#endEarly()
    this.#endSound()
    if (this.#finished || this.#cancelled || this.#transaction === null || this.#request === null) return
    this.#cancelled = true
    this.#services.obligations.cancel(this.#transaction, this.#request, headers)
  }

  /** The dialog that a 2xx makes (RFC 3261 §13.2.2.4); the call takes it over and the fork forgets the call. */
  answeredDialog(response: SipMessage): Dialog {
    const dialog = this.#dialogOf(response)
    const { remoteTag } = dialog
    this.#answeredTag = remoteTag === this.#firstRemoteTag ? this.#firstRemoteTag : remoteTag
    this.#owner = null
    // The tag is the conversation's now.
    this.#earlyTag = ''
    this.#endEarly()
    return dialog
  }

  /** The early dialog with the phone that sent this, if it speaks reliably. */
  earlyDialog(remoteTag: string): EarlyDialog | undefined {
    return this.#early?.get(remoteTag)
  }

  /** Likewise with one that does not, and to which something is to be said all the same; `undefined`: with too many others. */
  dialogBefore(response: SipMessage): EarlyDialog | undefined {
    this.#early ??= new Map()
    let early = this.#early.get(response.toTag)
    if (early !== undefined || this.#early.size >= mostEarlyDialogs) return early
    const dialog = dialogOfResponse(response, this.#flow)
    dialog.signer = this.#signer()
    early = new EarlyDialog(this.#services, dialog, response, this.sound)
    this.#early.set(dialog.remoteTag, early)
    this.#earlyTag = dialog.localTag
    this.#services.calls.register(dialog.localTag, this)
    return early
  }

  requestReceived(request: SipMessage, flow: Flow): void {
    const early = this.#early?.get(request.fromTag)
    if (this.#owner === null || early === undefined || early.dialog.callId !== request.callId) {
      this.#services.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
    } else this.#owner.forkRequests(this, early, request, flow)
  }

  ackReceived(): void {
    // Nobody sends an INVITE in an early dialog that could be acknowledged.
  }

  lateAnswerReceived(): void {
    // What is still awaited comes to the transaction.
  }

  /** A phone answers what it was offered. */
  get tookOffer(): boolean {
    return true
  }

  refuse(): boolean {
    return false
  }

  /** Acknowledges the answer, now and whenever it is repeated. */
  acknowledge(dialog: Dialog, sequence: number, headers: string, body: string): void {
    const { network, random, transactions } = this.#services
    const lines = this.#signature + headers
    const ack = transactions.sendAck(ackWithin(dialog, sequence, lines, body, network, random), dialog.flow)
    // It holds nothing it was made of: a text is made one piece when it is written into a socket.
    this.#ackText = ack
    if (this.carrier === null) this.#target = null
  }

  /** Its phone has lost its connection while it rang, and is reached by another one (RFC 5626 §4.5). */
  follow(flow: Flow): void {
    this.#flow = flow
    if (this.#transaction !== null) this.#transaction.flow = flow
    if (this.#early === null) return
    for (const { dialog } of this.#early.values()) dialog.flow = flow
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    const { connection, transport } = this.#flow
    if (connection !== 0 && flow.connection !== connection && flow.transport === transport) this.follow(flow)
    this.responded = true
    this.carrier?.address.heard()
    if (response.status < 200) {
      if (response.status > 100) this.rang = true
      const number = reliableNumber(response)
      if (number < 0) this.#owner?.forkProgressed(this, response, null)
      else this.#progressedReliably(response, number)
    } else if (response.status < 300) {
      this.#answerReceived(response)
    } else if (!this.#renew(response)) {
      if (isSessionRefusal(response.status)) this.refusedSession = refusedSession(this.#request?.body ?? '', response)
      if (response.status === 503) this.carrier?.address.pause(retryAfterOf(response))
      this.#endEarly()
      this.#endSound()
      this.#finish()
      const owner = this.#owner
      this.#owner = null
      if (response.status < 400) owner?.forkRedirected(this, response)
      else owner?.forkFailed(this, response.status, response.reasonPhrase)
    }
  }

  timedOut(): void {
    this.#failed(408)
  }

  transportFailed(): void {
    this.#failed(0)
  }

  /** Notes how the phone's part ended. */
  settle(status: number): void {
    this.result = phoneResult(status, this.rang)
    if (!this.responded) this.carrier?.address.missed()
  }

  #progressedReliably(response: SipMessage, number: number): void {
    const owner = this.#owner
    // Whoever is cancelled has a final response on the way.
    if (owner === null || response.toTag === '') return
    const early = this.dialogBefore(response)
    const taken = early?.take(number)
    if (early === undefined || taken === undefined) return
    if (taken === 'next') owner.forkProgressed(this, response, early)
    else if (taken === 'again') owner.forkRepeated(this, early)
  }

  /** Sends the INVITE again, changed as the refusal asks. @returns false if that cannot be done */
  #renew(response: SipMessage): boolean {
    const request = this.#request
    const owner = this.#owner
    if (request === null || owner === null) return false
    const body = this.#otherOffer(response.status)
    const headers = body === '' ? this.#changedHeaders(request.headers, response) : request.headers
    if (headers === '') return false
    const { transactions } = this.#services
    this.#branch = transactions.newBranch()
    this.responded = false
    this.#request = { ...request, branch: this.#branch, cseq: request.cseq + 1, headers, body: body || request.body }
    owner.forkRenewed(this)
    this.start()
    return true
  }

  /** Once: a session with keys for SRTP where it was offered without, or the other way round. */
  #otherOffer(status: number): string {
    if (!isSessionRefusal(status) || this.sound === null || this.#offeredAnew) return ''
    this.#offeredAnew = true
    return this.#owner?.offerOtherwise(this.sound) ?? ''
  }

  /** Those of the INVITE that comes after this refusal, unsigned; '' where there is none. */
  #changedHeaders(headers: string, response: SipMessage): string {
    const { status } = response
    if (status === 422) {
      // The session interval that the phone demands (RFC 4028 §7.3).
      const session = sessionAfterRefusal(response)
      return session !== '' && headers.includes(proposedSession) ? headers.replace(proposedSession, session) : ''
    }
    // RFC 3261 §22.2, §22.3
    if (status !== 401 && status !== 407) return ''
    return this.carrier?.account?.challenged(response, this.#answers++) === true ? headers : ''
  }

  /** The dialog that a 2xx makes; numbers go on from where they were in the early one (RFC 3261 §13.2.2.4). */
  #dialogOf(response: SipMessage): Dialog {
    const dialog = dialogOfResponse(response, this.#flow)
    dialog.signer = this.#signer()
    const early = this.#early?.get(response.toTag)?.dialog
    if (early !== undefined) {
      dialog.localSequence = Math.max(dialog.localSequence, early.localSequence)
      dialog.remoteSequence = early.remoteSequence
    } else if (this.#resumed) dialog.localSequence += earlyRequests
    return dialog
  }

  #signer(): RequestSigner | null {
    return this.#target?.kind === 'trunk' ? this.#services.trunks.signerOf(this.#target.trunk.id) : null
  }

  #endEarly(): void {
    if (this.#early === null) return
    for (const early of this.#early.values()) early.over = true
    if (this.#earlyTag !== '') this.#services.calls.unregister(this.#earlyTag)
    this.#earlyTag = ''
  }

  #endSound(): void {
    if (this.sound === null) return
    this.#services.sounds.end(this.sound)
    this.sound = null
  }

  #failed(status: number): void {
    this.#endEarly()
    this.#endSound()
    this.#finish()
    const owner = this.#owner
    this.#owner = null
    owner?.forkFailed(this, status, '')
  }

  #answerReceived(response: SipMessage): void {
    if (response.toTag === this.#answeredTag) {
      // Repeated, because our ACK was lost. Before there is an ACK to repeat, the caller's is still awaited.
      if (this.#ackText !== '') this.#services.network.send(this.#flow, this.#ackText, null)
      return
    }
    this.#finish()
    const owner = this.#owner
    if (owner !== null) owner.forkAnswered(this, response)
    else this.#endUnwanted(response)
  }

  /** Answered though nobody wants it: too late, or by a second phone behind the one we called. */
  #endUnwanted(response: SipMessage): void {
    const { network, obligations, random, transactions } = this.#services
    const repeated = this.#unwantedAcks?.get(response.toTag)
    if (repeated !== undefined) {
      network.send(this.#flow, repeated, null)
      return
    }
    this.#endEarly()
    const dialog = this.#dialogOf(response)
    const ack = transactions.sendAck(
      ackWithin(dialog, response.cseq, this.#signature, '', network, random),
      dialog.flow,
    )
    this.#unwantedAcks ??= new Map()
    this.#unwantedAcks.set(dialog.remoteTag, ack)
    obligations.bye(dialog, '', null)
  }

  #finish(): void {
    if (this.#finished) return
    this.#finished = true
    this.#request = null
    this.#transaction = null
    if (this.#cancelled) this.#services.obligations.cancelSettled(this.#branch)
  }
}
