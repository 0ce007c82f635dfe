/** What each phone's answer means, and what a user's phones mean together. */
import type { Outcome } from './decision.ts'

export type PhoneResult = 'busy' | 'declined' | 'rangOut' | 'unreachable'

/**
 * What a phone's final answer says of its user. 2xx and 3xx are not asked here.
 *
 * @param status final status; 0 for no response of any kind, or a transport error
 * @param rang whether the phone had sent 18x before
 */
export function phoneResult(status: number, rang: boolean): PhoneResult {
  switch (status) {
    case 486:
    case 600:
      return 'busy'
    case 603:
      return 'declined'
    case 480:
      // Without ringing it is the phone's own do-not-disturb.
      return rang ? 'rangOut' : 'busy'
    case 408:
      return rang ? 'rangOut' : 'unreachable'
    case 488:
    case 606:
      // No common codec.
      return 'unreachable'
    default:
      // A phone that rang and then failed was there: it counts as one that rang out.
      return rang ? 'rangOut' : 'unreachable'
  }
}

export type UserOutcome = Exclude<Outcome['kind'], 'trunkFailed' | 'redirected'>

/** How ringing several together ended: a single one has the outcome that he has. */
export function stepOutcome(outcomes: readonly UserOutcome[]): UserOutcome {
  if (outcomes.includes('noAnswer')) return 'noAnswer'
  return outcomes.includes('busy') ? 'busy' : 'unreachable'
}

/**
 * How ringing a user ended, when all his phones are done or the ring time is over.
 *
 * @param results of the phones that are done
 * @param ringTimeEnded whether the no-answer time ran out before the rest were done
 * @param anyRang whether any phone sent 18x
 */
export function userOutcome(results: readonly PhoneResult[], ringTimeEnded: boolean, anyRang: boolean): UserOutcome {
  if (results.includes('declined')) return 'busy'
  if (results.includes('rangOut')) return 'noAnswer'
  if (ringTimeEnded) return anyRang ? 'noAnswer' : 'unreachable'
  return results.includes('busy') ? 'busy' : 'unreachable'
}
