import type { SipMessage } from '../sip/message.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { Leg } from './leg.ts'
import type { CallServices } from './services.ts'

const outOfOrder = 'CSeq Out Of Order'

/**
 * Whether a request of a side of an answered call is to be carried out: it belongs to the dialog (of a call that is over,
 * only a BYE that crossed ours), it comes from where the side signals or from whoever may speak for it, and in its order.
 * One that is not has its answer already.
 */
export function isTaken(services: CallServices, leg: Leg, over: boolean, request: SipMessage, flow: Flow): boolean {
  return comesFrom(services, leg, over, request, flow) && isInOrder(services, leg, request, flow)
}

/** It belongs to the dialog, and comes from the side. */
export function comesFrom(services: CallServices, leg: Leg, over: boolean, request: SipMessage, flow: Flow): boolean {
  const isOurs = leg.dialog.matches(request.callId, request.fromTag)
  if (!isOurs || (over && request.method !== 'BYE')) {
    services.transactions.respondStateless(request, flow, 481, reasonPhrase(481), '')
    return false
  }
  if (!services.admits(request, flow, leg.dialog.flow, leg.party)) return false
  leg.cameBy(flow)
  return true
}

/** It comes in its order (RFC 3261 §12.2.2). */
export function isInOrder({ transactions }: CallServices, leg: Leg, request: SipMessage, flow: Flow): boolean {
  if (leg.dialog.acceptSequence(request.cseq)) return true
  // An INVITE's copies must all get this answer, whatever has become of the call when the last of them comes.
  if (request.method === 'INVITE') transactions.acceptInvite(request, flow).respond(500, outOfOrder, '', '', '')
  else transactions.respondStateless(request, flow, 500, outOfOrder, '')
  return false
}
