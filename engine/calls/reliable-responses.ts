import type { Acknowledged } from '../sip/reliable-provisional.ts'
import type { InviteServerTransaction } from '../sip/transaction/invite-server.ts'
import { lifetime, T1 } from '../sip/transaction/timers.ts'
import type { TimerHandle, TimerOwner } from '../sip/transport.ts'
import type { EarlyDialog } from './early-dialog.ts'
import type { CallServices } from './services.ts'

/** Told whether a caller acknowledges provisional responses. */
export interface ReliableOwner {
  /** He did, and his PRACK is answered: what had to wait for it (`awaitsSession`) may go. */
  progressAcknowledged(): void
  /** 64 T1 are over: the INVITE is to be refused (RFC 3262 §3). */
  progressNotAcknowledged(): void
}

/** A provisional response on its way to the caller. */
export interface Progress {
  readonly status: number
  readonly phrase: string
  /** Whole lines. */
  readonly headers: string
  readonly body: string
  /** Who sent it reliably and is owed the caller's PRACK, and under which RSeq; `null` where we vouch for it. */
  readonly early: EarlyDialog | null
  readonly responseNumber: number
}

/**
 * Provisional responses towards a caller who acknowledges them (RFC 3262 §3). Each To-tag counts its own RSeq, as from
 * a proxy that forks, and has one response under way at a time.
 *
 * What a phone sent reliably is repeated when the phone repeats it, and the caller's PRACK goes on to it
 * (docs/decisions/0012). What it sent unreliably is sent as it came; but to a caller who requires reliability it is
 * repeated by us, and his PRACK ends here.
 */
export class ReliableResponses {
  /** The caller takes no other provisional responses than reliable ones. */
  readonly required: boolean
  readonly #services: CallServices
  readonly #transaction: InviteServerTransaction
  /** Number of the INVITE. */
  readonly #sequence: number
  readonly #owner: ReliableOwner
  readonly #byTag: Map<string, TaggedResponses>

  constructor(
    services: CallServices,
    transaction: InviteServerTransaction,
    sequence: number,
    required: boolean,
    owner: ReliableOwner,
  ) {
    this.required = required
    this.#services = services
    this.#transaction = transaction
    this.#sequence = sequence
    this.#owner = owner
    this.#byTag = new Map()
  }

  send(tag: string, progress: Progress): void {
    if (progress.early === null && !this.required) {
      const { status, phrase, headers, body } = progress
      this.#transaction.respond(status, phrase, tag, headers, body)
      return
    }
    let tagged = this.#byTag.get(tag)
    if (tagged === undefined) {
      tagged = new TaggedResponses(this.#services, this.#transaction, tag, this.#owner)
      this.#byTag.set(tag, tagged)
    }
    tagged.send(progress)
  }

  /** The phone repeated what was passed under this tag. */
  repeated(tag: string): void {
    this.#byTag.get(tag)?.repeat()
  }

  /** Takes the caller's PRACK. @returns what it acknowledges; `null` where that is nothing that waits (481) */
  take(tag: string, acknowledged: Acknowledged): Progress | null {
    const { sequence, method, responseNumber } = acknowledged
    if (sequence !== this.#sequence || method !== 'INVITE') return null
    return this.#byTag.get(tag)?.take(responseNumber) ?? null
  }

  /** Goes on with what waited for the PRACK just answered: an answer before another provisional response. */
  goOn(tag: string): void {
    this.#owner.progressAcknowledged()
    this.#byTag.get(tag)?.goOn()
  }

  /** A session under this tag is not acknowledged yet: the call may not be answered under it (RFC 3262 §3). */
  awaitsSession(tag: string): boolean {
    return this.#byTag.get(tag)?.awaitsSession ?? false
  }

  /** RSeq of the response under this tag that is not acknowledged; 0 for none. */
  awaited(tag: string): number {
    return this.#byTag.get(tag)?.awaited ?? 0
  }

  /** There is a final response: nothing is repeated any more. */
  stop(): void {
    for (const tagged of this.#byTag.values()) tagged.stop()
  }
}

/** The responses under one To-tag. */
class TaggedResponses implements TimerOwner {
  readonly #services: CallServices
  readonly #transaction: InviteServerTransaction
  readonly #tag: string
  readonly #owner: ReliableOwner
  #number: number
  #open: Progress | null
  #text: string
  /** What came while another was under way: the newest, but never in the place of one that its sender repeats. */
  #next: Progress | null
  #interval: number
  #waited: number
  #timer: TimerHandle | null

  constructor(services: CallServices, transaction: InviteServerTransaction, tag: string, owner: ReliableOwner) {
    this.#services = services
    this.#transaction = transaction
    this.#tag = tag
    this.#owner = owner
    // RFC 3262 §3: anywhere below 2^31; with room for what may follow.
    this.#number = 1 + Math.floor(services.random.fraction() * 2 ** 30)
    this.#open = null
    this.#text = ''
    this.#next = null
    this.#interval = T1
    this.#waited = 0
    this.#timer = null
  }

  send(progress: Progress): void {
    if (this.#open !== null) {
      if (this.#next === null || this.#next.early === null) this.#next = progress
      return
    }
    this.#open = progress
    this.#number++
    const headers = `${progress.headers}Require: 100rel\r\nRSeq: ${this.#number}\r\n`
    this.#text = this.#transaction.respond(progress.status, progress.phrase, this.#tag, headers, progress.body)
    if (progress.early !== null) return
    this.#interval = T1
    this.#waited = 0
    this.#timer = this.#services.clock.start(T1, this, 'reliable')
  }

  repeat(): void {
    if (this.#open !== null && this.#text !== '') this.#services.network.send(this.#transaction.flow, this.#text, null)
  }

  take(responseNumber: number): Progress | null {
    const taken = this.#open
    if (taken === null || responseNumber !== this.#number) return null
    this.stop()
    this.#open = null
    this.#text = ''
    return taken
  }

  goOn(): void {
    const next = this.#next
    this.#next = null
    if (next !== null && this.#transaction.open) this.send(next)
  }

  get awaitsSession(): boolean {
    return this.#open !== null && this.#open.body !== ''
  }

  get awaited(): number {
    return this.#open === null ? 0 : this.#number
  }

  timerFired(): void {
    this.#timer = null
    this.#waited += this.#interval
    if (this.#waited >= lifetime) {
      this.#owner.progressNotAcknowledged()
      return
    }
    this.repeat()
    this.#services.transactions.retransmitted++
    this.#interval = Math.min(this.#interval * 2, lifetime - this.#waited)
    this.#timer = this.#services.clock.start(this.#interval, this, 'reliable')
  }

  stop(): void {
    if (this.#timer !== null) this.#services.clock.stop(this.#timer)
    this.#timer = null
  }
}
