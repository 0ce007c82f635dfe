/** What a ringing call asks of the targets of its steps. */
import type { Ring, Target, UserTarget } from '../router/decision.ts'
import { titleOf } from './route-notes.ts'
import type { Party } from './services.ts'
import type { Holding } from './usage.ts'

/** Does it ring for an emergency call? */
export function isEmergency(ring: Ring): boolean {
  return ring.targets.some((target) => target.kind === 'trunk' && target.emergency)
}

/** Who is on the other side of a call that this target answers; `null`: an INVITE of a process before this one. */
export function partyOf(target: Target | null): Party {
  if (target?.kind === 'trunk') return { kind: 'trunk', id: target.trunk.id, title: titleOf(target) }
  return { kind: 'user', id: target?.user.id ?? '', title: target === null ? '' : titleOf(target) }
}

/** Are both phones of one user? */
export function isSameUser(one: Target | null, other: Target | null): boolean {
  return one?.kind === 'user' && other?.kind === 'user' && one.user.id === other.user.id
}

/** Was it taken for a call to this target? */
export function belongsTo(holding: Holding, target: Target): boolean {
  if (holding.kind === 'line') return target.kind === 'user' && holding.id === (target as UserTarget).user.id
  if (target.kind !== 'trunk') return false
  return holding.kind === 'channel' ? holding.id === target.trunk.id : holding.id === target.onBehalfOf?.id
}
