/** Who holds whom, read out of the offers that pass (RFC 3264 §8.4, RFC 6337 §5). */

import type { MediaDescription } from '../sdp/session-description.ts'
import { isHeld, parseSessionDescription } from '../sdp/session-description.ts'
import type { HeldBy } from './calls.ts'
import type { Leg } from './leg.ts'

/** Whether an offer holds: none of its streams wants to hear anything. What is no description holds nobody. */
export function offersHold(body: string): boolean {
  if (!mayHold(body)) return false
  const wanted = parseSessionDescription(body)?.media.filter((stream) => stream.port > 0) ?? []
  // With ICE the address may be named later, and 0.0.0.0 says nothing (RFC 8840 §4.1.1).
  const hasIce = body.includes('a=ice-ufrag:')
  const holds = hasIce ? wantsNoSound : isHeld
  return wanted.length > 0 && wanted.every(holds)
}

/** A look that spares most descriptions the reading: each call has two that hold nobody. */
function mayHold(body: string): boolean {
  return (
    body.includes('sendonly') ||
    body.includes('inactive') ||
    body.includes('0.0.0.0') ||
    body.includes('::') ||
    // Where no stream has an address.
    !body.includes('\nc=')
  )
}

function wantsNoSound({ direction }: MediaDescription): boolean {
  return direction === 'sendonly' || direction === 'inactive'
}

/**
 * Whether an answer to the other side's offer holds. One that is inactive may only say that the other side holds
 * already.
 */
export function answersHold(body: string, offerHolds: boolean): boolean {
  if (!offersHold(body)) return false
  if (!offerHolds) return true
  const streams = parseSessionDescription(body)?.media ?? []
  return streams.some((stream) => stream.port > 0 && stream.direction === 'sendonly')
}

/** Which sides hold the other one at this moment. */
export function heldBy(caller: Leg, callee: Leg): HeldBy {
  if (caller.heldSince !== 0) return callee.heldSince !== 0 ? 'both' : 'caller'
  return callee.heldSince !== 0 ? 'callee' : 'nobody'
}
