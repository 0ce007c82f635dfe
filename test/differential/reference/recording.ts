/** Whether a call is recorded, for whom, and who is told. */
import type { Recorded } from './decision.ts'
import type { Company, Recording, RingGroup, User } from './document.ts'
import type { Caller } from './world.ts'
import { partyOf } from './world.ts'

/** The same as a target has it, with how the account announces it; nothing is heard in an emergency call. */
export function recordingOf(
  { account }: Company,
  caller: Caller,
  callee: User | null,
  group: RingGroup | null,
  emergency = false,
) {
  const record = recorded(caller, callee, group, emergency)
  const heard = record !== 'nobody' && !emergency
  return {
    record,
    announcedFirst: heard && account.recordingAnnouncement === 'first',
    beep: heard && account.recordingBeep === true,
  }
}

/** Each of those who take part and want it: the caller, who is called, and the group for which he is called. */
export function recorded(
  caller: Caller,
  callee: User | null,
  group: RingGroup | null,
  emergency = false,
): 'nobody' | readonly Recorded[] {
  const sides = [
    { of: 'user' in caller ? caller.user : null, side: 'caller' },
    { of: callee, side: 'callee' },
    { of: group, side: 'callee' },
  ] as const
  const owners = sides.flatMap(({ of, side }) => {
    const wish = of?.recording
    if (of === null || wish === undefined || wish.mode === 'never') return []
    const starts = wish.mode === 'always' ? ('at once' as const) : ('on demand' as const)
    // Nothing is ever heard in an emergency call.
    return [{ ...partyOf(of), starts, announceTo: emergency ? 'nobody' : announcedTo(wish, side) }]
  })
  return owners.length === 0 ? 'nobody' : owners
}

function announcedTo({ announcement = 'neither' }: Recording, side: 'caller' | 'callee'): Recorded['announceTo'] {
  const other = side === 'caller' ? 'callee' : 'caller'
  if (announcement === 'neither') return 'nobody'
  if (announcement === 'both') return 'both'
  return announcement === 'me' ? side : other
}
