import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { isReliable } from '../../sip/transaction/parts.ts'
import type { TimerHandle, TimerOwner } from '../../sip/transport.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { OwnInviteOwner } from '../own-invite.ts'
import { OwnInvite } from '../own-invite.ts'
import { contactHeader, hasSessionDescription } from '../passing.ts'
import type { CallServices } from '../services.ts'

/** How long something else that is under way between the sides is waited for (ms), and how often. */
const pause = 500
const mostPauses = 20
/** How often a phone that has lost its connection is looked for: five seconds in all (docs/calls.md). */
const mostLooks = 10
/** When an offer that met another one is made again, plus as much by chance (ms; RFC 3261 §14.1). */
const glarePause = 2100
const mostTries = 4

/** A session description and its type, as a message carried it. */
export interface Description {
  readonly type: string
  readonly body: string
}

export const noDescription: Description = { type: '', body: '' }

export interface LegOfferOwner {
  /**
   * The side has accepted: `answer` is its answer, or its own offer where it was asked for one. It is owed an ACK
   * (`acknowledge`).
   */
  offerAccepted(answer: SipMessage): void
  /** It refused, 408 where it says nothing, 481 where it knows nothing of the call; the session is as it was. */
  offerRefused(status: number): void
}

/**
 * One side of an answered call is offered the session of somebody who is not in the call yet, by a re-INVITE (RFC 3725,
 * RFC 5589). While that is under way no side may make an offer of its own.
 */
export class LegOffer implements OwnInviteOwner, TimerOwner {
  readonly leg: Leg
  readonly outlivesOther = true
  readonly #services: CallServices
  readonly #call: Conversation
  readonly #owner: LegOfferOwner
  readonly #offer: Description
  /** As made last. */
  #invite: OwnInvite | null
  #timer: TimerHandle | null
  #pauses: number
  #looks: number
  #tries: number
  #answered: boolean
  #over: boolean

  /** @param offer `noDescription`: the side is asked for its own */
  constructor(services: CallServices, call: Conversation, leg: Leg, offer: Description, owner: LegOfferOwner) {
    this.leg = leg
    this.#services = services
    this.#call = call
    this.#owner = owner
    this.#offer = offer
    this.#invite = null
    this.#timer = null
    this.#pauses = 0
    this.#looks = 0
    this.#tries = 0
    this.#answered = false
    this.#over = false
  }

  /** Stands in the way of offers of both sides, as if the other one had made it (§14.2). */
  get sender() {
    return this.#call.other(this.leg).dialog
  }

  start(): void {
    const { clock, network } = this.#services
    if (this.#hasLeft) {
      this.#fail(481)
      return
    }
    if (!this.#call.isSettled(this.leg)) {
      if (this.#call.over || this.#pauses >= mostPauses) this.#fail(this.#call.over ? 481 : 491)
      else {
        this.#pauses++
        this.#timer = clock.start(pause, this, 'offer')
      }
      return
    }
    this.#tries++
    this.#call.offers.begin(this)
    const { dialog, timer } = this.leg
    this.#invite = new OwnInvite(this.#services, this, this.leg, this.#offer.type, this.#offer.body)
    this.#invite.send(contactHeader(network, dialog.flow) + this.#call.allowFor(this.leg) + timer.requestHeaders())
    this.#call.refreshed()
  }

  timerFired(): void {
    this.#timer = null
    this.start()
  }

  /** While it waited, its side was parked away or another one took its place: it is told goodbye by somebody else. */
  get #hasLeft(): boolean {
    const { caller, callee } = this.#call
    return this.leg.hungUp || (caller !== this.leg && callee !== this.leg)
  }

  /** Whoever wanted the session has gone: nothing comes of it. */
  withdraw(): void {
    if (this.#over) return
    this.#stop()
    this.#call.offers.end(this)
  }

  /** The call ends. */
  abandon(): void {
    if (this.#over) return
    this.#stop()
    this.#owner.offerRefused(481)
  }

  /** Number of the INVITE. */
  get sequence(): number {
    return this.#invite?.sequence ?? 0
  }

  /** The answer is taken: its ACK leaves. */
  acknowledge({ type, body }: Description): void {
    this.#invite?.acknowledge(type, body)
  }

  /** Likewise, with whole header lines. */
  acknowledgeBy(headers: string, body: string): void {
    this.#invite?.acknowledgeBy(headers, body)
  }

  /** The type and text of what the answer carries. */
  static describedIn(message: SipMessage): Description {
    return hasSessionDescription(message)
      ? { type: message.header(Header.contentType), body: message.body }
      : noDescription
  }

  accepted(_invite: OwnInvite, response: SipMessage): void {
    if (this.#over) {
      // Nobody wants it any more: who made it is put on hold by an answer that takes nothing of an offer.
      this.acknowledge(noDescription)
      return
    }
    this.#answered = true
    this.leg.dialog.refreshTarget(response)
    this.leg.timer.accepted(response, this.#services.clock.now())
    this.#stop()
    this.#call.offers.end(this)
    this.#owner.offerAccepted(response)
  }

  refused(invite: OwnInvite, status: number): void {
    if (this.#over) return
    if (invite.unsent && isReliable(this.leg.dialog.flow) && this.#looks < mostLooks) {
      // Its phone may come back by another connection (RFC 5626 §4.5), and then the call has followed.
      this.#looks++
      this.#tries--
      this.#call.offers.end(this)
      this.#timer = this.#services.clock.start(pause, this, 'offer')
      return
    }
    if ((status === 491 || status === 500) && this.#tries < mostTries) {
      const { clock, random } = this.#services
      this.#call.offers.end(this)
      this.#timer = clock.start(glarePause + Math.floor(random.fraction() * glarePause), this, 'offer')
      return
    }
    this.#stop()
    this.#call.offers.end(this)
    this.#owner.offerRefused(status === 401 || status === 407 ? 488 : status)
  }

  #fail(status: number): void {
    this.#stop()
    this.#owner.offerRefused(status)
  }

  #stop(): void {
    this.#over = true
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    if (!this.#answered) this.#invite?.cancel()
  }
}
