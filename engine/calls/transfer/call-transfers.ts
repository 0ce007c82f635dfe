import type { SipMessage } from '../../sip/message.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices, Party, Transfers } from '../services.ts'
import { referReceived } from './refer.ts'
import { replacingInvite } from './replacing-invite.ts'
import { recallHeld, returnToTransferor } from './transfer.ts'

/** What answered calls ask of transfers. */
export class CallTransfers implements Transfers {
  readonly #services: CallServices

  constructor(services: CallServices) {
    this.#services = services
  }

  invitedToReplace(request: SipMessage, flow: Flow, party: Party): void {
    replacingInvite(this.#services, request, flow, party)
  }

  referReceived(call: Conversation, leg: Leg, request: SipMessage, flow: Flow): void {
    referReceived(this.#services, call, leg, request, flow)
  }

  stillHeld(call: Conversation, leg: Leg, now: number): void {
    this.#services.whenConfigured(() => recallHeld(this.#services, call, leg, now))
  }

  restored(call: Conversation, leg: Leg): void {
    this.#services.whenConfigured(() => {
      if (call.isAlone(leg) && call.arrangement === null) returnToTransferor(this.#services, call, leg)
    })
  }
}
