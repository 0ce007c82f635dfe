/** What the parser and the validation behind it say of a message. */
import { parseMessage } from '../../engine/sip/message.ts'
import { isUsableResponse, validateRequest } from '../../engine/sip/validate.ts'

/**
 * - `good`: nothing is wrong with its form
 * - `refused`: a request that is answered by `answer`, status and phrase
 * - `dropped`: a response that nobody looks at
 * - `unreadable`: cannot be represented
 */
export type Reading =
  | { readonly kind: 'good' }
  | { readonly kind: 'refused'; readonly answer: string }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'unreadable' }

export function readingOf(text: string): Reading {
  const message = parseMessage(text)
  if (message === null) return { kind: 'unreadable' }
  if (!message.isRequest) return { kind: isUsableResponse(message) ? 'good' : 'dropped' }
  const problem = validateRequest(message)
  return problem === null ? { kind: 'good' } : { kind: 'refused', answer: `${problem.status} ${problem.phrase}` }
}

/** In words, for tables. */
export function readingInWords(reading: Reading): string {
  return reading.kind === 'refused' ? reading.answer : reading.kind
}
