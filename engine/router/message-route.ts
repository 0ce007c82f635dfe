/** Where a MESSAGE goes (RFC 3428): to a user or the members of a group, whose phones all get it. What is dialled is read as for calls. */
import type { Callee, Pbx, RingGroup, Snapshot, User } from '../config/snapshot.ts'
import { blockListNaming } from './block-lists.ts'
import { callerShownTo, isAnonymous } from './caller-identity.ts'
import type { Attempt, Live, Refuse, ShownCaller } from './decision.ts'
import { emergencyNumberIn, ownerOf, readDialled } from './dialled.ts'
import { holderOf } from './extension.ts'
import { withPrefix } from './members.ts'
import { withoutSeparators } from './number.ts'
import { startPosition } from './position.ts'
import type { Question } from './question.ts'
import { refusals, refuseAs } from './refusals.ts'

/** One of those who get a message. */
export interface MessageRecipient {
  readonly to: User
  /** The sender as the recipient sees him. */
  readonly shown: ShownCaller
  /** The recipient's list keeps the sender out, and he is not to notice. */
  readonly discard: boolean
}

export type MessageRoute = { readonly kind: 'deliver'; readonly recipients: readonly MessageRecipient[] } | Refuse

const emergency = refuseAs(403, 'Emergency Services Take No Messages Here')
const senderOff = refuseAs(403, 'Messages Are Switched Off For You')
const insideOnly = refuseAs(404, 'Outside Numbers Take No Messages')
const nobodyInGroup = refuseAs(480, 'Nobody In The Group Takes Messages')

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
  if (reading.kind === 'outsideNumber') return insideOnly
  const to = reading.kind === 'callee' ? reading.callee : ownerOf(snapshot, reading.number)
  if (to === null) return refusals.notInService
  if (to.kind === 'user' && !to.active) return refusals.notAvailable
  const withheld = user.blockCallerId ? 'from outside' : 'from nobody'
  const question: Question = { snapshot, live, now, position: startPosition(attempt, '', withheld), listener: null }
  const blocked = blockListNaming(question, to)
  if (blocked !== null && blocked.treatment.kind !== 'asWhenBusy') {
    return blocked.tellAnonymousCallers && isAnonymous(question.position) ? refusals.anonymous : refusals.busy
  }
  if (to.kind === 'user') {
    const shown = callerShownTo(snapshot, to, question.position)
    return { kind: 'deliver', recipients: [{ to, shown, discard: blocked !== null }] }
  }
  const recipients = membersOf(question, to, user, blocked !== null)
  return recipients.length === 0 ? nobodyInGroup : { kind: 'deliver', recipients }
}

/**
 * Users of a group, and of groups whose numbers stand in it, each once: its order and pattern are about ringing. Whoever
 * writes is not among them. A member whose own list keeps the sender out is left out, and nobody notices.
 */
function membersOf(question: Question, group: RingGroup, sender: User, discard: boolean): readonly MessageRecipient[] {
  const { snapshot, position } = question
  const seen = new Set<Callee>([group, sender])
  const recipients: MessageRecipient[] = []
  for (const one of seen) {
    if (one.kind === 'user') continue
    for (const member of one.members) {
      const number = member.kind === 'number' ? snapshot.phoneNumbers.get(member.number) : undefined
      const key = member.kind === 'user' ? member.userId : (number?.holder ?? '')
      const to = holderOf(snapshot, key)
      if (to === undefined || seen.has(to)) continue
      // A set goes on with what is added while it is gone through.
      seen.add(to)
      if (to.kind !== 'user' || !to.active) continue
      const shown = withPrefix(one, callerShownTo(snapshot, to, position))
      recipients.push({ to, shown, discard: discard || blockListNaming(question, to) !== null })
    }
  }
  return recipients
}
