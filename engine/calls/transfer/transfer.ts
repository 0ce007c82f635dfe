import type { User } from '../../config/snapshot.ts'
import type { LampDialog } from '../../lamps/lamp-dialog.ts'
import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Arrangement } from '../arrangement.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { DepartingLeg } from './departing-leg.ts'
import { Joining } from './joining.ts'
import type { LegOfferOwner } from './leg-offer.ts'
import { LegOffer, noDescription } from './leg-offer.ts'
import type { PlacedFor } from './place-call.ts'
import { ringBack } from './place-call.ts'
import type { PlacedAnswer } from './placed-answer.ts'
import type { PlacedOwner } from './placed-caller.ts'
import type { ReferReports } from './refer-reports.ts'

/** Whoever rings for it. */
export interface PlacedCall {
  /** Nobody wants it any more. */
  cancelled(): void
}

/** Where a side waits while its transferor is rung. */
export interface Waiting {
  /** He does not answer. */
  nobodyTook(): void
  /** He has it back, or it has hung up. */
  over(): void
  /** While he is rung it still waits there. */
  addLampDialogs(key: string, dialogs: LampDialog[]): void
}

/** What happens to the side that waits where nobody answers. */
export type Otherwise =
  /** Somebody else sees to it; the transferor has left. */
  | Waiting
  /** The transferor keeps the call he has; if he has left, he is rung. */
  | 'return'
  /** It is the transferor who was rung: the call ends, unless he is still in it. */
  | 'end'

/**
 * One side of an answered call is handed to somebody else, who is called for it. Until he has answered and both have
 * agreed on a session the call stays as it is; whoever hands it on may leave before.
 */
export class Transfer implements Arrangement, PlacedOwner, LegOfferOwner {
  /** Who is handed on. */
  readonly leg: Leg
  readonly #services: CallServices
  readonly #call: Conversation
  readonly #reports: ReferReports | null
  readonly #otherwise: Otherwise
  #ringing: PlacedCall | null
  #answer: PlacedAnswer | null
  #offer: LegOffer | null
  #joining: Joining | null
  #over: boolean

  /** @param reports `null`: nobody wants to hear how it goes */
  constructor(
    services: CallServices,
    call: Conversation,
    leg: Leg,
    reports: ReferReports | null,
    otherwise: Otherwise,
  ) {
    this.leg = leg
    this.#services = services
    this.#call = call
    this.#reports = reports
    this.#otherwise = otherwise
    this.#ringing = null
    this.#answer = null
    this.#offer = null
    this.#joining = null
    this.#over = false
    call.arrange(this)
  }

