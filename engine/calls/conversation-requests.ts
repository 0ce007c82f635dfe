import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { parseRAck } from '../sip/reliable-provisional.ts'
import { reasonPhrase } from '../sip/response.ts'
import type { Flow } from '../sip/transport.ts'
import type { Conversation } from './conversation.ts'
import type { Leg } from './leg.ts'
import { PassedRequest } from './passed-request.ts'
import type { CallServices } from './services.ts'

/**
 * Carries out a request of the side `leg` of an answered call (docs/calls.md, "Talking"). The journal hears of it before
 * its answer leaves, because both dialogs may have new sequence numbers.
 */
export function takeRequest(
  services: CallServices,
  call: Conversation,
  leg: Leg,
  request: SipMessage,
  flow: Flow,
): void {
  const { transactions } = services
  switch (request.method) {
    case 'BYE':
      transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), '', '')
      call.hungUpBy(leg, request.lines(Header.reason))
      return
    case 'REFER':
      services.transfers.referReceived(call, leg, request, flow)
      break
    case 'INVITE':
      call.offers.invited(leg, request, flow)
      break
    case 'INFO':
      inform(services, call, leg, request, flow)
      break
    case 'UPDATE':
      call.offers.updated(leg, request, flow)
      break
    case 'PRACK': {
      const responseNumber = parseRAck(request.header(Header.rack))?.responseNumber ?? 0
      const status = call.lateProgressAcknowledged(leg, responseNumber) ? 200 : 481
      transactions.acceptRequest(request, flow).respond(status, reasonPhrase(status), '', '')
      break
    }
    case 'OPTIONS':
      transactions.acceptRequest(request, flow).respond(200, reasonPhrase(200), call.allowFor(leg), '')
      break
    default:
      transactions.acceptRequest(request, flow).respond(405, reasonPhrase(405), call.allowFor(leg), '')
  }
  call.refreshed()
}

/** Answered here where it is about a recording or nobody is there, else passed to the other side. */
function inform(services: CallServices, call: Conversation, leg: Leg, request: SipMessage, flow: Flow): void {
  if (call.informed(leg, request, flow)) return
  const server = services.transactions.acceptRequest(request, flow)
  if (call.isAlone(leg)) server.respond(200, reasonPhrase(200), '', '')
  else PassedRequest.pass(services, call, request, server, call.other(leg).dialog, '', request.body, null)
}
