export const callOutcomes = [
  'answered',
  'busy',
  'no answer',
  'cancelled',
  'not found',
  'forbidden',
  'refused',
  'failed',
] as const

export type CallOutcome = (typeof callOutcomes)[number]

/** What became of an attempt, by the final status its caller got (docs/calls.md). */
export function outcomeOf(status: number): CallOutcome {
  if (status < 300) return 'answered'
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 408:
    case 480:
      return 'no answer'
    case 487:
      return 'cancelled'
    case 404:
    case 484:
    case 604:
      return 'not found'
    case 403:
    case 433:
    case 603:
      return 'forbidden'
    default:
      return status >= 500 && status < 600 ? 'failed' : 'refused'
  }
}
