/** What of a router's decision a recording needs, as plain data: it stands in the journal with the call's sound. */
import type { RecordedParty, RecordingOrder } from '../../../media/recording/recording-order.ts'
import type { Snapshot, User } from '../../config/snapshot.ts'
import type { Attempt, RecordingPlan, Target } from '../../router/decision.ts'
import type { Party } from '../services.ts'

/** Somebody whose recording it may be. */
export interface RecordingOwner {
  /** Of a user, or of the group for which a user was rung. */
  readonly id: string
  readonly side: 'caller' | 'callee'
  /** `ordered`: by an administrator, where his own mode says never. */
  readonly starts: 'at once' | 'on demand' | 'ordered'
  readonly announceToCaller: boolean
  readonly announceToCallee: boolean
}

export interface RecordingTerms {
  readonly owners: readonly RecordingOwner[]
  readonly announcedFirst: boolean
  readonly beep: boolean
  /** What is the same for each recording of the call. */
  readonly order: Pick<RecordingOrder, 'call' | 'direction' | 'caller' | 'callee' | 'policy'>
}

/** @param plan `null`: nobody's mode asks for it, and it can be ordered all the same (API) */
export function recordingTerms(
  call: string,
  attempt: Attempt,
  target: Target,
  plan: RecordingPlan | null,
): RecordingTerms {
  const { caller } = attempt
  const own = caller.kind === 'device' ? caller.user : null
  const owners = (plan?.parties ?? []).map(
    ({ owner, starts, announceToCaller, announceToCallee }): RecordingOwner => ({
      id: owner.id,
      side: owner === own ? 'caller' : 'callee',
      starts,
      announceToCaller,
      announceToCallee,
    }),
  )
  const direction = caller.kind === 'trunk' ? 'incoming' : target.kind === 'trunk' ? 'outgoing' : 'internal'
  return {
    owners,
    announcedFirst: plan?.announcedFirst ?? false,
    beep: plan?.beep ?? false,
    order: {
      call,
      direction,
      caller: caller.kind === 'device' ? userParty(caller.user) : outsideParty(caller.name, caller.number),
      callee: target.kind === 'user' ? userParty(target.user) : outsideParty('', target.e164),
      policy: null,
    },
  }
}

/** Those of a call that nobody's mode asks to record: it is recorded all the same where an administrator orders it. */
export function termsOfParties(snapshot: Snapshot, call: string, caller: Party, callee: Party): RecordingTerms {
  const partyOf = ({ kind, id, title }: Party): RecordedParty => {
    const user = kind === 'user' ? snapshot.users.get(id) : undefined
    return user === undefined ? outsideParty('', title) : userParty(user)
  }
  const direction = caller.kind === 'trunk' ? 'incoming' : callee.kind === 'trunk' ? 'outgoing' : 'internal'
  const order = { call, direction, caller: partyOf(caller), callee: partyOf(callee), policy: null } as const
  const side = caller.kind === 'user' ? 'caller' : 'callee'
  const owner = side === 'caller' ? caller : callee
  const silent = { announceToCaller: false, announceToCallee: false }
  const owners: RecordingOwner[] = owner.kind === 'user' ? [{ id: owner.id, side, starts: 'ordered', ...silent }] : []
  return { owners, announcedFirst: false, beep: false, order }
}

/** Whether this one may start and stop recordings by himself. */
export function maySwitch(terms: RecordingTerms, side: 'caller' | 'callee'): boolean {
  return terms.owners.some((owner) => owner.side === side && owner.starts === 'on demand')
}

function userParty(user: User): RecordedParty {
  const { id, displayName, extension, site, pbx } = user
  return { kind: 'user', user: id, name: displayName, number: extension, site: site.id, pbx: pbx.id }
}

function outsideParty(name: string, number: string): RecordedParty {
  return { kind: 'outside', user: null, name, number, site: null, pbx: null }
}
