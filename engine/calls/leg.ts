import type { Dialog } from '../sip/dialog.ts'
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import type { Flow } from '../sip/transport.ts'
import { isSamePeer } from '../sip/transport.ts'
import type { AnswerRetransmission } from './answer.ts'
import type { EarlyDescription } from './early-dialog.ts'
import { hasSessionDescription } from './passing.ts'
import type { Party } from './services.ts'
import type { SessionTimer } from './session-timer.ts'
import type { SoundSide } from './sound/sound-side.ts'
import { decodeText, encodeText } from './text.ts'
import type { Holding } from './usage.ts'

/** The answer to an offer that came in a 2xx (RFC 3264): it comes in one side's ACK and goes on in the other's. */
export interface LateAnswer {
  /** Number of the INVITE on the other side, whose 2xx made the offer. */
  readonly sequence: number
  /** Sends the ACK of that 2xx. */
  pass(headers: string, body: string): void
}

/** One side of an answered call. */
export class Leg {
  readonly dialog: Dialog
  readonly party: Party
  readonly timer: SessionTimer
  /** Lines, channels and forwards it uses: they go where it goes, and are given back when it ends. */
  holdings: readonly Holding[]
  /** Our 2xx to it that it has not acknowledged; `null` where none is. */
  answer: AnswerRetransmission | null
  /** What its ACK is waited for: it carries the answer to an offer that came in a 2xx (RFC 3264, late offer). */
  lateAnswer: LateAnswer | null
  /** Lines of the BYE that leaves as soon as its ACK is here; `null` where none is wanted. */
  byeWanted: string | null
  /** It has hung up, and is only still told that its INVITE was answered. */
  hungUp: boolean
  /** Since when it holds the other side (ms since the epoch); 0 while it does not. */
  heldSince: number
  /** REFERs that it made and that were followed. */
  refers: number
  /** Type and text of the newest session description it was given, kept where a refresh has to repeat it; or ''. */
  descriptionType: string
  description: string
  /** Its end of the sound, where that passes through us. */
  sound: SoundSide | null

  constructor(dialog: Dialog, party: Party, timer: SessionTimer, holdings: readonly Holding[]) {
    this.dialog = dialog
    this.party = party
    this.timer = timer
    this.holdings = holdings
    this.answer = null
    this.lateAnswer = null
    this.byeWanted = null
    this.hungUp = false
    this.heldSince = 0
    this.refers = 0
    this.descriptionType = ''
    this.description = ''
    this.sound = null
  }

  /** A request of its came by `flow`: a phone that lost its connection goes on by another one (RFC 5626 §4.5). */
  cameBy(flow: Flow): void {
    const at = this.dialog.flow
    // A server that we reach by an address is reached there, by whatever connection is open then.
    const isReached = at.connection === 0 && at.address === flow.address && at.port === flow.port
    if (flow.transport !== 'UDP' && flow.transport === at.transport && !isReached) this.dialog.flow = flow
  }

  /**
   * A phone of `userId` was reached by one of `lost`, and is reached by `flow` now (RFC 5626 §4.5).
   * @returns whether it is this leg's
   */
  follow(userId: string, lost: readonly Flow[], flow: Flow): boolean {
    if (this.party.id !== userId || this.party.kind !== 'user') return false
    if (!lost.some((one) => isSamePeer(this.dialog.flow, one))) return false
    this.dialog.flow = flow
    return true
  }

  /** Its refreshes are re-INVITEs of ours, which repeat what it was told last (RFC 4028 §7.4). */
  get refreshedByInvite(): boolean {
    return this.timer.weRefresh && !this.timer.allowsUpdate
  }

  /** It is told what this message of the other side says of its session, by this body. After its timer is agreed. */
  describe(message: SipMessage, body: string): void {
    if (!this.refreshedByInvite || !hasSessionDescription(message)) return
    this.descriptionType = ownCopy(message.header(Header.contentType))
    this.description = ownCopy(body)
  }

  /** Likewise, where it was told before the call was answered. */
  describedEarly(told: EarlyDescription): void {
    if (!this.refreshedByInvite || told.text === '') return
    this.descriptionType = told.type
    this.description = told.text
  }
}

/** What is still to come of a leg when the call is over: b its BYE after its ACK, a its ACK alone, - nothing. */
export function restOf(leg: Leg): 'b' | 'a' | '-' {
  if (leg.byeWanted !== null) return 'b'
  return leg.hungUp && leg.answer !== null ? 'a' : '-'
}

export function restoreRest(leg: Leg, rest: string | undefined): void {
  if (rest === 'b') leg.byeWanted = ''
  else leg.hungUp = true
}

/** In one line, for the journal. */
export function saveParty(party: Party): string {
  return `${party.emergency === true ? 'emergency' : party.kind} ${party.id} ${encodeText(party.title)}`
}

/** Reads what `saveParty` wrote; `null` where it is damaged. */
export function loadParty(text: string): Party | null {
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  const kind = text.slice(0, first)
  if ((kind !== 'user' && kind !== 'trunk' && kind !== 'emergency') || second < 0) return null
  const id = text.slice(first + 1, second)
  const title = decodeText(text.slice(second + 1))
  return kind === 'emergency' ? { kind: 'trunk', id, title, emergency: true } : { kind, id, title }
}

/** The description kept for refreshes in one line, for the journal; '' where there is none. */
export function saveDescription(leg: Leg): string {
  if (!leg.refreshedByInvite || leg.description === '') return ''
  return Buffer.from(`${leg.descriptionType}\n${leg.description}`, 'latin1').toString('base64')
}

export function restoreDescription(leg: Leg, text: string): void {
  if (text === '') return
  const bytes = Buffer.from(text, 'base64').toString('latin1')
  const end = bytes.indexOf('\n')
  leg.descriptionType = bytes.slice(0, end)
  leg.description = bytes.slice(end + 1)
}
