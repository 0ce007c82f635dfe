/** A path for people. Calls that take the same one have the same text, whoever calls and whatever number he dialled. */

import type { Decision, Outcome, Target } from '../../../engine/router/decision.ts'
import { isCarriedOut, titleOfFeature } from '../../../engine/router/feature-code.ts'
import type { Path, PathDecision } from '../../../engine/router/past-path.ts'

const outcomes: Readonly<Record<Outcome['kind'], string>> = {
  busy: 'busy or declined',
  noAnswer: 'nobody answers',
  unreachable: 'cannot be reached',
  trunkFailed: 'the trunk refuses',
  redirected: 'the phone forwards',
}

/** One line for each decision. */
export function pathText({ decisions, end }: Path): string[] {
  return decisions.map((step, index) => {
    const text = `${because(step)}${describe(step.decision)}`
    if (index < decisions.length - 1) return `${text}${fate(step)}`
    if (end === 'answered') return `${text}: answered`
    if (end === 'left') return `${text}: the caller hangs up`
    return end === 'refused' ? text : `${text}: not followed further`
  })
}

function because({ rules }: PathDecision): string {
  return rules.length === 0 ? '' : `by ${rules.map((rule) => `"${rule}"`).join(', ')} `
}

function fate({ outcome, isAssumed }: PathDecision): string {
  if (outcome === null) return ''
  return `: ${outcomes[outcome]}${isAssumed ? ' (assumed)' : ''}`
}

function describe(decision: Decision): string {
  if (decision.kind === 'refuse' && decision.feature !== undefined && isCarriedOut(decision.feature.name)) {
    return `carry out the code: ${titleOfFeature(decision.feature.name)}`
  }
  if (decision.kind === 'refuse') return `refuse with ${decision.status} ${decision.reason}`
  if (decision.kind === 'voicemail') {
    const { status, reason } = decision.otherwise
    return `take a message for ${decision.of.displayName} (until mailboxes work: refuse with ${status} ${reason})`
  }
  const isForwarded = decision.diversions.length > 0
  const time = decision.ringSeconds === 0 ? '' : ` for ${decision.ringSeconds} s`
  return `ring ${decision.targets.map((target) => nameOf(target, isForwarded)).join(' and ')}${time}`
}

function nameOf(target: Target, isForwarded: boolean): string {
  if (target.kind === 'user') {
    const { displayName, extension } = target.user
    return extension === '' ? displayName : `${displayName} (${extension})`
  }
  const number = isForwarded || target.emergency ? target.number : 'the number dialled'
  return `${number} through trunk ${target.trunk.name}`
}
