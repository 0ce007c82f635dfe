import type { User } from '../../config/snapshot.ts'
import type { ShownCaller } from '../../router/decision.ts'
import { shownLines } from '../identity.ts'

/** Lines by which a user's phone shows with whom he is connected; '' where the caller is hidden. */
export function shownOf(shown: ShownCaller, to: User): string {
  return shown.anonymous || shown.user === '' ? '' : shownLines(shown.name, shown.user, to.pbx.domain)
}
