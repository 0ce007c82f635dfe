import type { SipMessage } from '../message.ts'
import { parseMessage } from '../message.ts'
import { joinedKey } from '../own-copy.ts'
import type { OutgoingRequest } from '../request.ts'
import { cancelOf, magicCookie, newBranch, requestText } from '../request.ts'
import type { ResponseHead } from '../response.ts'
import { plainResponse, reasonPhrase, responseFlow, responseHead, responseText, sentBy } from '../response.ts'
import type { Clock, Flow, Network, Random } from '../transport.ts'
import { isUsableResponse, validateRequest } from '../validate.ts'
import { AnsweredInvites } from './answered-invites.ts'
import { InviteClientTransaction } from './invite-client.ts'
import { InviteServerTransaction } from './invite-server.ts'
import type { KnownRequest } from './known-requests.ts'
import { KnownRequests } from './known-requests.ts'
import { NonInviteClientTransaction } from './non-invite-client.ts'
import { NonInviteServerTransaction } from './non-invite-server.ts'
import type { ClientTransactionUser, TransactionHome } from './parts.ts'

/** Who is told of requests, and of responses that no transaction waits for. */
export interface TransactionUser {
  /** A well-formed INVITE for which there is no transaction yet. The user accepts it or answers it statelessly. */
  inviteReceived(request: SipMessage, flow: Flow): void
  /** Any other well-formed request but ACK and CANCEL, likewise. */
  requestReceived(request: SipMessage, flow: Flow): void
  /** An ACK that belongs to no failure of ours: to a 2xx, if it names a dialog and an answer. */
  ackReceived(ack: SipMessage, flow: Flow): void
  /** A 2xx to an INVITE to no transaction of ours: late or a second one, it has to be acknowledged all the same. */
  strayResponseReceived(response: SipMessage, flow: Flow): void
}

/**
 * Matches messages to transactions (RFC 3261 §17.1.3, §17.2.3), answers retransmissions, malformed and merged requests,
 * and passes on the rest. Owns all transactions.
 */
export class TransactionLayer implements TransactionHome {
  readonly network: Network
  readonly clock: Clock
  readonly #random: Random
  readonly #user: TransactionUser
  readonly #clients: Map<string, InviteClientTransaction | NonInviteClientTransaction>
  /** INVITEs of ours that were answered by 2xx. */
  readonly #answered: AnsweredInvites
  /** INVITEs that were refused, as `KnownRequests` finds them: few, so that it is cheap to look for each ACK's. */
  readonly #refused: Map<string, InviteServerTransaction>
  /** Requests that came, with their transactions. */
  readonly #known: KnownRequests
  /** Mixed into the tags of stateless answers, which must be the same for each copy of a request (§8.2.7). */
  readonly #statelessSecret: string
  /** Begins the tags of requests that were turned away; nobody else can know it. */
  readonly #turnedAwayTag: string
  #turnedAway = false
  /** Messages that came, since the start. */
  received: number
  /** Of those, which could not be read or answered. */
  discarded: number
  /** Transactions since the start, both sides. */
  created: number
  retransmitted: number
  /** Copies of requests that came again. */
  repeated: number
  /** The request being handled and its keys: they are needed twice, to look it up and to keep it. */
  #keyed: SipMessage | null
  #key: string
  #origin: string

  constructor(network: Network, clock: Clock, random: Random, user: TransactionUser) {
    this.network = network
    this.clock = clock
    this.#random = random
    this.#user = user
    this.#clients = new Map()
    this.#answered = new AnsweredInvites(clock)
    this.#refused = new Map()
    this.#known = new KnownRequests(clock)
    this.#statelessSecret = random.token(12)
    this.#turnedAwayTag = `away-${fingerprint(`away${this.#statelessSecret}`)}-`
    this.received = 0
    this.discarded = 0
    this.created = 0
    this.retransmitted = 0
    this.repeated = 0
    this.#keyed = null
    this.#key = ''
    this.#origin = ''
  }

  /** Transactions under way, both sides. */
  get size(): number {
    return this.#known.underWay + this.#clients.size
  }

