/** Who wants a call recorded, and who is to be told of it. */
import type { Callee, RecordingWish, User } from '../config/snapshot.ts'
import type { RecordingParty, RecordingPlan } from './decision.ts'
import type { RoutePosition } from './position.ts'

/**
 * @param callee the user who is rung; `null` for an outside number
 * @param group for which he is rung, or `null`
 */
export function recordingOf(position: RoutePosition, callee: User | null, group: Callee | null): RecordingPlan | null {
  const { caller } = position.attempt
  return recordingBetween(caller.kind === 'device' ? caller.user : null, callee, group)
}

/**
 * Likewise of two who were brought together in another way: picked up, handed on, fetched.
 * @param caller `null`, as `callee`: somebody outside
 */
export function recordingBetween(
  caller: User | null,
  callee: User | null,
  group: Callee | null = null,
): RecordingPlan | null {
  const ofCaller = caller === null ? null : caller.recording
  const ofCallee = callee === null ? null : callee.recording
  const ofGroup = group === null ? null : group.recording
  if (ofCaller === null && ofCallee === null && ofGroup === null) return null
  const parties: RecordingParty[] = []
  if (caller !== null && ofCaller !== null) parties.push(party(caller, ofCaller, true))
  if (callee !== null && ofCallee !== null) parties.push(party(callee, ofCallee, false))
  if (group !== null && ofGroup !== null) parties.push(party(group, ofGroup, false))
  const { account } = (callee ?? group ?? caller)?.pbx ?? noPbx
  return { parties, announcedFirst: account.recordingAnnouncedFirst, beep: account.recordingBeep }
}

/** Of an emergency call: as anybody wishes, but nothing of it is heard (docs/emergency.md). */
export function silentRecordingOf(position: RoutePosition): RecordingPlan | null {
  const plan = recordingOf(position, null, null)
  return plan === null ? null : silenced(plan)
}

/** The same without a sound of it. */
export function silenced(plan: RecordingPlan): RecordingPlan {
  const parties = plan.parties.map((each) => ({ ...each, announceToCaller: false, announceToCallee: false }))
  return { parties, announcedFirst: false, beep: false }
}

const noPbx = { account: { recordingAnnouncedFirst: false, recordingBeep: false } }

function party(owner: Callee, wish: RecordingWish, isCaller: boolean): RecordingParty {
  const { announcement } = wish
  const toSelf = announcement === 'me' || announcement === 'both'
  const toOther = announcement === 'remote-party' || announcement === 'both'
  return {
    owner,
    starts: wish.mode === 'always' ? 'at once' : 'on demand',
    announceToCaller: isCaller ? toSelf : toOther,
    announceToCallee: isCaller ? toOther : toSelf,
  }
}
