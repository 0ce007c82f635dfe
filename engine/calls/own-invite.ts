import { ackWithin, requestWithin } from '../sip/dialog.ts'
import type { SipMessage } from '../sip/message.ts'
import type { OutgoingRequest } from '../sip/request.ts'
import { asksToSign, renewed } from '../sip/signed-requests.ts'
import type { InviteClientTransaction } from '../sip/transaction/invite-client.ts'
import type { ClientTransactionUser } from '../sip/transaction/parts.ts'
import type { Leg } from './leg.ts'
import type { CallServices } from './services.ts'

/** Told what a side says to a re-INVITE of ours. */
export interface OwnInviteOwner {
  /** Accepted: the owner acknowledges it, now or when it has the answer that the ACK is to carry. */
  accepted(invite: OwnInvite, response: SipMessage): void
  /** Refused, or nothing was said (408), or it could not be sent (503). */
  refused(invite: OwnInvite, status: number): void
}

/** A re-INVITE (RFC 3261 §14.1) to one side of an answered call that is made by us and not passed from the other side. */
export class OwnInvite implements ClientTransactionUser {
  readonly leg: Leg
  readonly #services: CallServices
  readonly #owner: OwnInviteOwner
  readonly #type: string
  readonly #body: string
  #transaction: InviteClientTransaction | null
  /** As sent last, unsigned. */
  #request: OutgoingRequest | null
  #signature: string
  /** Challenges that were answered. */
  #answers: number
  #accepted: boolean
  #ackText: string
  /** It could not be sent: there is no way to the side at the moment. */
  unsent: boolean

  /** @param body the session description that it offers, of Content-Type `type`; '' asks for an offer */
  constructor(services: CallServices, owner: OwnInviteOwner, leg: Leg, type: string, body: string) {
    this.leg = leg
    this.#services = services
    this.#owner = owner
    this.#type = type
    this.#body = body
    this.#transaction = null
    this.#request = null
    this.#signature = ''
    this.#answers = 0
    this.#accepted = false
    this.#ackText = ''
    this.unsent = false
  }

  /** @param abilities whole lines */
  send(abilities: string): void {
    const { network, random } = this.#services
    const headers = abilities + typeLine(this.#type, this.#body)
    this.#send(requestWithin(this.leg.dialog, 'INVITE', 70, headers, this.#body, network, random))
  }

  cancel(): void {
    if (this.#transaction?.open === true) this.#services.transactions.cancel(this.#transaction, '')
  }

  /** Its number; 0 before it is sent. */
  get sequence(): number {
    return this.#request?.cseq ?? 0
  }

  /** @param body the answer to an offer that it asked for; '' where it made one itself */
  acknowledge(type: string, body: string): void {
    this.acknowledgeBy(typeLine(type, body), body)
  }

  /** Likewise, with whole header lines. The ACK leaves again whenever the 2xx is repeated. */
  acknowledgeBy(headers: string, body: string): void {
    const { network, random, transactions } = this.#services
    const { dialog } = this.leg
    const lines = this.#signature + headers
    this.#ackText = transactions.sendAck(ackWithin(dialog, this.sequence, lines, body, network, random), dialog.flow)
  }

  responseReceived(response: SipMessage): void {
    const { status } = response
    const { dialog } = this.leg
    if (status < 200) return
    if (this.#request !== null && asksToSign(response, dialog.signer, this.#answers)) {
      this.#answers++
      this.#send(renewed(this.#request, dialog, this.#services.transactions))
    } else if (status >= 300) this.#owner.refused(this, status)
    else if (this.#accepted) {
      if (this.#ackText !== '') this.#services.network.send(dialog.flow, this.#ackText, null)
    } else {
      this.#accepted = true
      this.#owner.accepted(this, response)
    }
  }

  timedOut(): void {
    this.#owner.refused(this, 408)
  }

  transportFailed(): void {
    this.unsent = true
    this.#owner.refused(this, 503)
  }

  #send(request: OutgoingRequest): void {
    const { dialog } = this.leg
    this.#request = request
    this.#signature = dialog.signer?.sign('INVITE', request.requestUri) ?? ''
    const signed = this.#signature === '' ? request : { ...request, headers: this.#signature + request.headers }
    this.#transaction = this.#services.transactions.sendInvite(signed, dialog.flow, this)
  }
}

function typeLine(type: string, body: string): string {
  return body === '' ? '' : `Content-Type: ${type}\r\n`
}
