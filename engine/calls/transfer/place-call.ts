import type { User } from '../../config/snapshot.ts'
import type { Attempt, Decision, Position, Refuse, Ring } from '../../router/decision.ts'
import { refusalOf, refuseAs } from '../../router/refusals.ts'
import { route } from '../../router/route.ts'
import { reasonPhrase } from '../../sip/response.ts'
import { escapeUser } from '../../sip/uri.ts'
import { newCallId } from '../call-id.ts'
import { callerLimit } from '../caller-limit.ts'
import type { Leg } from '../leg.ts'
import { partyOfUser, recordedParty } from '../party.ts'
import { RingingCall } from '../ringing-call.ts'
import { askedCaller } from '../route-notes.ts'
import type { CallServices, Party } from '../services.ts'
import type { PlacedOwner } from './placed-caller.ts'
import { PlacedCaller } from './placed-caller.ts'

/** The call in which somebody is to be called, and for whom. */
export interface PlacedFor {
  /** Id of the call in which it was asked for; ''. */
  readonly parent: string
  /** Who waits for the answer. */
  readonly leg: Leg
  readonly transfers: number
}

/** The call that `user` would make from one of his phones; `null` where he has none, or is not there any more. */
export function attemptOfUser(services: CallServices, userId: string, dialled: string, host: string): Attempt | null {
  const user = services.snapshot.users.get(userId)
  const device = user?.devices[0]
  if (user === undefined || device === undefined) return null
  const domain = host === '' || services.isOwnHost(host) ? '' : host
  return { caller: { kind: 'device', device, user }, dialled, domain, ownDiversions: 0 }
}

/**
 * Calls whoever `attempt` leads to, in the name of its caller: his plan and blocks count, and the rules of whoever is
 * called.
 * @param isReferred somebody handed the other one on (RFC 3892), which whoever is called is told
 * @returns the call, while it rings; `null` where the owner was told already that it failed
 */
export function placeCall(
  services: CallServices,
  owner: PlacedOwner,
  placed: PlacedFor,
  attempt: Attempt,
  isReferred = true,
): RingingCall | null {
  return placeDecided(services, owner, placed, attempt, decide(services, attempt), isReferred)
}

/** Where the router sends an attempt now. To be carried out at once: its notes are those of the newest decision. */
export function decide({ routeNotes, snapshot, clock }: CallServices, attempt: Attempt): Decision {
  return route(snapshot, routeNotes, attempt, clock.now(), null)
}

/** Likewise, where the router has been asked already. */
export function placeDecided(
  services: CallServices,
  owner: PlacedOwner,
  placed: PlacedFor,
  attempt: Attempt,
  decision: Decision,
  isReferred = true,
): RingingCall | null {
  const { caller } = attempt
  const user = isReferred && caller.kind === 'device' ? caller.user : null
  // RFC 3892 §3: who asked for it.
  const referredBy =
    user === null ? '' : `Referred-By: <sip:${escapeUser(user.extension || user.id)}@${user.pbx.domain}>\r\n`
  return place(services, owner, placed, attempt, decision, referredBy, false)
}

/** Rings a user's phones and nobody else's, for his time, whatever his rules and lines: it is his own call that returns. */
export function ringBack(
  services: CallServices,
  owner: PlacedOwner,
  placed: PlacedFor,
  user: User,
  shown = shownFor(services, placed.leg.party),
): RingingCall | null {
  const attempt = attemptOfUser(services, user.id, user.extension, '')
  if (attempt === null) {
    owner.placedFailed(480, reasonPhrase(480))
    return null
  }
  const { ringSeconds } = user
  const ring: Ring = {
    kind: 'ring',
    targets: [{ kind: 'user', user, shown, ringSeconds, recording: null }],
    ringSeconds,
    group: null,
    diversions: [],
    position: noPosition,
  }
  return place(services, owner, placed, attempt, ring, '', true)
}

/** The router is never asked how to go on. */
const noPosition = {} as Position

function place(
  services: CallServices,
  owner: PlacedOwner,
  placed: PlacedFor,
  attempt: Attempt,
  decision: Decision,
  headers: string,
  triesNothingElse: boolean,
): RingingCall | null {
  const { leg, transfers } = placed
  const refusal = decision.kind === 'ring' ? beyondCeiling(services, attempt, decision) : refusalOf(decision)
  const placing = { party: leg.party, transfers, triesNothingElse, headers }
  const call =
    refusal === null ? new RingingCall(services, attempt, new PlacedCaller(services, owner, placing, null)) : null
  began(
    services,
    call?.id ?? newCallId(services.clock, services.random),
    placed,
    attempt,
    decision,
    refusal,
    triesNothingElse,
  )
  if (refusal !== null) owner.placedFailed(refusal.status, refusal.reason)
  else call?.start(decision)
  return call
}

/** An emergency call that somebody is handed on to, or that is ordered, counts as one that its caller dials. */
function beyondCeiling(services: CallServices, attempt: Attempt, ring: Ring): Refuse | null {
  if (!ring.targets.some((target) => target.kind === 'trunk' && target.emergency)) return null
  if (services.emergencyCeiling.covers(ring, attempt, services.clock.now())) return null
  const limit = callerLimit(services.usage, attempt)
  return limit === null ? null : refuseAs(limit.status, limit.phrase)
}

function began(
  services: CallServices,
  id: string,
  { parent, leg }: PlacedFor,
  attempt: Attempt,
  decision: Decision,
  refusal: { readonly status: number; readonly reason: string } | null,
  triesNothingElse: boolean,
): void {
  const { clock, events, routeNotes, snapshot } = services
  const { caller } = attempt
  const party: Party =
    caller.kind === 'device'
      ? partyOfUser(caller.user)
      : { kind: 'trunk', id: caller.trunk.id, title: caller.trunk.name }
  const { dialog } = leg
  events.began({
    id,
    at: clock.now(),
    // Nobody sent an INVITE for it: the newest one of whoever waits stands here.
    callId: dialog.callId,
    fromTag: dialog.remoteTag,
    sequence: dialog.remoteSequence,
    source: '',
    caller: recordedParty(party),
    // Who rings for his own call that returns was not looked for by the router.
    asked: triesNothingElse ? null : askedCaller(attempt),
    dialled: attempt.dialled,
    domain: attempt.domain,
    parent,
    revision: snapshot.revision,
    step: routeNotes.take(decision),
    refusal: refusal === null ? null : { status: refusal.status, phrase: refusal.reason },
  })
}

/** Whom a phone shows that rings for a call which returns to it. */
function shownFor(services: CallServices, party: Party): { user: string; name: string; anonymous: boolean } {
  const user = party.kind === 'user' ? services.snapshot.users.get(party.id) : undefined
  if (user !== undefined) return { user: user.extension || user.id, name: user.internalName, anonymous: false }
  const [number = ''] = party.title.split(' ')
  return number === 'anonymous' ? { user: '', name: '', anonymous: true } : { user: number, name: '', anonymous: false }
}
