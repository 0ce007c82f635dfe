/** Calls that leave the house: who may forward one, and which trunk takes it. */
import type { AccountDialling, Trunk, User } from '../config/snapshot.ts'
import { callBackNumber, carrierName, carrierNumber } from './caller-identity.ts'
import type { Decision, DiversionCause, Refuse } from './decision.ts'
import { numberForTrunk } from './number.ts'
import { callingCountryOf, objectionTo } from './permission.ts'
import type { OutsideCall } from './position.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { refusals } from './refusals.ts'

/** Forwards that one call may go through. */
export const longestChain = 10

/** Sends a call on to an outside number for `user`; `null` where he may not (any more). */
export function forwardOutside(
  question: Question,
  user: User,
  number: string,
  cause: DiversionCause,
  rule: string,
): Decision | null {
  const { snapshot, position, listener } = question
  const newest = snapshot.users.get(user.id)
  const objection = objectionToOutside(question, newest, number)
  if (newest === undefined || objection !== '') {
    if (listener !== null) tell(listener, 'forward', 'fails', objection, user, rule)
    return null
  }
  if (objectionTo(question, newest, number) !== null) {
    if (listener !== null) {
      tell(listener, 'forward', 'fails', `${newest.displayName} may not call ${number} himself`, user, rule)
    }
    return null
  }
  if (position.diversions.length >= longestChain) {
    if (listener !== null)
      tell(listener, 'forward', 'fails', `it would be the ${longestChain + 1}th forward`, user, rule)
    return refusals.busy
  }
  if (listener !== null) tell(listener, 'forward', 'applies', `to the outside number ${number}`, user, rule)
  position.diversions = [...position.diversions, { user, cause }]
  return callOutside(question, { number, emergency: false, forwarder: newest, tried: [] }, null)
}

/** Why the user may not forward to this outside number now, or ''. */
function objectionToOutside(question: Question, user: User | undefined, number: string): string {
  if (user === undefined || !user.active) return 'the user who forwards is not active any more'
  if (!user.internationalForwarding && callingCountryOf(user).isAbroad(number)) {
    return `${number} is abroad, and ${user.displayName} may not forward abroad`
  }
  const most = user.pbx.account.simultaneousOutsideForwards
  const now = question.live.outsideForwards(user)
  return now >= most ? `${user.displayName} forwards ${now} calls to outside numbers already; ${most} are allowed` : ''
}

/**
 * Places a call with the next trunk that carries it and was not tried.
 *
 * @param failure how the last trunk failed, which is the answer where no other is left; `null` at the first
 */
export function callOutside(question: Question, call: OutsideCall, failure: Refuse | null): Decision {
  const { position, listener } = question
  const caller = position.attempt.caller
  const placedBy = placerOf(question, call)
  const objection = placedBy === null ? null : objectionToNextLeg(question, placedBy, call)
  // A forward's destination that fails is nobody else's business: the caller hears busy.
  if (objection !== null) return call.forwarder === null ? objection : refusals.busy
  const dialling = placedBy === null ? undefined : question.snapshot.dialling.get(placedBy.pbx.account.id)
  const trunk =
    placedBy === null || dialling === undefined
      ? null
      : call.emergency
        ? emergencyTrunk(dialling, placedBy, call)
        : freeTrunk(question, dialling, call)
  if (trunk === null || trunk === 'busy') {
    const refusal =
      failure ??
      (call.emergency ? refusals.noEmergencyTrunk : trunk === null ? refusals.noTrunk : refusals.channelsBusy)
    if (listener !== null) {
      const which = call.tried.length === 0 ? 'no trunk' : 'no other trunk'
      const why = trunk === null ? `${which} carries ${call.number}` : `${which} for ${call.number} has a free channel`
      tell(listener, 'trunk', 'fails', why, call.forwarder)
    }
    return call.forwarder === null ? refusal : refusals.busy
  }
  if (listener !== null) {
    tell(listener, 'trunk', 'applies', `trunk ${trunk.name} takes the call to ${call.number}`, call.forwarder)
  }
  position.user = null
  position.outside = {
    number: call.number,
    emergency: call.emergency,
    forwarder: call.forwarder,
    tried: [...call.tried, trunk],
  }
  return {
    kind: 'ring',
    targets: [
      {
        kind: 'trunk',
        trunk,
        number: call.emergency ? call.number : numberForTrunk(call.number, trunk),
        callerNumber: call.emergency ? callBackNumber(caller) : carrierNumber(position, trunk, call.forwarder),
        callerName: carrierName(position, trunk, call.forwarder),
        hidden: !call.emergency && position.withheld !== 'from nobody',
        emergency: call.emergency,
        onBehalfOf: call.forwarder ?? (caller.kind === 'device' ? caller.user : null),
      },
    ],
    ringSeconds: 0,
    diversions: position.diversions,
    position,
  }
}

/** Under whose permission the call leaves: after a first trunk has failed, as the configuration has him now. */
function placerOf(question: Question, call: OutsideCall): User | null {
  const { caller } = question.position.attempt
  const user = call.forwarder ?? (caller.kind === 'device' ? caller.user : null)
  return user === null || call.tried.length === 0 ? user : (question.snapshot.users.get(user.id) ?? null)
}

/** What speaks against placing this leg, or `null`. A forward's first leg has been judged before it came here. */
function objectionToNextLeg(question: Question, user: User, call: OutsideCall): Refuse | null {
  if (call.emergency || (call.forwarder !== null && call.tried.length === 0)) return null
  return user.active ? objectionTo(question, user, call.number) : refusals.callerNotAllowed
}

/** Emergency calls ask for no free channel. */
function emergencyTrunk(dialling: AccountDialling, caller: User, call: OutsideCall): Trunk | null {
  for (const trunk of dialling.emergencyTrunks.get(caller.site.country) ?? []) {
    if (!isTried(call.tried, trunk)) return trunk
  }
  return null
}

function freeTrunk(question: Question, dialling: AccountDialling, call: OutsideCall): Trunk | 'busy' | null {
  const { live, listener } = question
  let found: 'busy' | null = null
  for (const length of dialling.trunksByPrefix.lengths) {
    const trunks = dialling.trunksByPrefix.trunks.get(call.number.slice(0, length))
    if (trunks === undefined) continue
    for (const trunk of trunks) {
      if (isTried(call.tried, trunk)) continue
      if (trunk.channels === 0 || live.channelsInUse(trunk) < trunk.channels) return trunk
      found = 'busy'
      if (listener !== null) {
        tell(
          listener,
          'trunk',
          'does not apply',
          `all ${trunk.channels} channels of ${trunk.name} are in use`,
          call.forwarder,
        )
      }
    }
  }
  return found
}

/** By id, because the configuration may have changed since. */
function isTried(tried: readonly Trunk[], trunk: Trunk): boolean {
  for (const other of tried) if (other.id === trunk.id) return true
  return false
}

/** Goes on after a trunk did not bring the call through. */
export function afterTrunk(question: Question, call: OutsideCall, failure: Refuse, retry: boolean): Decision {
  if (retry) return callOutside(question, call, failure)
  if (call.forwarder === null) return failure
  return failure === refusals.noAnswer ? failure : refusals.busy
}
