/** What calls show on the lamps of users. */
import type { LampDialog, Lamps } from '../lamps/lamp-dialog.ts'
import type { Target } from '../router/decision.ts'
import { withoutTag } from '../sip/dialog.ts'
import type { VisibleCall } from './calls.ts'
import type { Fork } from './fork.ts'
import type { InvitingCaller } from './inviting-caller.ts'
import type { Leg } from './leg.ts'
import type { Party } from './services.ts'

/** The lamp of this party, where it is a user, may show something else. */
export function touchParty(lamps: Lamps, party: Party, call: VisibleCall): void {
  if (party.kind === 'user') lamps.touched(party.id, call)
}

/** The caller of a call that is not answered. `id`: of the call; `rings`: somebody's phone does. */
export function lampOfCaller(id: string, { request, transaction }: InvitingCaller, rings: boolean): LampDialog {
  return {
    id: `${id}-caller`,
    state: rings ? 'early' : 'trying',
    direction: 'initiator',
    callId: request.callId,
    localTag: request.fromTag,
    remoteTag: transaction.toTag,
    remote: withoutTag(request.to),
    held: false,
  }
}

/**
 * Somebody who is called; `null` where none of his phones rings any more. Of several phones it shows one, which rings if any
 * does.
 *
 * @param expected whether a phone of his is waited for that has lost its connection
 */
export function lampOfTarget(id: string, target: Target, forks: readonly Fork[], expected: boolean): LampDialog | null {
  let shown: Fork | null = null
  for (const fork of forks) {
    if (fork.target !== target || fork.result !== null || fork.request === null) continue
    if (shown === null || (fork.rang && !shown.rang)) shown = fork
  }
  if (shown === null && !expected) return null
  const request = shown?.request ?? null
  const from = request?.from ?? ''
  return {
    id: `${id}-callee`,
    state: shown?.rang === true ? 'early' : 'trying',
    direction: 'recipient',
    callId: request?.callId ?? '',
    localTag: shown?.remoteTag ?? '',
    remoteTag: from.slice(from.lastIndexOf(';tag=') + 5),
    remote: withoutTag(from),
    held: false,
  }
}

/** A side of an answered call. */
export function lampOfLeg(id: string, { dialog, heldSince }: Leg, side: 'caller' | 'callee'): LampDialog {
  return {
    id: `${id}-${side}`,
    state: 'confirmed',
    direction: side === 'caller' ? 'initiator' : 'recipient',
    callId: dialog.callId,
    localTag: dialog.remoteTag,
    remoteTag: dialog.localTag,
    remote: dialog.localAddress,
    held: heldSince !== 0,
  }
}

/** Whether a side of an answered call is this user, and still there. */
export function isUserOf({ hungUp, party }: Leg, id: string): boolean {
  return !hungUp && party.kind === 'user' && party.id === id
}
