/** Where a MESSAGE goes (RFC 3428): to one user, whose phones all get it. What is dialled is read as for calls. */
import type { Pbx, Snapshot, User } from '../config/snapshot.ts'
import { blockListNaming } from './block-lists.ts'
import { callerShownTo, isAnonymous } from './caller-identity.ts'
import type { Attempt, Live, Refuse, ShownCaller } from './decision.ts'
import { emergencyNumberIn, ownerOf, readDialled } from './dialled.ts'
import { withoutSeparators } from './number.ts'
import { startPosition } from './position.ts'
import type { Question } from './question.ts'
import { refusals, refuseAs } from './refusals.ts'

export type MessageRoute =
  | {
      readonly kind: 'deliver'
      readonly to: User
      /** The sender as the recipient sees him. */
      readonly shown: ShownCaller
      /** The recipient's list keeps the sender out, and he is not to notice. */
      readonly discard: boolean
    }
  | Refuse

const emergency = refuseAs(403, 'Emergency Services Take No Messages Here')
const senderOff = refuseAs(403, 'Messages Are Switched Off For You')
const usersOnly = refuseAs(404, 'Only Users Take Messages')

/** Whether the profile policy of a user switches messages off. */
export function isMessagingOff({ messagingOff }: Snapshot, user: User): boolean {
  return messagingOff.size > 0 && messagingOff.has(user.profilePolicy || user.pbx.account.profilePolicy)
}

/**
 * Decides about a message of a phone. Forwarding, do not disturb and lines are about calls and count for nothing here; block
 * lists count.
 * @param now milliseconds since the epoch
 */
export function routeMessage(snapshot: Snapshot, live: Live, attempt: Attempt, now: number): MessageRoute {
  const { caller, domain } = attempt
  if (caller.kind === 'trunk') return refusals.callerNotAllowed
  const { user } = caller
  const dialled = withoutSeparators(attempt.dialled)
  if (emergencyNumberIn(dialled, user) !== '') return emergency
  if (!user.active) return refusals.callerNotAllowed
  if (isMessagingOff(snapshot, user)) return senderOff
  let pbx: Pbx | null = user.pbx
  if (domain !== '' && domain !== pbx.domain) {
    const named = snapshot.pbxsByDomain.get(domain)
    if (named === undefined) return refusals.foreignDomain
    pbx = named.account.id === pbx.account.id ? named : null
  }
  const reading = readDialled(snapshot, user, pbx, dialled, null)
  if (reading.kind === 'nothing') return refusals.notInService
  if (reading.kind === 'outsideNumber') return usersOnly
  const to = reading.kind === 'callee' ? reading.callee : ownerOf(snapshot, reading.number)
  if (to === null) return refusals.notInService
  if (to.kind !== 'user') return usersOnly
  if (!to.active) return refusals.notAvailable
  const withheld = user.blockCallerId ? 'from outside' : 'from nobody'
  const question: Question = { snapshot, live, now, position: startPosition(attempt, '', withheld), listener: null }
  const blocked = blockListNaming(question, to)
  if (blocked !== null && blocked.treatment.kind !== 'asWhenBusy') {
    return blocked.tellAnonymousCallers && isAnonymous(question.position) ? refusals.anonymous : refusals.busy
  }
  return { kind: 'deliver', to, shown: callerShownTo(snapshot, to, question.position), discard: blocked !== null }
}
