/** INVITE with Replaces (RFC 3891), under the rules of docs/trust.md. */
import type { User } from '../../config/snapshot.ts'
import { mayPickUp } from '../../router/pickup-right.ts'
import { Header } from '../../sip/header-names.ts'
import type { SipMessage } from '../../sip/message.ts'
import { reasonPhrase } from '../../sip/response.ts'
import type { Flow } from '../../sip/transport.ts'
import { begunCall } from '../begun-call.ts'
import { newCallId } from '../call-id.ts'
import { Conversation } from '../conversation.ts'
import { RingingCall } from '../ringing-call.ts'
import type { CallServices, Party } from '../services.ts'
import { TakenInvite } from '../taken-invite.ts'
import type { Replaces } from './replaces.ts'
import { findReplaced, parseReplaces } from './replaces.ts'
import { Takeover } from './takeover.ts'

const nothing = { facts: '', rules: '', rings: '', targets: '' }

/** An INVITE that names the dialog it wants to take the place of, from somebody who has signed in. */
export function replacingInvite(services: CallServices, request: SipMessage, flow: Flow, party: Party): void {
  const { clock, events, random, snapshot } = services
  const id = newCallId(clock, random)
  const now = clock.now()
  events.began(begunCall(snapshot.revision, id, now, request, flow, null, party, nothing, null))
  const taken = new TakenInvite(services, 'call', id, now, request.requestUri.slice(0, 128), party, request, flow)
  const refuse = (status: number) => taken.refuse(status, reasonPhrase(status), '')
  const user = party.kind === 'user' ? snapshot.users.get(party.id) : undefined
  const replaces = parseReplaces(request.header(Header.replaces))
  if (user === undefined) refuse(403)
  // RFC 3891 §3: one, and not beside Join.
  else if (replaces === null || request.isRepeated(Header.replaces) || request.has(Header.join)) {
    taken.refuse(400, 'Malformed Replaces Header', '')
  } else {
    const status = takeOver(services, taken, user, replaces)
    if (status !== 0) refuse(status)
  }
}

/** @returns 0 where it is under way, else why not */
function takeOver(services: CallServices, taken: TakenInvite, user: User, replaces: Replaces): number {
  const owner = findReplaced(services.calls, replaces)
  if (owner !== null && owner.owner instanceof Conversation) {
    const call = owner.owner
    const leg = call.legOf(owner.localTag)
    if (call.over || leg.hungUp || !leg.dialog.matches(replaces.callId, owner.remoteTag)) return 481
    // His own call, at another phone of his; others get it by a transfer or from a park.
    if (leg.party.kind !== 'user' || leg.party.id !== user.id) return 403
    if (replaces.earlyOnly) return 486
    if (call.arrangement !== null) return 491
    new Takeover(services, taken, call, leg).start()
    return 0
  }
  for (const call of services.calls.all()) {
    if (!(call instanceof RingingCall)) continue
    const target = call.ringsBy(replaces.callId)
    if (target === null) continue
    if (target.user.id !== user.id && !mayPickUp(user, target.user)) return 403
    call.pickUp(taken, user, target)
    return 0
  }
  return 481
}
