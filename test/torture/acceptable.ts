/** Compares what happened with what may happen. */
import type { Reading } from './reading.ts'

/** What is seen from outside: the status line of the first final answer, silence, or the end of the connection. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly phrase: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'closed' }

export function outcomeInWords(outcome: Outcome): string {
  return outcome.kind === 'answered' ? `${outcome.status} ${outcome.phrase}` : outcome.kind
}

/** Statuses about the form of a request: who gets one of these was not handled by its method. */
const aboutForm: readonly number[] = [400, 406, 413, 414, 415, 416, 420, 482, 483, 494, 500, 501, 505, 513]
/** Statuses that the server decides on after the form was found good. */
const decidedLater: readonly number[] = [200, 401, 405, 406, 415, 420, 483, 501]

/** The status that a word of `TortureCase.acceptable`, or of the RFC's table, names; 0 where it names none. */
function statusOf(word: string): number {
  const digits = /^(?:accept-parse\+)?(\d{3})$/.exec(word)
  return digits === null ? 0 : Number(digits[1])
}

/** May the parser and the validation say this? */
export function isReadingAcceptable(acceptable: readonly string[], reading: Reading): boolean {
  return acceptable.some((word) => {
    if (word === 'discard') return reading.kind === 'unreadable' || reading.kind === 'dropped'
    if (word.startsWith('accept')) return reading.kind === 'good'
    const status = statusOf(word)
    if (reading.kind === 'refused') return reading.answer.startsWith(`${status} `)
    return reading.kind === 'good' && decidedLater.includes(status)
  })
}

/** May this be seen on the wire? A response (`isRequest` false) is never answered, whether it is looked at or not. */
export function isOutcomeAcceptable(acceptable: readonly string[], outcome: Outcome, isRequest: boolean): boolean {
  if (!isRequest) return outcome.kind === 'silence'
  return acceptable.some((word) => {
    if (word === 'discard') return outcome.kind === 'silence'
    if (outcome.kind !== 'answered') return false
    const status = statusOf(word)
    return status === 0 ? !aboutForm.includes(outcome.status) : outcome.status === status
  })
}
