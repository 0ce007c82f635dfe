/** What is told of a call when it begins, for its record. */
import type { Trunk } from '../config/snapshot.ts'
import type { CallBegan, RouteTaken } from '../records/call-events.ts'
import type { Attempt } from '../router/decision.ts'
import type { SipMessage } from '../sip/message.ts'
import { ownCopy } from '../sip/own-copy.ts'
import type { Flow } from '../sip/transport.ts'
import { bracketed } from '../sip/uri.ts'
import { recordedParty } from './party.ts'
import { askedCaller } from './route-notes.ts'
import type { Party } from './services.ts'

/** What is longer is nobody's number. */
export const longestDialled = 128

/**
 * @param revision of the configuration that decided
 * @param at milliseconds since the epoch
 * @param attempt `null` where the router was not asked
 */
export function begunCall(
  revision: number,
  id: string,
  at: number,
  request: SipMessage,
  flow: Flow,
  attempt: Attempt | null,
  party: Party,
  step: RouteTaken,
  refusal: CallBegan['refusal'],
): CallBegan {
  return {
    id,
    at,
    callId: request.callId,
    fromTag: request.fromTag,
    sequence: request.cseq,
    source: `${flow.transport} ${bracketed(flow.address)}:${flow.port}`,
    caller: recordedParty(party),
    asked: attempt === null ? null : askedCaller(attempt),
    dialled: (attempt?.dialled ?? request.requestUri).slice(0, longestDialled),
    domain: attempt?.domain ?? '',
    revision,
    step,
    refusal,
  }
}

/** For people. */
export function titleOfTrunkCaller(attempt: Attempt | null, trunk: Trunk): string {
  const caller = attempt?.caller
  const number = caller?.kind === 'trunk' && !caller.anonymous ? caller.number : 'anonymous'
  // Kept for as long as the call lasts.
  return `${ownCopy(number)} (${trunk.name})`
}
