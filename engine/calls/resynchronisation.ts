import type { Dialog } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { Conversation } from './conversation.ts'
import type { Leg } from './leg.ts'
import type { OwnInviteOwner } from './own-invite.ts'
import { OwnInvite } from './own-invite.ts'
import { allowHeader, contactHeader } from './passing.ts'
import type { CallServices } from './services.ts'

/** How long a side is left to hear that its own offer was refused, before it is asked for another (ms). */
const first = 1000
/** When it is tried again, plus as much by chance (ms): more than RFC 3261 §14.1 lets either side wait after 491. */
const again = 4000
const mostTries = 5

/**
 * After a crash while an offer was under way nobody knows whether both sides have taken it. The caller is asked for an
 * offer (an INVITE without one), which is passed to the callee; the answer goes back in the caller's ACK (RFC 3725 §4.1).
 * So they agree again, whatever they believed before.
 */
export class Resynchronisation implements TimerOwner, OwnInviteOwner {
  /** Offers of the sides have to wait for it (RFC 3261 §14.2). */
  readonly sender: Dialog
  readonly #services: CallServices
  readonly #conversation: Conversation
  readonly #introduces: boolean
  #tries: number
  #over: boolean
  #timer: TimerHandle | null
  #step: OwnInvite | null
  /** The caller's, which owes its ACK until the callee has answered. */
  #asked: OwnInvite | null
  #offer: string

  /** @param introduces the sides are new to each other: they are asked at once, and the call ends where they disagree */
  constructor(services: CallServices, conversation: Conversation, introduces: boolean) {
    this.#services = services
    this.#conversation = conversation
    this.sender = conversation.callee.dialog
    this.#tries = 0
    this.#over = false
    this.#step = null
    this.#asked = null
    this.#offer = ''
    this.#introduces = introduces
    this.#timer = services.clock.start(introduces ? 0 : first, this, 'resynchronise')
  }

  timerFired(): void {
    this.#timer = null
    this.#tries++
    this.#step = new OwnInvite(this.#services, this, this.#conversation.caller, '', '')
    this.#step.send(this.#abilities(this.#conversation.caller))
    this.#conversation.refreshed()
  }

  /** The call ends meanwhile. */
  abandon(): void {
    this.#over = true
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
    this.#step?.cancel()
    this.#decline()
  }

  /** A side has accepted. */
  accepted(step: OwnInvite, response: SipMessage): void {
    const { caller, callee } = this.#conversation
    step.leg.dialog.refreshTarget(response)
    step.leg.timer.accepted(response, this.#services.clock.now())
    if (step.leg === caller) {
      this.#asked = step
      this.#offer = response.body
      const offer = this.#conversation.bodyOfOffer(caller, response)
      if (this.#over || offer === null) {
        this.#decline()
        if (!this.#over) this.#end()
      } else {
        callee.describe(response, offer)
        this.#step = new OwnInvite(this.#services, this, callee, response.header(Header.contentType), offer)
        this.#step.send(this.#abilities(callee))
        this.#conversation.refreshed()
      }
      return
    }
    step.acknowledge('', '')
    if (this.#over) return
    const answer = this.#conversation.bodyOfAnswer(callee, response)
    caller.describe(response, answer)
    this.#conversation.offerTaken(caller, this.#offer)
    this.#conversation.answerTaken(callee, response.body)
    this.#asked?.acknowledge(response.header(Header.contentType), answer)
    this.#asked = null
    this.#end()
  }

  /** A side has refused, or says nothing (408). */
  refused(step: OwnInvite, status: number): void {
    if (this.#over) return
    this.#decline()
    if (status === 408 || status === 481) {
      this.#end()
      this.#conversation.lost(step.leg)
    } else if (this.#tries < mostTries) {
      this.#step = null
      const wait = again + Math.floor(this.#services.random.fraction() * again)
      this.#timer = this.#services.clock.start(wait, this, 'resynchronise')
    } else {
      this.#end()
      if (this.#introduces) this.#conversation.hangUp('Reason: SIP;cause=488;text="Not Acceptable Here"\r\n')
    }
  }

  /** The caller made an offer that nobody answers: its ACK takes none of it (RFC 3264 §6), until the next try. */
  #decline(): void {
    this.#asked?.acknowledge('application/sdp', declining(this.#offer))
    this.#asked = null
  }

  #end(): void {
    this.#over = true
    this.#conversation.renegotiated()
  }

  #abilities(leg: Leg): string {
    const { timer } = this.#conversation.other(leg)
    return (
      contactHeader(this.#services.network, leg.dialog.flow) +
      allowHeader(timer.allowsUpdate) +
      leg.timer.requestHeaders()
    )
  }
}

/** An answer that takes nothing of this offer: each stream with port 0 (RFC 3264 §6). '' for no offer. */
function declining(offer: string): string {
  if (offer === '') return ''
  let answer = 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n'
  for (const line of offer.split('\r\n')) {
    if (!line.startsWith('m=')) continue
    const [media, , ...rest] = line.split(' ')
    answer += `${media} 0 ${rest.join(' ')}\r\n`
  }
  return answer
}
