/** Who is in a chain of forwards. */
import type { Callee } from '../config/snapshot.ts'
import type { Diversion } from './decision.ts'

/** Forwards that one call may go through. */
export const longestChain = 10

/** Whether a call that `by` sends on has been with the target already. */
export function isInChain(diversions: readonly Diversion[], by: Callee, target: Callee): boolean {
  if (isSameCallee(by, target)) return true
  for (const diversion of diversions) if (isSameCallee(diversion.by, target)) return true
  return false
}

/** Whether both are the same user or group, perhaps of different configurations. */
export function isSameCallee(one: Callee, other: Callee): boolean {
  return one.id === other.id && one.kind === other.kind
}
