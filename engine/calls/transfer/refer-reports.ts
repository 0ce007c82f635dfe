import type { Dialog } from '../../sip/dialog.ts'
import { requestWithin } from '../../sip/dialog.ts'
import { joinedKey } from '../../sip/own-copy.ts'
import { sendWithin } from '../../sip/signed-requests.ts'
import type { ClientTransactionUser } from '../../sip/transaction/parts.ts'
import { contactHeader } from '../passing.ts'
import type { CallServices } from '../services.ts'

/** How long the transferor's phone may count on being told (s): longer than a call can ring, with its steps. */
const lasts = 600

/**
 * What a transferor is told of his transfer: NOTIFYs of the subscription that his REFER made (RFC 3515 §2.4.4). They
 * leave one after the other, because two under way may overtake each other.
 */
export class ReferReports implements ClientTransactionUser {
  /** Value of the Event header. */
  readonly event: string
  readonly #services: CallServices
  readonly #dialog: Dialog
  /** `Refer-Sub: false`: he wants to hear nothing (RFC 4488). */
  readonly #wanted: boolean
  /** The newest status that was not told yet; 0. */
  #status: number
  #phrase: string
  #told: number
  #final: boolean
  #waiting: boolean
  #stopped: boolean
  /** He does not take NOTIFYs any more. */
  #deaf: boolean
  #concluded: (() => void) | null
  readonly #numbered: (() => void) | null

  /** @param numbered the dialog has another number, which has to be kept; `null`: whoever goes on with it counts on that */
  constructor(services: CallServices, dialog: Dialog, event: string, wanted: boolean, numbered: (() => void) | null) {
    this.#numbered = numbered
    this.event = wanted ? event : ''
    this.#services = services
    this.#dialog = dialog
    this.#wanted = wanted
    this.#status = 0
    this.#phrase = ''
    this.#told = 0
    this.#final = false
    this.#waiting = false
    this.#stopped = false
    this.#deaf = false
    this.#concluded = null
  }

  /** It goes on: 100, or 18x of the target. The same is not told twice. */
  progress(status: number, phrase: string): void {
    if (this.#final || this.#stopped || status === this.#told || status === this.#status) return
    this.#status = status
    this.#phrase = phrase
    this.#next()
  }

  /** How it ended. @param told called when he knows it, or cannot be told; not at all after `stop` */
  conclude(status: number, phrase: string, told: (() => void) | null): void {
    if (this.#final || this.#stopped) return
    this.#final = true
    this.#status = status
    this.#phrase = phrase
    this.#concluded = told
    if (!this.#wanted || this.#deaf) this.#conclude()
    else this.#next()
  }

  /** His leg has ended: he hears nothing more. */
  stop(): void {
    this.#stopped = true
    this.#services.journal.remove('obligation', this.#key)
  }

  /** A crash leaves him waiting for news: the next process tells him that nothing came of it. */
  remember(): void {
    if (this.#wanted) this.#services.journal.put('obligation', this.#key, this.event)
  }

  get #key(): string {
    return joinedKey(['refer', this.#dialog.localTag])
  }

  responseReceived(response: { readonly status: number }): void {
    if (response.status < 200) return
    // RFC 6665 §4.2.2: he does not know the subscription, or does not want it any more.
    if (response.status === 481 || response.status === 489) this.#lost()
    else this.#answered()
  }

  timedOut(): void {
    this.#lost()
  }

  transportFailed(): void {
    this.#lost()
  }

  #lost(): void {
    this.#status = 0
    this.#deaf = true
    this.#answered()
  }

  #answered(): void {
    this.#waiting = false
    if (this.#stopped) return
    if (this.#status !== 0) this.#next()
    else if (this.#final) this.#conclude()
  }

  #conclude(): void {
    this.#services.journal.remove('obligation', this.#key)
    const told = this.#concluded
    this.#concluded = null
    told?.()
  }

  #next(): void {
    if (!this.#wanted || this.#deaf || this.#waiting || this.#stopped) return
    const { transactions, network, random } = this.#services
    const state = this.#final ? 'terminated;reason=noresource' : `active;expires=${lasts}`
    const headers =
      `${contactHeader(network, this.#dialog.flow)}Event: ${this.event}\r\nSubscription-State: ${state}\r\n` +
      'Content-Type: message/sipfrag;version=2.0\r\n'
    const body = `SIP/2.0 ${this.#status} ${this.#phrase}\r\n`
    this.#told = this.#status
    this.#status = 0
    this.#waiting = true
    const notify = requestWithin(this.#dialog, 'NOTIFY', 70, headers, body, network, random)
    sendWithin(transactions, this.#dialog, notify, this)
    this.#numbered?.()
  }
}
