import type { Target } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import type { Flow } from '../sip/transport.ts'
import type { AboutCall, Conversation } from './conversation.ts'
import type { EarlyDialog } from './early-dialog.ts'
import type { AnsweringSide, Fork } from './fork.ts'
import type { Party } from './services.ts'
import type { OfferedSound, Sound } from './sound/sound.ts'
import type { CalledPhone } from './sound/sounds.ts'
import type { SpokenRefusal } from './sound/spoken-refusal.ts'
import type { Holding } from './usage.ts'

/**
 * Whoever waits for a ringing call to be answered: a caller with his INVITE (`InvitingCaller`), or a side of an answered
 * call for which we call somebody (`PlacedCaller`).
 */
export interface CallerSide {
  readonly party: Party
  /** What the INVITEs to phones are made from. */
  readonly request: SipMessage
  /** What whoever picks the call up is connected with at once: the session that he offered; '' where it is agreed on later. */
  readonly offer: string
  /** Lines of the INVITEs to phones that say what we can do. */
  readonly abilities: string
  /** Of his INVITE; `null` where he sent none. */
  readonly transaction: InviteServerTransaction | null
  /** How often he was handed on already. */
  readonly transfers: number
  /** Who is rung is all: the router is not asked how to go on. */
  readonly triesNothingElse: boolean
  /** The sound between him and somebody who is called, offered; `null` where it need not pass through us. */
  soundTo(callId: string, target: Target, phone: CalledPhone): OfferedSound | null
  /** Another offer to who has refused this one (488): with keys for SRTP, or without; '' where there is none. */
  offerOtherwise(sound: Sound): string
  /** A phone rings, or is heard before it answers. */
  progressed(fork: Fork, response: SipMessage, early: EarlyDialog | null): void
  /** A phone repeats what is not acknowledged. */
  repeated(fork: Fork, early: EarlyDialog): void
  /** A phone that rings makes a request, from where it may. */
  requestFromPhone(early: EarlyDialog, request: SipMessage, flow: Flow): void
  /** Our tag in the dialog that this answer of a phone makes with the caller. */
  tagFor(fork: AnsweringSide, response: SipMessage): string
  /** Our tag under which whoever answers him does so, where that is known before; else ''. */
  readonly onlyTag: string
  /** A session under this tag is not acknowledged yet: the call may not be answered under it (RFC 3262 §3). */
  awaitsSession(tag: string): boolean
  /** The final response follows: no provisional one is repeated any more. */
  stop(): void
  /**
   * A phone has answered.
   * @param tag as `tagFor` says
   * @param ownHoldings lines or channels that he uses
   * @param otherHoldings those of whoever answered
   * @returns the conversation that it makes; `null` where that is still to be agreed on, and is seen to elsewhere
   */
  answered(
    fork: AnsweringSide,
    response: SipMessage,
    tag: string,
    about: AboutCall,
    ownHoldings: readonly Holding[],
    otherHoldings: readonly Holding[],
  ): Conversation | null
  /**
   * Tells him why he is refused, where he can hear it and has heard nobody else.
   * @param refuse called once when it is said
   * @returns `null` where he is to be refused at once
   */
  speak(callId: string, status: number, phrase: string, refuse: () => void): SpokenRefusal | null
  refused(status: number, phrase: string): void
}
