import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import { parseMessage } from '../../engine/sip/message.ts'
import { parseRAck, reliableNumber } from '../../engine/sip/reliable-provisional.ts'
import { validateRequest } from '../../engine/sip/validate.ts'
import { blockedCallers, serverAddress } from './company.ts'
import type { Leg } from './leg.ts'
import type { CallPlan } from './plan.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Something happened that must never happen. */
export class Violation extends Error {}

/** Everything ends sooner or later: more of it for a call is a storm. */
const mostMessagesForACall = 3000
/** A phone is back, and reached by its new connection, after so long (ms) at most. */
const longestAbsence = 10_000
/** After so long (ms) without a change, both ends of a call must agree on its session. */
const settled = 40_000

/**
 * Sees everything and judges it: what leaves the server, before the network can lose it, and what the phones believe.
 * Throws a Violation at once, so that the ladder ends where the fault is.
 */
export class Watch {
  readonly #clock: VirtualClock
  readonly #trace: ((line: string) => void) | null
  readonly calls = new Map<number, CallPlan>()
  /** Newest number and branch of the server's requests, by dialog. */
  readonly #sequences = new Map<string, { sequence: number; readonly branches: Set<string> }>()
  readonly #finals = new Map<string, string>()
  readonly #concluded = new Set<string>()
  /** Call-IDs of INVITEs that the server has cancelled: an answer that crosses that is ended. */
  readonly #cancelled = new Set<string>()
  /** In which order the server first sent BYE, by dialog as its phone names it. */
  readonly #goodbyes = new Map<string, number>()
  readonly #descriptions = new Map<string, string>()
  readonly #informed = new Map<string, string>()
  /** How many copies of each request reached the server, by its text. */
  readonly #reached = new Map<string, number>()
  /** What the server answered, by branch and method: answers that left it, and those that the network did not swallow. */
  readonly #answers = new Map<string, { left: number; arriving: number }>()
  /** REGISTERs by Call-ID and CSeq number. */
  readonly #registering = new Map<
    string,
    { readonly address: string; readonly cseq: number; readonly expires: number }
  >()
  /** By address: the newest REGISTER that was accepted, and whether it left the phone registered. */
  readonly #registered = new Map<string, { readonly cseq: number; readonly expires: number }>()
  /** The newest REGISTER of a phone, by its address. */
  readonly #asked = new Map<string, { readonly cseq: number; readonly expires: number }>()
  /** RSeq of sessions that left the server reliably and are not acknowledged, by Call-ID and To-tag. */
  readonly #sessions = new Map<string, number>()
  /** Of those that are acknowledged: they are still repeated for a copy of the INVITE. */
  readonly #acknowledged = new Set<string>()
  /** By what they said of themselves, and all of them. */
  readonly #speakers = new Map<string, Leg>()
  readonly legs: Leg[] = []
  /** Dialogs that were ended by order, as phones name them: theirs may begin only afterwards. */
  readonly ordered = new Set<string>()
  /** People do things with calls: who talks with whom changes. */
  readonly #moving: boolean
  #sent = 0
  restarts = 0
  /** When the server died last (ms); 0: never. */
  crashedAt = 0
  /** Likewise, when a phone lost its connection. */
  #connectionLostAt = Number.NEGATIVE_INFINITY

  constructor(clock: VirtualClock, trace: ((line: string) => void) | null, moving: boolean) {
    this.#moving = moving
    this.#clock = clock
    this.#trace = trace
  }

  note(text: string): void {
    this.#trace?.(`${this.#time()} ${text}`)
  }

  get tracing(): boolean {
    return this.#trace !== null
  }

  fail(text: string): never {
    throw new Violation(`${text} (at ${this.#time()})`)
  }

  crashed(): void {
    this.restarts++
    this.crashedAt = this.#clock.now()
  }

  connectionLost(): void {
    this.#connectionLostAt = this.#clock.now()
  }

  /** A phone may be without connection: what is passed on to it is refused. */
  get mayBeAway(): boolean {
    return this.#clock.now() - this.#connectionLostAt < longestAbsence
  }

