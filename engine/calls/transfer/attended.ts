import { reasonPhrase } from '../../sip/response.ts'
import { Conversation } from '../conversation.ts'
import { InvitingCaller } from '../inviting-caller.ts'
import type { Leg } from '../leg.ts'
import type { CallServices } from '../services.ts'
import { joinedSound } from '../sound/joined-sound.ts'
import { DepartingLeg } from './departing-leg.ts'
import { Joining } from './joining.ts'
import { PlacedCaller } from './placed-caller.ts'
import type { ReferReports } from './refer-reports.ts'
import type { Replaces } from './replaces.ts'
import { findReplaced } from './replaces.ts'
import type { Transfer } from './transfer.ts'

/**
 * Attended transfer: the other side of `call` takes the transferor's place in his second call, which is answered, or
 * still rings (RFC 5589 §7).
 */
export function transferToDialog(
  services: CallServices,
  call: Conversation,
  transferor: Leg,
  transfer: Transfer,
  reports: ReferReports,
  replaces: Replaces,
): void {
  const fail = (status: number) => transfer.placedFailed(status, reasonPhrase(status))
  const found = findReplaced(services.calls, replaces)
  if (found === null) {
    fail(481)
    return
  }
  const { owner, localTag, remoteTag } = found
  if (owner instanceof InvitingCaller && owner.request.callId === replaces.callId) {
    if (owner.request.fromTag !== remoteTag) fail(481)
    else if (owner.party.kind !== 'user' || owner.party.id !== transferor.party.id) fail(403)
    else {
      const { leg } = transfer
      const placing = { party: leg.party, transfers: call.transfers + 1, triesNothingElse: false, headers: '' }
      transfer.rings(owner.handOver(new PlacedCaller(services, transfer, placing, owner)))
    }
    return
  }
  if (!(owner instanceof Conversation) || owner.over) {
    fail(481)
    return
  }
  const own = owner.legOf(localTag)
  if (!own.dialog.matches(replaces.callId, remoteTag)) fail(481)
  else if (owner === call || own.party.kind !== transferor.party.kind || own.party.id !== transferor.party.id) fail(403)
  // RFC 3891 §3
  else if (replaces.earlyOnly) fail(486)
  else if (owner.arrangement !== null) fail(491)
  else join(services, call, transferor, transfer, reports, owner, own)
}

/** Both calls are answered: their other sides are joined, as soon as nothing is under way in either. */
function join(
  services: CallServices,
  call: Conversation,
  transferor: Leg,
  transfer: Transfer,
  reports: ReferReports,
  second: Conversation,
  own: Leg,
): void {
  const { leg } = transfer
  const sides = [
    { call, leg },
    { call: second, leg: second.other(own) },
  ]
  const joining = new Joining(services, sides, (settled) => {
    // Meanwhile somebody may have taken its place, or something may have been arranged in the second call.
    const isGone = call.over || second.over || (second.caller !== own && second.callee !== own)
    if (!settled || isGone || second.arrangement !== null) {
      const status = isGone ? 481 : 491
      transfer.placedFailed(status, reasonPhrase(status))
      return
    }
    transfer.done()
    // The conversation of who is handed on goes on with somebody else; the consultation about it is over.
    const recorded = call.handOnSound(leg)
    call.release(leg, second.id)
    if (!transferor.hungUp) DepartingLeg.depart(services, transferor, reports)
    second.replace(own, leg)
    const isRecorded = recorded !== null || second.isRecorded
    const stays = recorded === null ? second.other(leg) : leg
    const sound = joinedSound(services, second.id, second.caller, second.callee, isRecorded, stays)
    second.carryInstead(sound, second.caller === leg ? 'caller' : 'callee', recorded)
    DepartingLeg.depart(services, own, null)
    second.offers.introduce()
  })
  transfer.joins(joining)
}
