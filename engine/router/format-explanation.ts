/** An explanation as text for people who have never seen the program from inside. */
import type { Outcome } from './decision.ts'
import type { DecisionSummary, ExplainedDecision, Explanation, PastEnd, TargetSummary } from './explain.ts'
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

const events: Readonly<Record<Outcome['kind'], string>> = {
  busy: 'busy or declined',
  noAnswer: 'nobody answered',
  unreachable: 'nothing there could be reached',
  trunkFailed: 'the trunk refused',
  redirected: 'the phone forwarded the call',
}

/** Several lines, ending with a line break. */
export function formatExplanation(explanation: Explanation): string {
  const { timeZone, past } = explanation
  const time = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone }).format(
    explanation.at,
  )
  const lines = [
    `${explanation.caller} ${past === null ? 'dials' : 'dialled'} ${explanation.dialled}`,
    `on ${time}, configuration revision ${explanation.revision}`,
    '',
  ]
  const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone })
  addDecision(lines, explanation.first, '', clock)
  if (past !== null) addEnd(lines, past, clock)
  if (explanation.facts.length > 0) lines.push('', 'Facts that were asked for:')
  for (const fact of explanation.facts) lines.push(`  ${fact.text}${fact.assumed ? '  *assumed*' : ''}`)
  // Peers choose some of what is shown: control characters must not reach a terminal.
  return lines.map((line) => `${line.replaceAll(/\p{Cc}/gu, '?')}\n`).join('')
}

function addEnd(lines: string[], past: PastEnd, clock: Intl.DateTimeFormat): void {
  const { answeredAt, answeredBy, endedAt, status, phrase, differences } = past
  const end = endedAt === null ? 'in progress' : `ended at ${clock.format(endedAt)}`
  lines.push('')
  if (answeredAt !== null) lines.push(`Answered by ${answeredBy} at ${clock.format(answeredAt)}, ${end}.`)
  else if (status === null) lines.push(endedAt === null ? 'In progress.' : 'How it ended was never told.')
  else
    lines.push(`Not answered: the caller got ${status}${phrase === null || phrase === '' ? '' : ` ${phrase}`}, ${end}.`)
  for (const difference of differences) lines.push(`NOT AS RECORDED: ${difference}.`)
}

function addDecision(lines: string[], explained: ExplainedDecision, indent: string, clock: Intl.DateTimeFormat): void {
  for (const step of explained.steps) lines.push(`${indent}  ${marks[step.verdict]}  ${step.step}: ${step.because}`)
  lines.push(`${indent}  => ${describe(explained.result)}`)
  for (const { outcome, happenedAt, decision } of explained.next) {
    if (happenedAt !== null) {
      lines.push(`${indent}${clock.format(happenedAt)}: ${events[outcome]}`)
      // What happened stands one below the other, what is only supposed further to the right.
      if (decision !== null) addDecision(lines, decision, indent, clock)
    } else if (decision === null) lines.push(`${indent}     ${suppositions[outcome]}: not followed further`)
    else if (decision.next.length === 0 && decision.steps.length <= 1) {
      const because = decision.steps[0]?.because
      const why = because === undefined ? '' : ` (${because})`
      lines.push(`${indent}     ${suppositions[outcome]}: ${describe(decision.result)}${why}`)
    } else {
      lines.push(`${indent}     ${suppositions[outcome]}:`)
      addDecision(lines, decision, `${indent}     `, clock)
    }
  }
}

function describe(result: DecisionSummary): string {
  if (result.kind === 'refuse') return `the caller gets ${result.status} ${result.reason}`
  if (result.kind === 'feature') return `the server answers and does it: ${result.title}`
  if (result.kind === 'voicemail') {
    return `the mailbox of ${result.name} takes a message (until mailboxes work: ${result.status} ${result.reason})`
  }
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
