import type { Problem } from '../../engine/config/problem.ts'
import { invalid } from './problems.ts'

/** The value, where a check of `compileCheck` for objects finds nothing. @throws RequestRefused with what it found */
export function refuseUnlessFits(
  check: (value: unknown) => readonly Problem[],
  value: unknown,
): Record<string, unknown> {
  const problems = check(value)
  if (problems.length > 0) throw invalid(problems)
  return value as Record<string, unknown>
}
