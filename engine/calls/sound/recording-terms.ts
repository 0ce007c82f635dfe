/** What of a router's decision a recording needs, as plain data: it stands in the journal with the call's sound. */
import type { RecordedParty, RecordingOrder } from '../../../media/recording/recording-order.ts'
import type { Snapshot, User } from '../../config/snapshot.ts'
import type { Attempt, RecordingPlan, Target } from '../../router/decision.ts'
import type { Party } from '../services.ts'
import { languageOf } from './spoken-language.ts'

/** Somebody whose recording it may be. */
export interface RecordingOwner {
  /** Of a user, or of the group for which a user was rung. */
  readonly id: string
  readonly side: 'caller' | 'callee'
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
  const owners = (plan?.parties ?? []).map(
    ({ owner, starts, announceToCaller, announceToCallee }): RecordingOwner => ({
      id: owner.id,
      side: owner === own ? 'caller' : 'callee',
      starts,
      announceToCaller,
      announceToCallee,
      policy: owner.recording?.policy || owner.pbx.recordingPolicy,
    }),
  )
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

/** Those of a call that nobody's mode asks to record: it is recorded all the same where an administrator orders it. */
export function termsOfParties(snapshot: Snapshot, call: string, caller: Party, callee: Party): RecordingTerms {
  const userOf = ({ kind, id }: Party) => (kind === 'user' ? (snapshot.users.get(id) ?? null) : null)
  const partyOf = (party: Party): RecordedParty => {
    const user = userOf(party)
    return user === null ? outsideParty('', party.title) : userParty(user)
  }
  const direction = caller.kind === 'trunk' ? 'incoming' : callee.kind === 'trunk' ? 'outgoing' : 'internal'
  const order = { call, direction, caller: partyOf(caller), callee: partyOf(callee) } as const
  const side = caller.kind === 'user' ? 'caller' : 'callee'
  const owner = side === 'caller' ? caller : callee
  const silent = { announceToCaller: false, announceToCallee: false, policy: '' }
  const owners: RecordingOwner[] = owner.kind === 'user' ? [{ id: owner.id, side, starts: 'ordered', ...silent }] : []
  const languages = languagesOf(userOf(caller), userOf(callee))
  return { owners, announcedFirst: false, beep: false, languages, order }
}

/** Whoever is outside is spoken to in the language of the user whom he calls or who calls him. */
function languagesOf(caller: User | null, callee: User | null): PartyLanguages {
  const known = caller ?? callee
  const other = known === null ? 'en' : languageOf(known)
  return { caller: caller === null ? other : languageOf(caller), callee: callee === null ? other : languageOf(callee) }
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
