import type { EndedBy } from '../records/call-events.ts'
import { dialogOfRequest } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { InviteServerUser } from '../sip/transaction/parts.ts'
import type { Flow } from '../sip/transport.ts'
import { Leg } from './leg.ts'
import type { LocalPurpose } from './local-call.ts'
import { LocalCall } from './local-call.ts'
import { hasSessionDescription } from './passing.ts'
import type { CallServices, Party } from './services.ts'
import { SessionTimer } from './session-timer.ts'
import type { RefusedKind } from './sound/refusal-prompts.ts'
import { refusalPrompt } from './sound/refusal-prompts.ts'
import { isBehindNat } from './sound/sounds.ts'
import { languageOfParty } from './sound/spoken-language.ts'
import { SpokenRefusal } from './sound/spoken-refusal.ts'
import { encodeText } from './text.ts'
import type { Holding } from './usage.ts'

/**
 * An INVITE for which nobody is rung: it waits until it is clear what becomes of it, and is then refused, answered by
 * the server, or joined to somebody who is there already. After a crash meanwhile its caller gets 500.
 */
export class TakenInvite implements InviteServerUser {
  readonly id: string
  readonly party: Party
  readonly request: SipMessage
  readonly flow: Flow
  readonly transaction: InviteServerTransaction
  readonly startedAt: number
  /** As dialled; binary string. */
  readonly dialled: string
  /** Called once where the caller gives up while it waits. */
  whenCancelled: (() => void) | null
  readonly #services: CallServices
  readonly #kind: RefusedKind
  /** It is refused as soon as its caller has heard why. */
  #spoken: SpokenRefusal | null

  /** @param kind for what its caller hears where it is refused */
  constructor(
    services: CallServices,
    kind: RefusedKind,
    id: string,
    startedAt: number,
    dialled: string,
    party: Party,
    request: SipMessage,
    flow: Flow,
  ) {
    this.id = id
    this.party = party
    this.request = request
    this.flow = flow
    this.startedAt = startedAt
    this.dialled = dialled
    this.whenCancelled = null
    this.#services = services
    this.#kind = kind
    this.#spoken = null
    this.transaction = services.transactions.acceptInvite(request, flow)
    this.transaction.user = this
    services.obligations.answerOwed(this.transaction)
    this.transaction.respond(100, reasonPhrase(100), '', '', '')
  }

  /** Whether it still waits. */
  get open(): boolean {
    return this.transaction.open && this.#spoken === null
  }

  /** Its caller is told why, and refused. `headers`: whole lines. */
  refuse(status: number, phrase: string, headers: string): void {
    if (!this.open) return
    const { id, request, flow, transaction, party } = this
    const { snapshot } = this.#services
    const prompt = request.has(Header.replaces) ? '' : refusalPrompt(status, phrase, this.#kind)
    const invite = { id, request, flow, transaction, tag: transaction.toTag }
    this.#spoken = SpokenRefusal.start(this.#services, invite, languageOfParty(snapshot, party), prompt, () => {
      this.#refuse('server', status, phrase, headers)
    })
    if (this.#spoken === null) this.#refuse('server', status, phrase, headers)
  }

  cancelled(): void {
    if (!this.transaction.open) return
    this.#spoken?.stop()
    this.#refuse('caller', 487, reasonPhrase(487), '')
    this.whenCancelled?.()
  }

  answerAcknowledged(): void {
    // What is refused goes over to the obligations.
  }

  answerLost(): void {
    // Likewise.
  }

  /** The leg that an answer makes. */
  leg(holdings: readonly Holding[]): Leg {
    const { random, clock } = this.#services
    const dialog = dialogOfRequest(this.request, random.token(12), this.flow)
    return new Leg(dialog, this.party, new SessionTimer(clock.now()), holdings)
  }

  /** It is answered: the journal holds the call instead. @param callee who, for the record: an id and a title */
  answered(id: string, title: string): void {
    const { clock, counters, events, obligations } = this.#services
    counters.final(200)
    obligations.answerSettled(this.transaction)
    events.answered(this.id, clock.now(), { kind: 'service', id, title: encodeText(title) })
  }

  /** It is answered in the place of somebody whose call goes on, with its record. `title`: of whom. */
  tookOver(callId: string, title: string): void {
    const { counters, obligations } = this.#services
    counters.final(200)
    obligations.answerSettled(this.transaction)
    this.pickedUp(callId, title)
  }

  /** It takes a call that rings elsewhere, whose record goes on: this one's ends here. `title`: where it rang. */
  pickedUp(callId: string, title: string): void {
    const { clock, events } = this.#services
    const now = clock.now()
    events.answered(this.id, now, { kind: 'service', id: `pickup:${callId}`, title: encodeText(title) })
    events.ended(this.id, now, 'server', 200, reasonPhrase(200))
  }

  /**
   * The server answers it itself.
   * @param service an id for the record, beside the title of the purpose
   * @param headers whole further lines of the 200
   */
  answerHere(service: string, purpose: LocalPurpose, holdings: readonly Holding[], headers: string): void {
    const { clock, localSounds } = this.#services
    const sound = localSounds.open(this.id, this.flow, isBehindNat(this.request, this.flow))
    sound.describe(hasSessionDescription(this.request) ? this.request.body : '', (description) => {
      if (!this.open || description === '') {
        sound.ended()
        if (this.open) this.refuse(488, reasonPhrase(488), '')
        return
      }
      const { id, startedAt, dialled } = this
      this.answered(service, purpose.title)
      const about = { id, startedAt, answeredAt: clock.now(), dialled, transfers: 0 }
      const call = new LocalCall(this.#services, about, this.leg(holdings), sound, purpose)
      call.answer(this.request, this.transaction, description, headers)
    })
  }

  #refuse(by: EndedBy, status: number, phrase: string, headers: string): void {
    if (!this.transaction.open) return
    const { clock, counters, events, obligations } = this.#services
    counters.final(status)
    events.ended(this.id, clock.now(), by, status, phrase)
    obligations.refuse(this.transaction, status, phrase, this.transaction.toTag, headers)
  }
}
