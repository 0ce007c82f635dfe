import type { RouteTaken } from '../records/call-events.ts'
import type { Attempt, FeatureRequest } from '../router/decision.ts'
import { refusalOf } from '../router/refusals.ts'
import { route } from '../router/route.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import { begunCall, longestDialled } from './begun-call.ts'
import { newCallId } from './call-id.ts'
import { limitReached } from './caller-limit.ts'
import type { FeatureCalls } from './feature-calls.ts'
import { hasSessionDescription } from './passing.ts'
import { retryAfter } from './retry-after.ts'
import { RingingCall } from './ringing-call.ts'
import type { CallServices, Party } from './services.ts'
import { faultOfKeys } from './sound/offered-keys.ts'
import { refusalPrompt } from './sound/refusal-prompts.ts'
import { TakenInvite } from './taken-invite.ts'

/** What a phone is asked to wait before it tries again (s). */
const drainRetry = 10
/** Between two lines of the log about limits (ms). */
const limitPause = 10_000
const nothingTaken: RouteTaken = { facts: '', rules: '', rings: '', targets: '' }

const shuttingDown = { status: 503, phrase: 'Shutting Down' }

/** A call that rings nobody. */
interface ArrivedCall {
  readonly request: SipMessage
  readonly flow: Flow
  /** `null` where the router was not asked. */
  readonly attempt: Attempt | null
  readonly party: Party
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly step: RouteTaken
}

/** How a call begins once it is known who calls: it rings, is carried out as a code, or is refused. */
export class NewCalls {
  readonly #services: CallServices
  readonly #features: FeatureCalls
  #draining = false
  /** Calls that a limit has refused since the log was told, and when that was. */
  #refused = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(services: CallServices, features: FeatureCalls) {
    this.#services = services
    this.#features = features
  }

  /** No new calls but emergency calls from now on. */
  drain(): void {
    this.#draining = true
  }

  get draining(): boolean {
    return this.#draining
  }

  /** A call begins: the router says who is rung, a code is carried out, or it is refused. */
  begin(request: SipMessage, flow: Flow, attempt: Attempt | null, party: Party): void {
    const services = this.#services
    const { clock, events, routeNotes, snapshot, transactions } = services
    if (request.has(Header.replaces)) {
      services.transfers.invitedToReplace(request, flow, party)
      return
    }
    const at = clock.now()
    if (attempt === null || attempt.dialled.length > longestDialled) {
      const refused = { request, flow, attempt, party, at, step: nothingTaken }
      this.#refuse(refused, 404, reasonPhrase(404), '')
      return
    }
    const fault = services.sounds.media === null ? '' : faultOfKeys(request, flow)
    if (fault !== '') {
      this.#refuse({ request, flow, attempt, party, at, step: nothingTaken }, 488, fault, '')
      return
    }
    const decision = route(snapshot, routeNotes, attempt, at, null)
    const step = routeNotes.take(decision)
    if (decision.kind !== 'ring') {
      const refusal = refusalOf(decision)
      const code = refusal.feature === undefined ? null : this.#features.decide(refusal.feature, attempt)
      if (code?.kind === 'dial') this.begin(request, flow, code.attempt, party)
      else if (code?.kind === 'carryOut') {
        this.#carryOut(code.feature, attempt, { request, flow, attempt, party, at, step })
      } else {
        const { status, reason } = code ?? refusal
        this.#refuse({ request, flow, attempt, party, at, step }, status, reason, '')
      }
      return
    }
    if (!services.emergencyCeiling.covers(decision, attempt, at)) {
      const refusal = this.#draining ? shuttingDown : limitReached(services.usage, attempt, decision)
      if (refusal !== null) {
        if (!this.#draining) this.#tellOfLimit(party, refusal.phrase, at)
        const refused = { request, flow, attempt, party, at, step: { ...step, rings: '', targets: '' } }
        this.#refuse(refused, refusal.status, refusal.phrase, retryAfter(drainRetry))
        return
      }
    }
    const transaction = transactions.acceptInvite(request, flow)
    transaction.try()
    const call = new RingingCall(services, attempt, { party, request, flow, transaction })
    events.began(begunCall(snapshot.revision, call.id, at, request, flow, attempt, party, step, null))
    call.start(decision)
  }

  /** Calls that a limit refuses come in floods: the log hears of the first, and then how many there were. */
  #tellOfLimit(party: Party, why: string, at: number): void {
    this.#refused++
    if (at < this.#toldAt + limitPause) return
    this.#services.log.warn({ caller: party.title, why, refused: this.#refused }, 'A limit has refused calls')
    this.#toldAt = at
    this.#refused = 0
  }

  /** Nobody is rung: what a feature code asks for is done, and its caller told. */
  #carryOut(feature: FeatureRequest, attempt: Attempt, { request, flow, party, at, step }: ArrivedCall): void {
    const { clock, events, random, snapshot } = this.#services
    const id = newCallId(clock, random)
    events.began(begunCall(snapshot.revision, id, at, request, flow, attempt, party, step, null))
    this.#features.carryOut(
      feature,
      new TakenInvite(this.#services, 'code', id, at, attempt.dialled, party, request, flow),
    )
  }

  /** Ends an attempt at its beginning. `headers`: whole lines. */
  #refuse(call: ArrivedCall, status: number, phrase: string, headers: string): void {
    const { clock, counters, events, random, snapshot, sounds, transactions } = this.#services
    const { request, flow, attempt, party, at, step } = call
    const id = newCallId(clock, random)
    const kind = party.kind === 'trunk' ? 'carrier' : 'call'
    if (sounds.speaks && hasSessionDescription(request) && refusalPrompt(status, phrase, kind) !== '') {
      events.began(begunCall(snapshot.revision, id, at, request, flow, attempt, party, step, null))
      const dialled = attempt?.dialled ?? ''
      new TakenInvite(this.#services, kind, id, at, dialled, party, request, flow).refuse(status, phrase, headers)
      return
    }
    counters.final(status)
    events.began(begunCall(snapshot.revision, id, at, request, flow, attempt, party, step, { status, phrase }))
    // With a transaction: a copy of the INVITE cannot be signed in again, its nonce count is used up.
    transactions.acceptInvite(request, flow).respond(status, phrase, '', headers, '')
  }
}
