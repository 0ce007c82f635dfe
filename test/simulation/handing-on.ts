import { Header } from '../../engine/sip/header-names.ts'
import type { SipMessage } from '../../engine/sip/message.ts'
import type { Watch } from './watch.ts'

/**
 * What a phone hears of one REFER of its own (RFC 3515 §2.4.4): a NOTIFY with 100, others as it goes, and one with the
 * final status, which ends the subscription.
 */
export class HandingOn {
  /** Of the REFER: its number, and when it was accepted (ms). */
  readonly sequence: number
  readonly at: number
  /** `Refer-Sub: false`: nothing is to be told (RFC 4488). */
  readonly silent: boolean
  /** It is told by its number: the first one of its dialog is not. */
  #isNumbered = false
  /** Status of the final NOTIFY; 0 before. */
  final = 0

  constructor(sequence: number, at: number, silent: boolean) {
    this.sequence = sequence
    this.at = at
    this.silent = silent
  }

  /** Whether this NOTIFY is about it. */
  isTold(event: string): boolean {
    if (event === `refer;id=${this.sequence}`) this.#isNumbered = true
    return this.#isNumbered ? event !== 'refer' && event.endsWith(`=${this.sequence}`) : event === 'refer'
  }

  notified(request: SipMessage, title: string, watch: Watch): void {
    const state = request.header(Header.subscriptionState)
    const status = Number(/^SIP\/2\.0 (\d{3}) /.exec(request.body)?.[1] ?? 0)
    if (this.silent) watch.fail(`${title} said Refer-Sub: false and is told of its transfer`)
    if (status === 0) watch.fail(`A NOTIFY to ${title} says nothing:\n${request.raw}`)
    if (this.final !== 0) watch.fail(`${title} is told ${status} after its transfer has ended with ${this.final}`)
    if (state.startsWith('terminated') !== status >= 200) watch.fail(`${title} is told ${status} and ${state}`)
    if (status >= 200) this.final = status
  }
}
