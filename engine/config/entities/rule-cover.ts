/** Whether one rule fits every call that another fits: then the other, below it, never applies. */
import type { RuleBody } from './rule.ts'

/** @param above the one that is asked first */
export function covers(above: RuleBody, below: RuleBody): boolean {
  return coversWho(above.who, below.who) && coversWhen(above.when, below.when)
}

function coversWho(above: RuleBody['who'], below: RuleBody['who']): boolean {
  if (above === undefined) return true
  if (below === undefined) return false
  const callers = above.callers ?? []
  const contacts = above.contacts ?? []
  return (
    (below.callers ?? []).every((entry) => callers.some((other) => coversCaller(other, entry))) &&
    (below.contacts ?? []).every((id) => contacts.includes(id))
  )
}

/** Entries are `anonymous`, an extension, a number, a beginning (`+4420*`) or a range (`+44201-+44209`). */
function coversCaller(above: string, below: string): boolean {
  if (above === below) return true
  const [first, last] = endsOf(below)
  if (above.endsWith('*')) {
    const beginning = above.slice(0, -1)
    // Numbers of one length between two that begin so begin so as well.
    return first.startsWith(beginning) && last.startsWith(beginning)
  }
  const [from, to] = endsOf(above)
  // Digits of one length compare like the numbers they are.
  return from !== to && !below.endsWith('*') && first.length === from.length && from <= first && last <= to
}

function endsOf(entry: string): [first: string, last: string] {
  if (entry.endsWith('*')) return [entry.slice(0, -1), entry.slice(0, -1)]
  const [first = '', last = first] = entry.split('-')
  return [first, last]
}

function coversWhen(above: RuleBody['when'], below: RuleBody['when']): boolean {
  if (above === undefined) return true
  if (below === undefined) return false
  if (above.weekly !== undefined || above.schedule !== undefined) {
    return below.from === undefined && below.until === undefined && sortedJson(above) === sortedJson(below)
  }
  if (below.weekly !== undefined || below.schedule !== undefined) return false
  const beginsBefore = above.from === undefined || (below.from !== undefined && above.from <= below.from)
  return beginsBefore && (above.until === undefined || (below.until !== undefined && below.until <= above.until))
}

function sortedJson({ weekly, schedule, during }: NonNullable<RuleBody['when']>): string {
  return JSON.stringify([weekly ?? null, schedule ?? null, during ?? null])
}
