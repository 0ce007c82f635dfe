import type { SipMessage } from '../../sip/message.ts'
import { parseMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Flow } from '../../sip/transport.ts'
import type { CallerSide } from '../caller-side.ts'
import type { AboutCall } from '../conversation.ts'
import type { EarlyDialog } from '../early-dialog.ts'
import type { AnsweringSide, Fork } from '../fork.ts'
import { allowHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices, Party } from '../services.ts'
import { proposedSession } from '../session-timer.ts'
import type { Holding } from '../usage.ts'
import { PlacedAnswer } from './placed-answer.ts'

/** Whoever had somebody called. */
export interface PlacedOwner {
  /** A phone rings. */
  placedProgressed(status: number, phrase: string): void
  /** Somebody has answered, and waits for a session. */
  placedAnswered(answer: PlacedAnswer): void
  /** Nobody answers; or whoever did has hung up again. */
  placedFailed(status: number, phrase: string): void
}

/** What a placed call is for. */
export interface Placing {
  /** Who waits for the answer. */
  readonly party: Party
  /** How often he was handed on already. */
  readonly transfers: number
  /** The router is not asked how to go on where the first targets do not answer. */
  readonly triesNothingElse: boolean
  /** Whole lines of the INVITEs, for Referred-By. */
  readonly headers: string
}

/**
 * The caller's side of a call that we place ourselves, for one side of an answered call. Its INVITEs have no offer: who
 * answers makes one, and the side that waits is asked to take it (RFC 3725 §4.2).
 */
export class PlacedCaller implements CallerSide {
  readonly party: Party
  readonly transfers: number
  readonly triesNothingElse: boolean
  readonly request: SipMessage
  readonly abilities: string
  readonly #services: CallServices
  readonly #owner: PlacedOwner

  /** @param before whose INVITE rings phones already, in his place this one waits now; `null`: the first one */
  constructor(services: CallServices, owner: PlacedOwner, placing: Placing, before: CallerSide | null) {
    this.#services = services
    this.#owner = owner
    this.party = placing.party
    this.transfers = placing.transfers
    this.triesNothingElse = placing.triesNothingElse
    this.request = before?.request ?? emptyInvite()
    this.abilities = before?.abilities ?? `${allowHeader(true)}Supported: timer\r\n${proposedSession}${placing.headers}`
  }

  get transaction(): null {
    return null
  }

  /** The INVITE may carry that of somebody who has left. */
  get offer(): string {
    return ''
  }

  progressed(_fork: Fork, response: SipMessage, early: EarlyDialog | null): void {
    early?.acknowledge(response, response.body)
    this.#owner.placedProgressed(response.status, response.reasonPhrase)
  }

  soundTo(): null {
    // It is joined when somebody has answered.
    return null
  }

  repeated(_fork: Fork, early: EarlyDialog): void {
    // What came since he is here was acknowledged at once; what came before was for somebody else to acknowledge.
    early.acknowledgeAbandoned()
  }

  requestFromPhone(_early: EarlyDialog, request: SipMessage, flow: Flow): void {
    // Nobody is there to whom it could be passed.
    this.#services.transactions.acceptRequest(request, flow).respond(488, reasonPhrase(488), '', '')
  }

  tagFor(): string {
    return ''
  }

  get onlyTag(): string {
    return ''
  }

  awaitsSession(): boolean {
    return false
  }

  stop(): void {
    // Nothing is repeated.
  }

  answered(
    fork: AnsweringSide,
    response: SipMessage,
    _tag: string,
    about: AboutCall,
    _ownHoldings: readonly Holding[],
    otherHoldings: readonly Holding[],
  ): null {
    const isOffered = fork.tookOffer && hasSessionDescription(this.request)
    // The one before, whose phone rang him, had sound of his own with him.
    if (fork.sound !== null) this.#services.sounds.end(fork.sound)
    fork.sound = null
    const answer = new PlacedAnswer(this.#services, this.#owner, fork, response, about, otherHoldings, isOffered)
    if (!isOffered && !hasSessionDescription(response)) {
      // RFC 3261 §13.2.1: to an INVITE without an offer the 2xx has to make one.
      answer.giveUp(488)
      this.#owner.placedFailed(488, reasonPhrase(488))
    } else this.#owner.placedAnswered(answer)
    return null
  }

  offerOtherwise(): string {
    return ''
  }

  speak(): null {
    return null
  }

  refused(status: number, phrase: string): void {
    this.#owner.placedFailed(status, phrase)
  }
}

/** What the INVITEs to phones are made from: nothing that a caller would have said. */
function emptyInvite(): SipMessage {
  const text =
    'INVITE sip:placed@localhost SIP/2.0\r\nVia: SIP/2.0/UDP localhost;branch=z9hG4bKplaced\r\n' +
    'From: <sip:placed@localhost>;tag=placed\r\nTo: <sip:placed@localhost>\r\nCall-ID: placed\r\nCSeq: 1 INVITE\r\n' +
    'Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n'
  const message = parseMessage(text)
  if (message === null) throw new Error('The INVITE of a placed call cannot be read')
  return message
}
