/** Names of calling plans: three that are built in, and those of the account. */
import type { Reference } from './kind.ts'

export const builtInPlans: readonly string[] = ['emergency-only', 'domestic', 'international']

/** The reference that a field with a plan's name holds; none for built-in plans. */
export function planReferences(plan: string | undefined, path = 'callingPlan'): Reference[] {
  return plan === undefined || builtInPlans.includes(plan) ? [] : [{ kind: 'callingPlan', id: plan, path }]
}
