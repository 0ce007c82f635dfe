/** What a ringing call asks of the targets of its steps. */
import type { Pbx } from '../config/snapshot.ts'
import type { Ring, Target } from '../router/decision.ts'
import type { PhoneResult, UserOutcome } from '../router/outcome.ts'
import { stepOutcome, userOutcome } from '../router/outcome.ts'
import type { Fork } from './fork.ts'
import { titleOf } from './route-notes.ts'
import type { Party } from './services.ts'

/** Does it ring for an emergency call? */
export function isEmergency(ring: Ring): boolean {
  return ring.targets.some((target) => target.kind === 'trunk' && target.emergency)
}

/** Who is on the other side of a call that this target answers; `null`: an INVITE of a process before this one. */
export function partyOf(target: Target | null): Party {
  if (target?.kind === 'trunk') {
    const { id } = target.trunk
    return target.emergency
      ? { kind: 'trunk', id, title: titleOf(target), emergency: true }
      : { kind: 'trunk', id, title: titleOf(target) }
  }
  return { kind: 'user', id: target?.user.id ?? '', title: target === null ? '' : titleOf(target) }
}

/** The PBX that a target counts for: of whoever rings, or of whoever sends the call out. */
export function pbxOf(target: Target): Pbx | null {
  return target.kind === 'user' ? target.user.pbx : (target.onBehalfOf?.pbx ?? null)
}

/** Are both phones of one user? */
export function isSameUser(one: Target | null, other: Target | null): boolean {
  return one?.kind === 'user' && other?.kind === 'user' && one.user.id === other.user.id
}

/** After how many seconds of ringing the next target has rung long enough. `rung`: the seconds so far. */
export function nextEnd(ring: Ring, rung: number): number {
  let next = ring.ringSeconds
  for (const { ringSeconds } of ring.targets) if (ringSeconds > rung && ringSeconds < next) next = ringSeconds
  return next
}

/** Whether all phones of a target are done. */
export function isDone(forks: readonly Fork[], target: Target): boolean {
  for (const fork of forks) if (fork.target === target && fork.result === null) return false
  return true
}

/** How a step ended for all its targets together. `timeIsOver`: those who still ring have rung long enough. */
export function outcomeOf(ring: Ring, forks: readonly Fork[], timeIsOver: boolean): UserOutcome {
  return stepOutcome(ring.targets.map((target) => outcomeOfTarget(forks, target, timeIsOver)))
}

function outcomeOfTarget(forks: readonly Fork[], target: Target, timeIsOver: boolean): UserOutcome {
  const results: PhoneResult[] = []
  let anyRang = false
  for (const fork of forks) {
    if (fork.target !== target) continue
    if (fork.result !== null) results.push(fork.result)
    if (fork.rang) anyRang = true
  }
  return userOutcome(results, timeIsOver && !isDone(forks, target), anyRang)
}
