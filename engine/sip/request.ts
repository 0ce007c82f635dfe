/**
 * Requests that we send (RFC 3261 §8.1.1). The parts are kept apart until the message leaves, because CANCEL and the
 * ACK of a failure are made of the same ones (§9.1, §17.1.1.3).
 */
import { compactForm, longestUnfragmented } from './compact.ts'
import type { Random, Transport } from './transport.ts'

export interface OutgoingRequest {
  readonly method: string
  readonly requestUri: string
  readonly transport: Transport
  /** host:port that the answer comes back to. */
  readonly sentBy: string
  /** With the magic cookie. */
  readonly branch: string
  /** Value of From, tag included. */
  readonly from: string
  /** Value of To, with tag inside a dialog. */
  readonly to: string
  readonly callId: string
  readonly cseq: number
  /** Whole Route header lines with CRLF, or ''. */
  readonly route: string
  readonly maxForwards: number
  /** Whole further header lines with CRLF, Content-Type included, Content-Length not. */
  readonly headers: string
  readonly body: string
}

/** §8.1.1.7: tells branches that are unique over space and time. */
export const magicCookie = 'z9hG4bK'

/** A branch that nobody can guess; a key of the client transactions. */
export function newBranch(random: Random): string {
  return [magicCookie, random.token(16)].join('')
}

/** The whole message as it goes out: in compact form where a datagram would be cut into fragments (§18.1.1). */
export function requestText(request: OutgoingRequest): string {
  const text =
    `${request.method} ${request.requestUri} SIP/2.0\r\n` +
    `Via: SIP/2.0/${request.transport} ${request.sentBy};rport;branch=${request.branch}\r\n` +
    `Max-Forwards: ${request.maxForwards}\r\n${request.route}` +
    `From: ${request.from}\r\nTo: ${request.to}\r\nCall-ID: ${request.callId}\r\n` +
    `CSeq: ${request.cseq} ${request.method}\r\n${request.headers}` +
    `Content-Length: ${request.body.length}\r\n\r\n${request.body}`
  return request.transport === 'UDP' && text.length > longestUnfragmented ? compactForm(text) : text
}

/** CANCEL for an INVITE that has had a provisional response (§9.1). `headers`: whole lines, for Reason (RFC 3326). */
export function cancelOf(invite: OutgoingRequest, headers: string): OutgoingRequest {
  return { ...invite, method: 'CANCEL', maxForwards: 70, headers, body: '' }
}

/** ACK for a failure response: same branch, the response's To (§17.1.1.3). */
export function ackOfFailure(invite: OutgoingRequest, to: string): OutgoingRequest {
  return { ...invite, method: 'ACK', to, maxForwards: 70, headers: '', body: '' }
}
