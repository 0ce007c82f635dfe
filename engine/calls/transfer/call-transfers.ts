import type { SipMessage } from '../../sip/message.ts'
import type { Flow } from '../../sip/transport.ts'
import type { Conversation } from '../conversation.ts'
import type { Leg } from '../leg.ts'
import type { CallServices, Transfers } from '../services.ts'
import { referReceived } from './refer.ts'
import { returnToTransferor } from './transfer.ts'

/** What answered calls ask of transfers. */
export class CallTransfers implements Transfers {
  readonly #services: CallServices

  constructor(services: CallServices) {
    this.#services = services
  }

  referReceived(call: Conversation, leg: Leg, request: SipMessage, flow: Flow): void {
    referReceived(this.#services, call, leg, request, flow)
  }

  returns(call: Conversation, leg: Leg): void {
    returnToTransferor(this.#services, call, leg)
  }

  restored(call: Conversation, leg: Leg): void {
    this.#services.whenConfigured(() => {
      if (call.isAlone(leg) && call.arrangement === null) this.returns(call, leg)
    })
  }
}
