import type { Conversation } from './conversation.ts'
import type { CallServices } from './services.ts'

/** Nobody speaks for a day (ms): what lasts longer was forgotten, and may cost somebody money. */
const longestCall = 24 * 3600 * 1000
const tooLong = 'Reason: SIP;cause=408;text="Maximum Call Length Reached"\r\n'

/** Looked at every few seconds: a call ends when it is too long, and one that is held for long returns to its holder. */
export function lookAtLength(services: CallServices, call: Conversation, answeredAt: number, now: number): void {
  if (now - answeredAt >= longestCall) {
    services.log.info({ call: call.id }, 'A call has lasted as long as one may: it ends')
    call.hangUp(tooLong)
    return
  }
  for (const leg of [call.caller, call.callee]) if (leg.heldSince !== 0) services.transfers.stillHeld(call, leg, now)
}
