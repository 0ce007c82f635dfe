/** What of a router's decision a recording needs, as plain data: it stands in the journal with the call's sound. */
import type { RecordedParty, RecordingOrder } from '../../../media/recording/recording-order.ts'
import type { Snapshot, User } from '../../config/snapshot.ts'
import type { Attempt, RecordingParty, RecordingPlan, Target } from '../../router/decision.ts'
import { recordingBetween, silenced } from '../../router/recording.ts'
import type { Party } from '../services.ts'
import { languageOf } from './spoken-language.ts'

type Side = 'caller' | 'callee'

/** Somebody whose recording it may be. */
export interface RecordingOwner {
  /** Of a user, or of the group for which a user was rung. */
  readonly id: string
  readonly side: Side
  /** `ordered`: by an administrator, where his own mode says never. */
  readonly starts: 'at once' | 'on demand' | 'ordered'
  readonly announceToCaller: boolean
  readonly announceToCallee: boolean
  /** Id of the policy by which it is kept; '' for the usual one, which the API's process knows. */
  readonly policy: string
}

export interface RecordingTerms {
  readonly owners: readonly RecordingOwner[]
  readonly announcedFirst: boolean
  readonly beep: boolean
  /** In which each side is told of it. */
  readonly languages: PartyLanguages
  /** What is the same for each recording of the call. */
  readonly order: Pick<RecordingOrder, 'call' | 'direction' | 'caller' | 'callee'>
}

export interface PartyLanguages {
  readonly caller: string
  readonly callee: string
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
  const owners = (plan?.parties ?? []).map((party) => ownerOf(party, party.owner === own ? 'caller' : 'callee'))
  const direction = caller.kind === 'trunk' ? 'incoming' : target.kind === 'trunk' ? 'outgoing' : 'internal'
  return {
    owners,
    announcedFirst: plan?.announcedFirst ?? false,
    beep: plan?.beep ?? false,
    languages: languagesOf(own, target.kind === 'user' ? target.user : null),
    order: {
      call,
      direction,
      caller: caller.kind === 'device' ? userParty(caller.user) : outsideParty(caller.name, caller.number),
      callee: target.kind === 'user' ? userParty(target.user) : outsideParty('', target.e164),
    },
  }
}

/**
 * Those of two who speak with each other, however they were brought together: by the modes of both as they are now. Where no
 * mode asks for it, it is recorded all the same where an administrator orders it.
 */
export function termsOfParties(snapshot: Snapshot, call: string, caller: Party, callee: Party): RecordingTerms {
  const [callerUser, calleeUser] = [userOf(snapshot, caller), userOf(snapshot, callee)]
  const plan = planOfParties(snapshot, caller, callee)
  const direction = caller.kind === 'trunk' ? 'incoming' : callee.kind === 'trunk' ? 'outgoing' : 'internal'
  const partyOf = (user: User | null, { title }: Party) => (user === null ? outsideParty('', title) : userParty(user))
  return {
    owners:
      plan === null
        ? whoMayBeOrdered(callerUser, calleeUser)
        : plan.parties.map((party) => ownerOf(party, party.owner === callerUser ? 'caller' : 'callee')),
    announcedFirst: plan?.announcedFirst ?? false,
    beep: plan?.beep ?? false,
    languages: languagesOf(callerUser, calleeUser),
    order: { call, direction, caller: partyOf(callerUser, caller), callee: partyOf(calleeUser, callee) },
  }
}

/**
 * The same with what is known already of the one who was in the conversation before: what was his, and of the group that he was rung for.
 * @param before `null`: nothing
 */
export function termsWithBefore(fresh: RecordingTerms, before: RecordingTerms | null, stays: Side): RecordingTerms {
  const kept = (before?.owners ?? []).filter(
    ({ id, side, starts }) => side === stays && starts !== 'ordered' && !fresh.owners.some((owner) => owner.id === id),
  )
  if (kept.length === 0) return fresh
  const owners = [...fresh.owners.filter(({ starts }) => starts !== 'ordered'), ...kept]
  return { ...fresh, owners, announcedFirst: fresh.announcedFirst || before?.announcedFirst === true }
}

/** Whether the mode of one of these asks for it. */
export function mayBeRecorded(snapshot: Snapshot, caller: Party, callee: Party): boolean {
  return planOfParties(snapshot, caller, callee) !== null
}

function planOfParties(snapshot: Snapshot, caller: Party, callee: Party): RecordingPlan | null {
  const plan = recordingBetween(userOf(snapshot, caller), userOf(snapshot, callee))
  return plan !== null && (caller.emergency || callee.emergency) ? silenced(plan) : plan
}

function userOf(snapshot: Snapshot, { kind, id }: Party): User | null {
  return kind === 'user' ? (snapshot.users.get(id) ?? null) : null
}

function whoMayBeOrdered(caller: User | null, callee: User | null): RecordingOwner[] {
  const owner = caller ?? callee
  if (owner === null) return []
  const side = owner === caller ? 'caller' : 'callee'
  return [{ id: owner.id, side, starts: 'ordered', announceToCaller: false, announceToCallee: false, policy: '' }]
}

function ownerOf({ owner, starts, announceToCaller, announceToCallee }: RecordingParty, side: Side): RecordingOwner {
  const policy = owner.recording?.policy || owner.pbx.recordingPolicy
  return { id: owner.id, side, starts, announceToCaller, announceToCallee, policy }
}

/** Whoever is outside is spoken to in the language of the user whom he calls or who calls him. */
function languagesOf(caller: User | null, callee: User | null): PartyLanguages {
  const known = caller ?? callee
  const other = known === null ? 'en' : languageOf(known)
  return { caller: caller === null ? other : languageOf(caller), callee: callee === null ? other : languageOf(callee) }
}

/** Whether this one may start and stop recordings by himself. */
export function maySwitch(terms: RecordingTerms, side: Side): boolean {
  return terms.owners.some((owner) => owner.side === side && owner.starts === 'on demand')
}

function userParty(user: User): RecordedParty {
  const { id, displayName, extension, site, pbx } = user
  return { kind: 'user', user: id, name: displayName, number: extension, site: site.id, pbx: pbx.id }
}

function outsideParty(name: string, number: string): RecordedParty {
  return { kind: 'outside', user: null, name, number, site: null, pbx: null }
}
