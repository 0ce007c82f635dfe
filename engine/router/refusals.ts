import type { Decision, Refuse, Ring } from './decision.ts'

function refusal(status: number, reason: string): Refuse {
  return Object.freeze({ kind: 'refuse', status, reason })
}

/** Every answer that the router itself gives. */
export const refusals = {
  callerNotAllowed: refusal(403, 'Forbidden'),
  planForbids: refusal(403, 'Calling Plan Does Not Allow This Number'),
  numberBlocked: refusal(403, 'Number Blocked For Outgoing Calls'),
  tooManyOutsideCalls: refusal(403, 'Too Many Outside Calls'),
  outsideHours: refusal(403, 'Not Outside Business Hours'),
  minutesUsedUp: refusal(403, 'Minutes Of The Day Used Up'),
  foreignDomain: refusal(404, 'Domain Not Served Here'),
  notInService: refusal(404, 'Number Not In Service'),
  noTrunk: refusal(404, 'No Trunk Carries This Number'),
  numberMissing: refusal(484, 'Number Missing Behind Feature Code'),
  anonymous: refusal(433, 'Anonymity Disallowed'),
  notAvailable: refusal(480, 'Not Available'),
  noAnswer: refusal(480, 'No Answer'),
  notReachable: refusal(480, 'Not Reachable'),
  loop: refusal(482, 'Loop Detected'),
  busy: refusal(486, 'Busy Here'),
  channelsBusy: refusal(503, 'All Channels Busy'),
  trunkNotReachable: refusal(503, 'Trunk Not Reachable'),
  noEmergencyTrunk: refusal(503, 'No Trunk For Emergency Calls'),
} as const

/** The answer of somebody else, handed on. */
export function refuseAs(status: number, reason: string): Refuse {
  return { kind: 'refuse', status, reason }
}

/** What a caller gets for whom nobody is rung. Nothing takes messages yet: he gets what he would get without a mailbox. */
export function refusalOf(decision: Exclude<Decision, Ring>): Refuse {
  return decision.kind === 'voicemail' ? decision.otherwise : decision
}
