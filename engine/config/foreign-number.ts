import type { NumberingPlan } from './snapshot.ts'

/** Whether an E.164 number with `+` lies in another country than the plan's. */
export function isForeign(number: string, plan: NumberingPlan): boolean {
  const code = plan.callingCode
  if (!number.startsWith(code, 1)) return true
  if (plan.foreignAreaCodes.size === 0) return false
  const area = code.length + 1
  return plan.foreignAreaCodes.has(number.slice(area, area + 3))
}
