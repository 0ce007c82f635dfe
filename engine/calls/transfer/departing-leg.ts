import type { Dialog } from '../../sip/dialog.ts'
import { loadDialog, saveDialog, savedDialogLines } from '../../sip/dialog.ts'
import type { SipMessage } from '../../sip/message.ts'
import { joinedKey } from '../../sip/own-copy.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Flow } from '../../sip/transport.ts'
import type { DialogOwner } from '../calls.ts'
import type { Leg } from '../leg.ts'
import { loadParty, saveParty } from '../leg.ts'
import type { CallServices, Party } from '../services.ts'
import { ReferReports } from './refer-reports.ts'

/** Requests that a process before this one may have sent since the dialog was written down. */
const unknownRequests = 16

/**
 * The leg of somebody whose place in a call another one has taken: he is told how his transfer went, if it was his, and
 * then gets a BYE unless his own comes first (RFC 5589 §6.1). It stands in the journal until then.
 */
export class DepartingLeg implements DialogOwner {
  readonly #services: CallServices
  readonly #dialog: Dialog
  readonly #party: Party
  readonly #reports: ReferReports | null
  #leaving: boolean

  private constructor(services: CallServices, dialog: Dialog, party: Party, reports: ReferReports | null) {
    this.#services = services
    this.#dialog = dialog
    this.#party = party
    this.#reports = reports
    this.#leaving = false
    services.calls.register(dialog.localTag, this)
  }

  /** Gives back what the leg uses. @param reports of his transfer, which went well; `null`: it was not his */
  static depart(services: CallServices, leg: Leg, reports: ReferReports | null): void {
    for (const holding of leg.holdings) services.usage.give(holding)
    leg.answer?.stop()
    new DepartingLeg(services, leg.dialog, leg.party, reports).#begin()
  }

  /** Goes on where a process before this one was. @returns false if the entry is damaged */
  static resume(services: CallServices, value: string): boolean {
    const lines = value.split('\n')
    const dialog = loadDialog(lines.slice(0, savedDialogLines))
    const party = loadParty(lines[savedDialogLines] ?? '')
    if (dialog === null || party === null) return false
    dialog.localSequence += unknownRequests
    if (party.kind === 'trunk') dialog.signer = services.trunks.signerOf(party.id)
    const event = lines[savedDialogLines + 1] ?? ''
    const reports = event === '' ? null : new ReferReports(services, dialog, event, true, null)
    new DepartingLeg(services, dialog, party, reports).#begin()
    return true
  }

  requestReceived(request: SipMessage, flow: Flow): void {
    const { transactions } = this.#services
    if (request.method !== 'BYE' || !this.#dialog.matches(request.callId, request.fromTag)) {
      transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
      return
    }
    if (!this.#services.admits(request, flow, this.#dialog.flow, this.#party)) return
    transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
    if (this.#leaving) return
    this.#leaving = true
    this.#reports?.stop()
    this.#settled()
  }

  ackReceived(): void {
    // Its last INVITE was acknowledged, or it does not matter any more.
  }

  lateAnswerReceived(): void {
    // Likewise.
  }

  #begin(): void {
    const { journal } = this.#services
    const event = this.#reports?.event ?? ''
    journal.put('obligation', this.#key, `${saveDialog(this.#dialog)}\n${saveParty(this.#party)}\n${event}`)
    if (this.#reports === null) this.#bye()
    else this.#reports.conclude(200, reasonPhrase(200), () => this.#bye())
  }

  #bye(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.#services.obligations.bye(this.#dialog, '', () => this.#services.calls.unregister(this.#dialog.localTag))
    this.#services.journal.remove('obligation', this.#key)
  }

  #settled(): void {
    this.#services.calls.unregister(this.#dialog.localTag)
    this.#services.journal.remove('obligation', this.#key)
  }

  get #key(): string {
    return joinedKey(['depart', this.#dialog.localTag])
  }
}
