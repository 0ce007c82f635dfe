import type { Configuration } from '../../../engine/config/configuration.ts'
import { deactivatedDestinations } from './deactivated-destinations.ts'
import { forwardingChains } from './forwarding-chains.ts'
import type { LintCheck, LintFinding } from './lint-finding.ts'
import { rulesThatNeverFire } from './rules-that-never-fire.ts'
import { numbersOfNobody, schedulesOfNobody, usersWithoutPhone } from './unused-entities.ts'

const checks: readonly LintCheck[] = [
  rulesThatNeverFire,
  forwardingChains,
  deactivatedDestinations,
  usersWithoutPhone,
  numbersOfNobody,
  schedulesOfNobody,
]

/** Findings that are listed; more are only counted. */
const mostListed = 1000

export interface LintResult {
  readonly revision: number
  readonly findings: readonly LintFinding[]
  readonly unlisted: number
}

/** The warnings of the configuration (misdials, shadowed extensions, schedules that never open ...), and what only the whole shows. */
export function lintConfiguration(configuration: Configuration, revision: number, now: number): LintResult {
  const warnings = configuration.warnings()
  const findings: LintFinding[] = []
  let unlisted = warnings.unlisted
  const add = ({ kind, id, path, value, message, cure }: LintFinding) => {
    if (findings.length >= mostListed) unlisted++
    else findings.push({ kind, id, path, value, message, cure })
  }
  for (const finding of warnings.findings) add(finding)
  for (const check of checks) for (const finding of check(configuration, now)) add(finding)
  return { revision, findings, unlisted }
}
