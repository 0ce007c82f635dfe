/** Which of a user's own rules fits: who calls, and when. */
import type { Rule, RuleTime, User } from '../config/snapshot.ts'
import { listNames } from './caller-identity.ts'
import { isWithinWeek, localMinute, localText, momentOf, scheduleState } from './local-time.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'

/** Whether a rule fits this call at this moment; who listens is told why not. */
export function fits(question: Question, user: User, rule: Rule): boolean {
  const { listener } = question
  const named = rule.who === null || listNames(question.snapshot, rule.who, user.pbx.id, question.position)
  if (!named) {
    if (listener !== null) {
      tell(listener, 'custom rule', 'does not apply', `"${rule.name}" is for other callers`, user, rule.name)
    }
    return false
  }
  if (rule.when === null) return true
  const timely = isTimely(question, user, rule.when)
  if (!timely && listener !== null) {
    const because = `"${rule.name}" is for another time: ${timeText(question, user, rule.when)}`
    tell(listener, 'custom rule', 'does not apply', because, user, rule.name)
  }
  return timely
}

function isTimely(question: Question, user: User, when: RuleTime): boolean {
  const { snapshot, now } = question
  switch (when.kind) {
    case 'period': {
      const { timeZone } = user
      return (
        (when.from === Number.NEGATIVE_INFINITY || now >= momentOf(timeZone, when.from)) &&
        (when.until === Number.POSITIVE_INFINITY || now < momentOf(timeZone, when.until))
      )
    }
    case 'weekly':
      return isWithinWeek(when.hours, localMinute(user.timeZone, now))
    case 'schedule': {
      const schedule = snapshot.schedules.get(when.scheduleId)
      if (schedule === undefined) return false
      const { open, exception } = scheduleState(schedule, localMinute(schedule.timeZone, now))
      if (when.during === 'holiday') return exception?.holiday === true
      return open === (when.during === 'open')
    }
  }
}

/** At what time the rule was judged, and what it is for. */
export function timeText(question: Question, user: User, when: RuleTime): string {
  const { snapshot, now } = question
  if (when.kind === 'schedule') {
    const schedule = snapshot.schedules.get(when.scheduleId)
    if (schedule === undefined) return 'its schedule does not exist any more'
    const local = localMinute(schedule.timeZone, now)
    const { open, exception } = scheduleState(schedule, local)
    const day = exception === null ? '' : ` (${exception.name}${exception.holiday ? ', a holiday' : ''})`
    const state = open ? 'open' : 'closed'
    return `${schedule.name} is ${state} on ${localText(local)} in ${schedule.timeZone.name}${day}`
  }
  const local = `${localText(localMinute(user.timeZone, now))} in ${user.timeZone.name}`
  if (when.kind === 'weekly') return `it is ${local}`
  const from = when.from === Number.NEGATIVE_INFINITY ? '' : ` from ${localText(when.from)}`
  const until = when.until === Number.POSITIVE_INFINITY ? '' : ` until ${localText(when.until)}`
  return `it is ${local}, and the rule is${from}${until}`
}
