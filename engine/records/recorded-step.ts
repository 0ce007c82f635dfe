/** One answer of the router as records have it. */
import type { RouteTaken } from './call-events.ts'
import type { RecordedStep } from './call-record.ts'

/** All texts are readable ones. @param after how the step before ended; '' at the first */
export function recordedStep(
  at: number,
  after: string,
  detail: string,
  revision: number,
  step: RouteTaken,
): RecordedStep {
  return {
    at,
    after,
    detail,
    revision,
    facts: step.facts === '' ? [] : step.facts.split(' '),
    rules: step.rules === '' ? [] : step.rules.split('\n').map(ruleOf),
    rings: step.rings,
    targets: step.targets === '' ? [] : step.targets.split(' '),
  }
}

function ruleOf(line: string): RecordedStep['rules'][number] {
  const [user = '', step = '', rule = ''] = line.split('\t')
  return { user, step, rule }
}
