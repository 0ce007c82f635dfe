/** An explanation as text for people who have never seen the program from inside. */
import type { Outcome } from './decision.ts'
import type { DecisionSummary, ExplainedDecision, Explanation, TargetSummary } from './explain.ts'
import type { RouteStep } from './listener.ts'

const marks: Readonly<Record<RouteStep['verdict'], string>> = {
  applies: 'yes ',
  'does not apply': 'no  ',
  fails: 'FAIL',
}

const suppositions: Readonly<Record<Outcome['kind'], string>> = {
  busy: 'if busy or declined',
  noAnswer: 'if nobody answers',
  unreachable: 'if nothing there can be reached',
  trunkFailed: 'if the trunk refuses',
  redirected: 'if the phone forwards the call',
}

/** Several lines, ending with a line break. */
export function formatExplanation(explanation: Explanation): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'long',
    timeZone: explanation.timeZone,
  }).format(explanation.at)
  const lines = [
    `${explanation.caller} dials ${explanation.dialled}`,
    `on ${time}, configuration revision ${explanation.revision}`,
    '',
  ]
  addDecision(lines, explanation.first, '')
  if (explanation.facts.length > 0) lines.push('', 'Facts that were asked for:')
  for (const fact of explanation.facts) lines.push(`  ${fact.text}${fact.assumed ? '  *assumed*' : ''}`)
  return `${lines.join('\n')}\n`
}

function addDecision(lines: string[], explained: ExplainedDecision, indent: string): void {
  for (const step of explained.steps) lines.push(`${indent}  ${marks[step.verdict]}  ${step.step}: ${step.because}`)
  lines.push(`${indent}  => ${describe(explained.result)}`)
  for (const { outcome, decision } of explained.next) {
    if (decision === null) lines.push(`${indent}     ${suppositions[outcome]}: not followed further`)
    else if (decision.next.length === 0 && decision.steps.length <= 1) {
      const because = decision.steps[0]?.because
      const why = because === undefined ? '' : ` (${because})`
      lines.push(`${indent}     ${suppositions[outcome]}: ${describe(decision.result)}${why}`)
    } else {
      lines.push(`${indent}     ${suppositions[outcome]}:`)
      addDecision(lines, decision, `${indent}     `)
    }
  }
}

function describe(result: DecisionSummary): string {
  if (result.kind === 'refuse') return `the caller gets ${result.status} ${result.reason}`
  const time = result.ringSeconds === 0 ? '' : ` for ${result.ringSeconds} seconds`
  const by = result.forwardedBy.length === 0 ? '' : `, forwarded by ${result.forwardedBy.join(', then ')}`
  return `ring ${result.targets.map(describeTarget).join(' and ')}${time}${by}`
}

function describeTarget(target: TargetSummary): string {
  if (target.kind === 'user') {
    return `${target.name} (extension ${target.extension || 'none'}, PBX ${target.pbx}; shows ${target.shown})`
  }
  const what = target.emergency ? ' as an emergency call' : ''
  return `${target.number} through trunk ${target.name}${what} (shows ${target.shown})`
}