  /** A message has reached the server. */
  serverReceived(text: string): void {
    if (!text.startsWith('SIP/2.0 ')) this.#reached.set(text, (this.#reached.get(text) ?? 0) + 1)
    if (!text.startsWith('PRACK ')) return
    const prack = parseMessage(text)
    if (prack === null) return
    const key = `${prack.callId} ${prack.toTag}`
    const number = parseRAck(prack.header(Header.rack))?.responseNumber
    if (this.#sessions.get(key) !== number) return
    this.#sessions.delete(key)
    this.#acknowledged.add(`${key} ${number}`)
  }

  /** What has left the server is on its way, or is lost. */
  carried(message: SipMessage, arrives: boolean): void {
    if (message.isRequest) return
    const key = `${message.branch} ${message.method}`
    const answers = this.#answers.get(key)
    if (answers === undefined) this.#answers.set(key, { left: 1, arriving: arrives ? 1 : 0 })
    else {
      answers.left++
      if (arrives) answers.arriving++
    }
  }

  /**
   * Nobody is to blame that this request of a phone has no answer: the network swallowed every copy, or the server answered
   * each that reached it and none of these answers was carried. An INVITE is sent seven times only, and an address that is
   * cut off loses some of them at once.
   */
  hadNoChance(text: string, branch: string, method: string): boolean {
    const reached = this.#reached.get(text) ?? 0
    const answers = this.#answers.get(`${branch} ${method}`)
    return reached === 0 || (answers !== undefined && answers.arriving === 0 && answers.left >= reached)
  }

  /** A message is leaving the server. @returns it */
  serverSent(text: string, to: string): SipMessage {
    if (++this.#sent > mostMessagesForACall * Math.max(1, this.calls.size)) this.fail('A storm of messages')
    const message = parseMessage(text)
    if (message === null) this.fail(`The server sent what is no message to ${to}:\n${text}`)
    if (message.raw.length !== message.bodyStart + message.body.length) this.fail(`Wrong Content-Length:\n${text}`)
    if (message.isRequest) this.#requestSent(message, to)
    else this.#responseSent(message)
    return message
  }

  /** A phone sends a REGISTER. `key`: its Call-ID and CSeq number. */
  registering(key: string, address: string, cseq: number, expires: number): void {
    this.#registering.set(key, { address, cseq, expires })
    this.#asked.set(address, { cseq, expires })
  }

  #registrationAccepted(response: SipMessage): void {
    const made = this.#registering.get(`${response.callId} ${response.cseq}`)
    if (made === undefined) this.fail(`The server answered a REGISTER that nobody sent:\n${response.raw}`)
    // Copies of older answers change nothing.
    if ((this.#registered.get(made.address)?.cseq ?? 0) < made.cseq) this.#registered.set(made.address, made)
  }

  #requestSent(request: SipMessage, to: string): void {
    const problem = validateRequest(request)
    if (problem !== null) this.fail(`The server sent a malformed request: ${problem.phrase}\n${request.raw}`)
    const via = request.header(Header.via)
    if (!via.includes(serverAddress)) this.fail(`The server sent a request with another's Via: ${via}`)
    if (request.method === 'CANCEL' && request.toTag === '') this.#cancelled.add(request.callId)
    if (request.method === 'ACK' || request.method === 'CANCEL') return
    if (request.method === 'BYE') this.#goodbye(`${request.callId} ${request.toTag}`)
    // Two phones behind a carrier that forks are two dialogs that differ only in the To-tag.
    const key = `${request.callId} ${request.fromTag} ${request.toTag}`
    const known = this.#sequences.get(key)
    if (known === undefined) {
      if (request.method === 'INVITE' && request.toTag === '' && this.#hasLeft(to)) {
        this.fail(`A call rings at ${to}, which has given up its registration`)
      }
      this.#sequences.set(key, { sequence: request.cseq, branches: new Set([request.branch]) })
      return
    }
    if (known.branches.has(request.branch)) return
    known.branches.add(request.branch)
    if (request.cseq <= known.sequence) {
      this.fail(`CSeq does not rise: ${request.cseq} after ${known.sequence} in ${request.method} of ${key}`)
    }
    known.sequence = request.cseq
  }

  /** It has given up its registration, and asks for none that a process may have made before it died. */
  #hasLeft(address: string): boolean {
    const accepted = this.#registered.get(address)
    if (accepted?.expires !== 0) return false
    const asked = this.#asked.get(address)
    return this.restarts === 0 || asked === undefined || asked.cseq <= accepted.cseq || asked.expires === 0
  }

  /** The server has told this phone that its call is over, whether it knows or not. */
  saidGoodbye(leg: Leg): boolean {
    return this.#goodbyes.has(keyOf(leg))
  }

  #goodbye(dialog: string): void {
    if (!this.#goodbyes.has(dialog)) this.#goodbyes.set(dialog, this.#goodbyes.size)
  }

  #responseSent(response: SipMessage): void {
    if (response.method === 'REGISTER' && response.status === 200) this.#registrationAccepted(response)
    if (response.method !== 'INVITE') return
    const tag = response.toTag
    if (response.body !== '') {
      const key = `${response.branch} ${tag}`
      const known = this.#descriptions.get(key)
      if (known !== undefined && known !== response.body) {
        this.fail(`Two session descriptions under one To-tag: ${response.callId} ${tag}`)
      }
      this.#descriptions.set(key, response.body)
    }
    const session = `${response.callId} ${tag}`
    const number = reliableNumber(response)
    if (number >= 0 && response.body !== '' && !this.#acknowledged.has(`${session} ${number}`)) {
      this.#sessions.set(session, number)
    }
    if (response.status < 200) return
    // RFC 3262 §3
    if (response.status < 300 && this.#sessions.has(session)) this.fail('An answer overtakes a session without PRACK')
    // To a late copy of what is over the process after a crash may answer anything: nobody listens.
    if (this.restarts > 0 && this.#concluded.has(response.branch)) return
    // The process after a crash has forgotten how the one before it refused; only that is forgiven.
    const refusal = this.restarts > 0 && response.status >= 300
    const final = refusal ? 'a refusal' : `${response.status} with tag ${tag}`
    const known = this.#finals.get(response.branch)
    if (known !== undefined && known !== final && !(refusal && !known.startsWith('2'))) {
      this.fail(`Two final answers to one INVITE: ${known}, then ${final} (${response.callId}, CSeq ${response.cseq})`)
    }
    this.#finals.set(response.branch, final)
  }

  /** The sender of the request with this branch has its final answer. */
  concluded(branch: string): void {
    this.#concluded.add(branch)
  }

  /** An INVITE begins to ring at a phone of this user. */
  rings(user: string, caller: string): void {
    if (blockedCallers.get(user)?.includes(caller)) this.fail(`${user} has blocked ${caller}, who rings him`)
  }

  /** An INFO reached its phone. */
  informed(id: string, branch: string): void {
    const known = this.#informed.get(id)
    if (known !== undefined && known !== branch) this.fail(`INFO ${id} was passed twice`)
    this.#informed.set(id, branch)
  }

  /** Somebody has lost his power while people do things: what is passed on to him is answered by nobody. */
  get maySilence(): boolean {
    return this.#moving && this.legs.some(({ vanished }) => vanished)
  }

  // --- who talks with whom

  begins(leg: Leg): void {
    this.legs.push(leg)
  }

  /** `leg` has agreed on a session in which `id` stands for it. */
  says(id: string, leg: Leg): void {
    this.#speakers.set(id, leg)
  }

  /** Whoever has agreed on the same session as this one; `null` where nobody has. */
  peerOf(leg: Leg): Leg | null {
    const other = leg.session.split(' ').find((id) => id !== leg.ownId) ?? ''
    const peer = this.#speakers.get(other)
    return peer === undefined || peer === leg || !peer.session.split(' ').includes(leg.ownId) ? null : peer
  }

  /** Its end is nobody's fault. */
  static #isExcused(leg: Leg): boolean {
    return leg.excused !== '' || leg.plan.excused !== '' || leg.refusedOffer
  }

  /** Of two phones behind one contact that both answer one is told goodbye; the caller may believe that he talks to it. */
  static #isForked({ plan }: Leg): boolean {
    return plan.legs.filter(({ side }) => side === 'callee').length > 1
  }