  /** For whom somebody is to be called. */
  get placedFor(): PlacedFor {
    return { parent: this.#call.id, leg: this.leg, transfers: this.#call.transfers + 1 }
  }

  /** Somebody is called: `call` is what `placeCall` made of it. */
  rings(call: PlacedCall | null): void {
    if (!this.#over && this.#answer === null) this.#ringing = call
  }

  /** Nobody has to be called: the side is joined to a call that is answered, once both have come to rest. */
  joins(joining: Joining): void {
    this.#joining = joining
    joining.start()
  }

  /** It is joined: the call that it comes from is about to end. */
  done(): void {
    this.#over = true
    this.#call.arrange(null)
  }

  // --- what becomes of the call that was placed

  placedProgressed(status: number, phrase: string): void {
    this.#reports?.progress(status, phrase)
  }

  placedAnswered(answer: PlacedAnswer): void {
    if (this.#over) {
      answer.giveUp(487)
      return
    }
    this.#ringing = null
    this.#answer = answer
    if (answer.isOffered) {
      this.#joining = new Joining(this.#services, [{ call: this.#call, leg: this.leg }], (settled) => {
        if (settled) this.#introduce(answer)
        else this.#failed(answer, 491)
      })
      this.#joining.start()
      return
    }
    const offer = answer.offerTo(this.leg, this.#call.isRecorded)
    if (offer === null) {
      this.#failed(answer, 488)
      return
    }
    this.#offer = new LegOffer(this.#services, this.#call, this.leg, offer, this)
    this.#offer.start()
  }

  placedFailed(status: number, phrase: string): void {
    if (this.#over) return
    this.#offer?.withdraw()
    this.#joining?.stop()
    this.#conclude(status, phrase)
  }

  // --- what the side that waits says to the session of who answered

  offerAccepted(response: SipMessage): void {
    const answer = this.#answer
    if (answer === null) return
    const agreed = answer.answerOf(response)
    this.#offer?.acknowledge({ type: '', body: '' })
    this.leg.describe(answer.response, answer.told)
    answer.leg.describe(response, agreed.body)
    this.#join(answer)
    answer.acknowledge(agreed)
  }

  offerRefused(status: number): void {
    if (this.#answer !== null) this.#failed(this.#answer, status)
  }

  // --- what becomes of the call in which it was asked for

  otherLeft(): void {
    this.#reports?.stop()
  }

  callEnded(): void {
    if (this.#over) return
    this.#over = true
    this.#reports?.stop()
    this.#ringing?.cancelled()
    this.#offer?.withdraw()
    this.#joining?.stop()
    this.#answer?.giveUp(487)
    if (typeof this.#otherwise === 'object') this.#otherwise.over()
  }

  addLampDialogs(key: string, dialogs: LampDialog[]): void {
    if (typeof this.#otherwise === 'object') this.#otherwise.addLampDialogs(key, dialogs)
  }

  // --- parts

  #join(answer: PlacedAnswer): Conversation {
    this.#over = true
    const other = this.#call.other(this.leg)
    this.#call.arrange(null)
    const recorded = this.#call.handOnSound(this.leg)
    this.#call.release(this.leg, answer.about.id)
    const joined = answer.join(this.leg, recorded)
    if (!other.hungUp) DepartingLeg.depart(this.#services, other, this.#reports)
    if (typeof this.#otherwise === 'object') this.#otherwise.over()
    return joined
  }

  /** Both have sessions with somebody who is gone. */
  #introduce(answer: PlacedAnswer): void {
    const joined = this.#join(answer)
    answer.acknowledge(noDescription)
    joined.offers.introduce()
  }

  #failed(answer: PlacedAnswer, status: number): void {
    answer.giveUp(status)
    this.#conclude(status, reasonPhrase(status))
  }

  #conclude(status: number, phrase: string): void {
    if (this.#over) return
    this.#over = true
    this.#call.arrange(null)
    if (this.#call.over) {
      // The side that waits has hung up while it was offered a session.
      this.#reports?.stop()
      if (typeof this.#otherwise === 'object') this.#otherwise.over()
    } else if (!this.#call.isAlone(this.leg)) this.#reports?.conclude(status, phrase, null)
    else if (typeof this.#otherwise === 'object') this.#otherwise.nobodyTook()
    else if (this.#otherwise === 'return') returnToTransferor(this.#services, this.#call, this.leg)
    else this.#call.hangUp(`Reason: SIP;cause=${status}\r\n`)
  }
}

/** Whoever left his call while it was being handed on is rung: nobody has taken it. */
export function returnToTransferor(services: CallServices, call: Conversation, leg: Leg): void {
  ringBackTo(services, call, leg, 'end')
}

/** Rings whoever left this call while the side `leg` waits in it. */
export function ringBackTo(services: CallServices, call: Conversation, leg: Leg, otherwise: Otherwise): void {
  const { party } = call.other(leg)
  const user = party.kind === 'user' ? services.snapshot.users.get(party.id) : undefined
  // Who asked for a call and waits for it alone has nobody to whom it could return.
  if (user === undefined || !user.active || leg.party.id === user.id) {
    call.hangUp('Reason: SIP;cause=480\r\n')
    return
  }
  ringFor(services, call, leg, user, otherwise)
}

/** Rings a user for the side `leg` that waits in this call: whoever answers has it. */
export function ringFor(services: CallServices, call: Conversation, leg: Leg, user: User, otherwise: Otherwise): void {
  const transfer = new Transfer(services, call, leg, null, otherwise)
  transfer.rings(ringBack(services, transfer, transfer.placedFor, user))
}

/**
 * A call that was held for as long as its holder set (`holdRecallSeconds`) rings at his phones again: whoever answers has it
 * in the place of the leg that holds. Nobody answers: it stays on hold, for as long again.
 */
export function recallHeld(services: CallServices, call: Conversation, holder: Leg, now: number): void {
  const { party } = holder
  const user = party.kind === 'user' ? services.snapshot.users.get(party.id) : undefined
  const seconds = user?.holdRecallSeconds ?? 0
  if (user === undefined || seconds === 0 || now - holder.heldSince < seconds * 1000) return
  if (call.arrangement !== null || call.isAlone(call.other(holder))) return
  holder.heldSince = now
  const transfer = new Transfer(services, call, call.other(holder), null, 'end')
  transfer.rings(ringBack(services, transfer, transfer.placedFor, user))
}
