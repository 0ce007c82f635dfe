/**
 * What one leg of a call passes to the other. We are the end of both dialogs (RFC 3261 §16 does not apply): addresses,
 * routes, credentials, capabilities and believed identities are each leg's own, and the topology behind one leg is not
 * shown to the other. Everything else, unknown headers included, is passed as it came.
 */
import { Header } from '../sip/header-names.ts'
import type { SipMessage } from '../sip/message.ts'
import { leadingNumber } from '../sip/message.ts'
import type { Flow, Network } from '../sip/transport.ts'
import { transportParameter } from '../sip/uri.ts'

const own: readonly number[] = [
  Header.via,
  Header.from,
  Header.to,
  Header.callId,
  Header.cseq,
  Header.contact,
  Header.maxForwards,
  Header.contentLength,
  Header.route,
  Header.recordRoute,
  Header.path,
  Header.serviceRoute,
  // Capabilities: what we can do is what the other side can count on.
  Header.require,
  Header.proxyRequire,
  Header.supported,
  Header.unsupported,
  Header.allow,
  Header.allowEvents,
  Header.accept,
  Header.userAgent,
  Header.server,
  Header.sessionExpires,
  Header.minSessionExpires,
  Header.rseq,
  Header.rack,
  Header.timestamp,
  Header.date,
  // Credentials.
  Header.authorization,
  Header.proxyAuthorization,
  Header.wwwAuthenticate,
  Header.proxyAuthenticate,
  Header.authenticationInfo,
  // Identity and history: set by us, from what is believed (docs/trust.md).
  Header.pAssertedIdentity,
  Header.pPreferredIdentity,
  Header.remotePartyId,
  Header.privacy,
  Header.identity,
  Header.diversion,
  Header.historyInfo,
  Header.pCalledPartyId,
  Header.geolocation,
  // They make phones answer without being touched (info=alert-autoanswer, answer-after=0), which is eavesdropping when a
  // caller may ask for it, and fetch what a stranger's URI names.
  Header.alertInfo,
  Header.callInfo,
  Header.answerMode,
  // Call control: ended here, never passed on.
  Header.referTo,
  Header.referredBy,
  Header.replaces,
  Header.join,
]

const passed: boolean[] = new Array(64).fill(true)
for (const id of own) passed[id] = false

/** The header lines of `message` that go on to the other leg; Content-Type and its kin among them. */
export function passedHeaders(message: SipMessage): string {
  return message.passedLines(passed)
}

/** Methods that are served, in and out of dialogs. */
export const allowLine = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, REGISTER\r\n'
const allowWithoutUpdate = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, REFER, REGISTER\r\n'

/**
 * The Allow line for one side of a call. UPDATE is passed from side to side and cannot be made an INVITE on the way
 * (RFC 3311 §5.2), so it is offered to a side only where the other takes it.
 */
export function allowHeader(otherTakesUpdate: boolean): string {
  return otherTakesUpdate ? allowLine : allowWithoutUpdate
}

/** Extensions that are spoken in calls: reliable provisional responses, session timers, transfers. Lower case. */
export const callOptionTags: readonly string[] = ['100rel', 'norefersub', 'replaces', 'timer']

/** Contact of our end of a leg. */
export function contactHeader(network: Network, flow: Flow): string {
  return `Contact: <sip:${network.advertised(flow)}${transportParameter(flow.transport)}>\r\n`
}

/** Hops left for what is passed on: one less than came; 70 where none was given (RFC 3261 §16.6, step 3). */
export function hopsLeft(request: SipMessage): number {
  return request.has(Header.maxForwards) ? leadingNumber(request.header(Header.maxForwards)) - 1 : 70
}

/** Does the message carry a session description? */
export function hasSessionDescription(message: SipMessage): boolean {
  return message.body !== '' && message.has(Header.contentType)
}