  /** A phone is told that its established call is over, where calls are handed on. */
  #endedWrongly(leg: Leg): void {
    if (leg.handedOn !== '' || Watch.#isExcused(leg)) return
    const peer = this.peerOf(leg)
    if (peer === null || Watch.#isExcused(peer) || !peer.established || Watch.#isForked(leg)) return
    if (peer.ended || peer.sentBye || peer.wantsBye || peer.vanished || peer.hands) return
    const key = keyOf(leg)
    if (this.ordered.has(key) || (leg.side === 'callee' && this.#cancelled.has(leg.parts.callId))) return
    // The other one was sent away before, which is judged by itself, and does not know it yet: whoever took its place left.
    if ((this.#goodbyes.get(keyOf(peer)) ?? Infinity) < (this.#goodbyes.get(key) ?? 0)) return
    this.fail(`${leg.title} was told BYE while ${peer.title} is there`)
  }

  /** A phone is told that its established call is over. */
  byeReceived(leg: Leg): void {
    if (this.#moving) {
      if (leg.established) this.#endedWrongly(leg)
      return
    }
    if (!leg.established || leg.excused !== '') return
    const { legs } = leg.plan
    const callees = legs.filter((other) => other.side === 'callee')
    const caller = legs.find((other) => other.side === 'caller' && other.established)
    if (leg.plan.excused !== '' || leg.plan.legs.some((other) => other.vanished)) return
    if (leg.side === 'caller') {
      if (callees.some((other) => other.sentBye)) return
    } else if (caller === undefined || caller.sentBye || callees.length > 1) return
    this.fail(`${leg.title} was told BYE though nobody hung up`)
  }

  /** Before somebody hangs up: do both ends agree on what they talk about? */
  compareSessions(plan: CallPlan): void {
    if (this.#moving) return
    const caller = plan.legs.find((leg) => leg.side === 'caller' && leg.established && !leg.ended)
    const callees = plan.legs.filter((leg) => leg.side === 'callee' && leg.established && !leg.ended)
    const callee = callees[0]
    if (caller === undefined || callee === undefined || callees.length > 1) return
    const now = this.#clock.now()
    if (now - caller.sessionChangedAt < settled || now - callee.sessionChangedAt < settled) return
    if (caller.session !== callee.session) {
      this.fail(`The ends of call ${plan.number} disagree: ${caller.session} here, ${callee.session} there`)
    }
  }

  #time(): string {
    return `${((this.#clock.now() - 1_800_000_000_000) / 1000).toFixed(3)} s`
  }
}

/** How a phone names its dialog. */
function keyOf({ parts }: Leg): string {
  return `${parts.callId} ${parts.localTag}`
}