  /** What is kept only for copies of requests, and of answers to INVITE, that may still come. */
  get remembered(): number {
    return this.#known.remembered + this.#answered.size
  }

  /** Takes one whole message from the network. Never throws for what a peer sent. */
  receive(text: string, flow: Flow): void {
    this.received++
    // The ACK of a request that was turned away ends there: parsing it would cost as much as turning away did.
    if (this.#turnedAway && text.startsWith('ACK ') && text.includes(this.#turnedAwayTag)) return
    const message = parseMessage(text)
    if (message === null) this.discarded++
    else if (message.isRequest) this.#requestReceived(message, flow)
    else this.#responseReceived(message, flow)
  }

  /** Makes the server transaction of an INVITE just received. */
  acceptInvite(request: SipMessage, flow: Flow): InviteServerTransaction {
    this.#takeKeys(request)
    const key = this.#key
    const to = this.#random.token(12)
    const head = responseHead(request, flow)
    const flowBack = responseFlow(request, flow)
    const transaction = new InviteServerTransaction(this, key, head, flowBack, to)
    this.created++
    this.#known.add(this.#origin, key, flowBack, transaction)
    return transaction
  }

  /** Makes the server transaction of any other request just received. `toTag`: ours, where one is already in use. */
  acceptRequest(request: SipMessage, flow: Flow, toTag?: string): NonInviteServerTransaction {
    this.#takeKeys(request)
    const key = this.#key
    const to = toTag ?? this.#random.token(12)
    const head = responseHead(request, flow)
    const flowBack = responseFlow(request, flow)
    const transaction = new NonInviteServerTransaction(this, head, flowBack, to)
    this.created++
    this.#known.add(this.#origin, key, flowBack, transaction)
    return transaction
  }

  /** Takes up an INVITE that a process before this one received and did not answer finally. */
  resumeServer(key: string, head: ResponseHead, flow: Flow, toTag: string): InviteServerTransaction {
    const transaction = new InviteServerTransaction(this, key, head, flow, toTag)
    // Its answers repeat what identifies it.
    const answer = parseMessage(`SIP/2.0 100 Trying\r\n${head.lines}\r\n\r\n`)
    this.#known.add(answer === null ? key : originOf(answer, answer.method), key, flow, transaction)
    return transaction
  }

  /** Takes up an INVITE that a process before this one answered by this 2xx: its copies must not be taken for new ones. */
  resumeAnswered(answer: SipMessage, flow: Flow): void {
    this.#known.addAnswered(originOf(answer, 'INVITE'), keyFor(answer, 'INVITE'), flow)
  }

  /**
   * An INVITE outside dialogs was dealt with by a process before this one: a copy of it that still comes is no new call
   * but a merged request (§8.2.2.2).
   */
  resumeOrigin(callId: string, fromTag: string, sequence: number): void {
    this.#known.addOrigin(joinedKey([callId, fromTag, String(sequence), 'INVITE']))
  }

  /** Answers without keeping any state (§8.2.7): for strangers, who must cost nothing. */
  respondStateless(request: SipMessage, flow: Flow, status: number, phrase: string, headers: string): void {
    if (request.method === 'ACK') return
    const tag = statelessTag(this.#statelessSecret, request)
    const text = responseText(status, phrase, responseHead(request, flow), tag, headers, '')
    this.network.send(responseFlow(request, flow), text, null)
  }

  /**
   * Takes a request that is turned away unseen, because there is too much to do: answers it without keeping any state. A
   * copy of one that was taken in goes the usual way, or its sender would hear two final answers.
   * @param headers whole lines
   */
  turnAway(text: string, flow: Flow, status: number, headers: string): void {
    const request = parseMessage(text)
    if (request === null || !request.isRequest || request.topVia === '') {
      this.received++
      this.discarded++
      return
    }
    this.#takeKeys(request)
    const known = this.#known.find(this.#origin, this.#key)
    if (known !== undefined && known.key === this.#key && known.state !== 'over') {
      this.receive(text, flow)
      return
    }
    this.received++
    this.#turnedAway = true
    const tag = this.#turnedAwayTag + statelessTag(this.#statelessSecret, request)
    const answer = responseText(status, reasonPhrase(status), responseHead(request, flow), tag, headers, '')
    this.network.send(responseFlow(request, flow), answer, null)
  }

  sendInvite(request: OutgoingRequest, flow: Flow, user: ClientTransactionUser): InviteClientTransaction {
    const transaction = new InviteClientTransaction(this, request.branch, request, flow, user)
    this.#clients.set(transaction.key, transaction)
    this.created++
    transaction.start(request)
    return transaction
  }

  /** Takes up an INVITE that a process before this one sent: it can be cancelled, and its answer is waited for. */
  resumeInvite(request: OutgoingRequest, flow: Flow, user: ClientTransactionUser): InviteClientTransaction {
    const transaction = new InviteClientTransaction(this, request.branch, request, flow, user)
    this.#clients.set(transaction.key, transaction)
    transaction.resume()
    return transaction
  }

  /** Sends any request but INVITE and ACK. `user` null: nobody waits for the answer. */
  sendRequest(request: OutgoingRequest, flow: Flow, user: ClientTransactionUser | null): void {
    const key = clientKey(request.branch, request.method)
    const transaction = new NonInviteClientTransaction(this, key, flow, user)
    this.#clients.set(key, transaction)
    this.created++
    transaction.start(request)
  }

  /**
   * Cancels `invite` as soon as that is allowed.
   * @param headers whole lines, for Reason (RFC 3326)
   * @param user told what becomes of the CANCEL; `null`: nobody is
   */
  cancel(invite: InviteClientTransaction, headers: string, user: ClientTransactionUser | null = null): void {
    invite.whenCancellable((request) => this.sendRequest(cancelOf(request, headers), invite.flow, user))
  }

  /** Sends the CANCEL once more, which could not be sent before. */
  cancelAgain(invite: InviteClientTransaction, headers: string, user: ClientTransactionUser): void {
    invite.whenCancelledAgain((request) => this.sendRequest(cancelOf(request, headers), invite.flow, user))
  }

  /** Sends the ACK of a 2xx, which has no transaction (§13.2.2.4). @returns the text, to be sent again if need be */
  sendAck(ack: OutgoingRequest, flow: Flow): string {
    const text = requestText(ack)
    this.network.send(flow, text, null)
    return text
  }

  newBranch(): string {
    return newBranch(this.#random)
  }

  serverEnded(known: KnownRequest | null): void {
    this.#known.ended(known)
  }

  serverAnswered(known: KnownRequest | null, text: string): void {
    this.#known.answered(known, text)
  }

  serverAnsweredPlainly(known: KnownRequest | null, status: number): void {
    this.#known.answered(known, '', status)
  }

  clientEnded(key: string): void {
    this.#clients.delete(key)
  }

  inviteRefused(invite: InviteServerTransaction): void {
    if (invite.known !== null) this.#refused.set(invite.known.origin, invite)
  }

  refusalEnded(invite: InviteServerTransaction): void {
    if (invite.known !== null) this.#refused.delete(invite.known.origin)
  }

  inviteAnswered(key: string, user: ClientTransactionUser): void {
    this.#clients.delete(key)
    this.#answered.add(key, user)
  }

  #takeKeys(request: SipMessage): void {
    if (this.#keyed === request) return
    this.#keyed = request
    this.#key = keyFor(request, request.method)
    this.#origin = originOf(request, request.method)
  }

  #requestReceived(request: SipMessage, flow: Flow): void {
    if (request.topVia === '') {
      this.discarded++
      return
    }
    if (request.method === 'ACK') {
      this.#ackReceived(request, flow)
      return
    }
    this.#takeKeys(request)
    const known = this.#known.find(this.#origin, this.#key)
    if (known !== undefined && known.key === this.#key && known.state !== 'over') {
      this.repeated++
      if (known.transaction !== null) known.transaction.retransmitted()
      else if (known.text !== '') this.network.send(known.flow, known.text, null)
      else if (known.plainStatus !== 0)
        this.network.send(known.flow, plainResponse(known.plainStatus, responseHead(request, flow)), null)
      return
    }
    const problem = validateRequest(request)
    if (problem !== null) {
      this.respondStateless(request, flow, problem.status, problem.phrase, '')
      return
    }
    if (request.method === 'CANCEL') {
      this.#cancelReceived(request, flow)
      return
    }
    // §8.2.2.2: inside a dialog nothing can be merged.
    if (known !== undefined && known.key !== this.#key && request.toTag === '') {
      this.respondStateless(request, flow, 482, reasonPhrase(482), '')
      return
    }
    if (request.method === 'INVITE') this.#user.inviteReceived(request, flow)
    else this.#user.requestReceived(request, flow)
  }

  #ackReceived(ack: SipMessage, flow: Flow): void {
    // §17.2.3: that of a failure has the branch of its INVITE, that of a 2xx one of its own.
    const invite = this.#refused.size === 0 ? undefined : this.#refusedFor(ack)
    if (invite !== undefined) invite.ackReceived()
    else if (validateRequest(ack) === null) this.#user.ackReceived(ack, flow)
    else this.discarded++
  }

  #refusedFor(ack: SipMessage): InviteServerTransaction | undefined {
    const key = keyFor(ack, 'INVITE')
    const origin = originOf(ack, 'INVITE')
    const first = this.#refused.get(origin)
    return first?.key === key ? first : this.#refused.get(joinedKey([origin, key]))
  }

