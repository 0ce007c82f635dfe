import type { Snapshot } from '../config/snapshot.ts'
import type { Conversation } from './conversation.ts'
import type { CallServices, Party } from './services.ts'

const minute = 60_000
/** A day: where nobody whose call it is is known any more. */
const longestMinutes = 1440
/** So long before the end both sides are told (ms). */
const noticeTime = minute
const tooLong = 'Reason: SIP;cause=408;text="Maximum Call Length Reached"\r\n'

/**
 * When an answered call has to end: the shortest of what its users and trunks may counts, as they are now.
 * @returns milliseconds since the epoch; `Infinity` for an emergency call
 */
export function endOfCall(snapshot: Snapshot, parties: readonly Party[], answeredAt: number): number {
  let minutes = longestMinutes
  for (const party of parties) {
    if (party.emergency === true) return Number.POSITIVE_INFINITY
    minutes = Math.min(minutes, longestOf(snapshot, party) || longestMinutes)
  }
  return answeredAt + minutes * minute
}

/** 0: nothing limits it. */
function longestOf(snapshot: Snapshot, { kind, id }: Party): number {
  if (kind === 'trunk') return snapshot.trunks.find((trunk) => trunk.id === id)?.longestCallMinutes ?? 0
  const user = snapshot.users.get(id)
  return user === undefined ? 0 : user.longestCallMinutes || user.pbx.longestCallMinutes
}

/** What a call was told of its end. */
export type Notice = 'none' | 'sounding' | 'given'

/**
 * Looked at every few seconds: a call ends when it is too long, and its sides are told before; one that is held for long
 * returns to its holder.
 * @param endsAt milliseconds since the epoch, from `endOfCall`
 * @returns what the sides have been told from now on
 */
export function lookAtLength(
  services: CallServices,
  call: Conversation,
  endsAt: number,
  told: Notice,
  now: number,
): Notice {
  if (now >= endsAt) {
    services.log.info({ call: call.id }, 'A call has lasted as long as one may: it ends')
    call.hangUp(tooLong)
    return told
  }
  for (const leg of [call.caller, call.callee]) if (leg.heldSince !== 0) services.transfers.stillHeld(call, leg, now)
  if (told === 'given' || now < endsAt - noticeTime) return told
  if (told === 'sounding') {
    call.endNotice()
    return 'given'
  }
  const heard = call.giveNotice()
  services.log.info({ call: call.id, heard }, 'A call ends in a minute, because it has lasted as long as it may')
  return heard ? 'sounding' : 'given'
}
