import type { Configuration } from '../config/configuration.ts'
import type { Snapshot } from '../config/snapshot.ts'
import { refusedForwards, sitesWithoutEmergencyCalls, usersNobodyReaches } from './asked-of-the-router.ts'
import { deactivatedDestinations } from './deactivated-destinations.ts'
import { forwardingChains } from './forwarding-chains.ts'
import type { LintCheck, LintFinding } from './lint-finding.ts'
import { rulesThatNeverFire } from './rules-that-never-fire.ts'
import { unlimitedTolls } from './unlimited-tolls.ts'
import { numbersOfNobody, schedulesOfNobody } from './unused-entities.ts'

const checks: readonly LintCheck[] = [
  rulesThatNeverFire,
  forwardingChains,
  deactivatedDestinations,
  refusedForwards,
  usersNobodyReaches,
  sitesWithoutEmergencyCalls,
  numbersOfNobody,
  schedulesOfNobody,
  unlimitedTolls,
]

/** Findings that are listed; more are only counted. */
const mostListed = 1000

export interface LintResult {
  readonly revision: number
  readonly findings: readonly LintFinding[]
  readonly unlisted: number
}

/** The warnings of the configuration (misdials, shadowed extensions, schedules that never open ...), and what only the whole shows. */
export function lintConfiguration(configuration: Configuration, snapshot: Snapshot, now: number): LintResult {
  const warnings = configuration.warnings()
  const findings: LintFinding[] = []
  let unlisted = warnings.unlisted
  const add = ({ kind, id, path, value, message, cure }: LintFinding) => {
    if (findings.length >= mostListed) unlisted++
    else findings.push({ kind, id, path, value, message, cure })
  }
  for (const finding of warnings.findings) add(finding)
  // What is told of a field already needs no telling in other words.
  const told = new Set(findings.map(placeOf))
  for (const check of checks) {
    for (const finding of check(configuration, now, snapshot)) {
      if (finding.path === '' || !told.has(placeOf(finding))) add(finding)
    }
  }
  return { revision: snapshot.revision, findings, unlisted }
}

function placeOf({ kind, id, path }: LintFinding): string {
  return `${kind} ${id} ${path}`
}