  /** The INVITE that a CANCEL is for. */
  #inviteOf(request: SipMessage): KnownRequest | undefined {
    const key = keyFor(request, 'INVITE')
    const known = this.#known.find(originOf(request, 'INVITE'), key)
    return known?.key === key ? known : undefined
  }

  #cancelReceived(cancel: SipMessage, flow: Flow): void {
    const known = this.#inviteOf(cancel)
    const invite = known?.transaction instanceof InviteServerTransaction ? known.transaction : null
    // Nobody can be asked for a password by an answer to CANCEL (§22.1), so it must come from where the INVITE did.
    if (known === undefined || known.state === 'over' || known.flow.address !== flow.address) {
      this.respondStateless(cancel, flow, 481, reasonPhrase(481), '')
      return
    }
    // §9.2: with the tag of the INVITE's own answers. After a final response it has no effect but is in order.
    this.acceptRequest(cancel, flow, invite?.toTag).respond(200, reasonPhrase(200), '', '')
    invite?.cancelReceived()
  }

  #responseReceived(response: SipMessage, flow: Flow): void {
    if (!isUsableResponse(response)) {
      this.discarded++
      return
    }
    const transaction = this.#clients.get(clientKey(response.branch, response.method))
    if (transaction === undefined) this.#copyReceived(response, flow)
    // §17.1.3: the method in CSeq counts too.
    else if (transaction instanceof InviteClientTransaction !== (response.method === 'INVITE')) this.discarded++
    else transaction.responseReceived(response, flow)
  }

  /**
   * A response that nobody waits for: only a 2xx to INVITE means something then. Copies of other final responses end here,
   * which is all that Timer K is for (§17.1.2.2).
   */
  #copyReceived(response: SipMessage, flow: Flow): void {
    if (response.method !== 'INVITE' || response.status < 200 || response.status >= 300) return
    const user = this.#answered.get(response.branch)
    if (user === undefined) this.#user.strayResponseReceived(response, flow)
    else user.responseReceived(response, flow)
  }
}

function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? joinedKey([branch, method]) : branch
}

/** §17.2.3: branch, sent-by and method; for peers of RFC 2543, which have no unique branch, what identifies the request. */
function keyFor(request: SipMessage, method: string): string {
  const branch = request.branch
  const via = request.topVia
  if (branch.startsWith(magicCookie) && branch.length > magicCookie.length)
    return joinedKey([branch, sentBy(via), method])
  return joinedKey([request.callId, request.fromTag, String(request.cseq), via, request.requestUri, method])
}

/** What all copies of a request share whichever way they come (§8.2.2.2). */
function originOf(message: SipMessage, method: string): string {
  return joinedKey([message.callId, message.fromTag, String(message.cseq), method])
}

/** FNV-1a over what identifies the request; the secret keeps others from foreseeing it. */
function statelessTag(secret: string, request: SipMessage): string {
  return fingerprint(`${secret}${request.branch}${request.callId}${request.cseq}`)
}

function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
