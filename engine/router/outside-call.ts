/** Calls that leave the house: who may forward one, and which trunk takes it. */
import type { AccountDialling, Callee, Trunk } from '../config/snapshot.ts'
import { carrierIdentity, emergencyIdentity } from './caller-identity.ts'
import { longestChain } from './chain.ts'
import type { Decision, DiversionCause, Refuse, Target, TrunkTarget } from './decision.ts'
import { newest } from './extension.ts'
import { numberForTrunk } from './number.ts'
import { callingCountryOf, objectionTo } from './permission.ts'
import type { OutsideCall } from './position.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { recordingOf, silentRecordingOf } from './recording.ts'
import { refusals } from './refusals.ts'
import { tollChargeOf, tollObjection } from './toll-fraud.ts'
import { inOrder } from './trunk-order.ts'

/** Sends a call on to an outside number for `by`; `null` where that may not be (any more). */
export function forwardOutside(
  question: Question,
  by: Callee,
  number: string,
  cause: DiversionCause,
  rule: string,
): Decision | null {
  const { position, listener } = question
  const forwarder = whoMayForward(question, by, number, rule, none)
  if (forwarder === null) return null
  if (position.diversions.length >= longestChain) {
    if (listener !== null) tell(listener, 'forward', 'fails', `it would be the ${longestChain + 1}th forward`, by, rule)
    return refusals.busy
  }
  if (listener !== null) tell(listener, 'forward', 'applies', `to the outside number ${number}`, by, rule)
  position.diversions = [...position.diversions, { by, cause }]
  return callOutside(question, { number, emergency: false, forwarder, group: null, tried: [], ringSeconds: 0 }, null)
}

/**
 * One of several outside numbers that ring together: the first trunk that carries it is taken.
 *
 * @param others targets that ring with it, and take channels too
 * @returns `null` where it may not be called for the forwarder, or no trunk is free
 */
export function targetOutside(question: Question, call: OutsideCall, others: readonly Target[]): TrunkTarget | null {
  const { forwarder, number } = call
  if (forwarder === null) return null
  const own = others.filter((target) => target.kind === 'trunk')
  const placer = whoMayForward(question, forwarder, number, '', own)
  const dialling = placer === null ? undefined : question.snapshot.dialling.get(placer.pbx.account.id)
  if (dialling === undefined) return null
  const trunk = freeTrunk(question, dialling, call, own)
  const { listener } = question
  if (trunk === null || typeof trunk === 'string') {
    if (listener !== null) tell(listener, 'member', 'fails', `no trunk is free that carries ${number}`, forwarder)
    return null
  }
  if (listener !== null) {
    tell(listener, 'member', 'applies', `ring ${number} for ${call.ringSeconds} seconds`, forwarder)
  }
  return trunkTarget(question, trunk, call, placer)
}

/**
 * The forwarder as he is now, if he may forward to this number; `null` where not, and the listener is told why.
 *
 * @param others that ring together with it, for the same forwarder
 */
function whoMayForward(
  question: Question,
  by: Callee,
  number: string,
  rule: string,
  others: readonly TrunkTarget[],
): Callee | null {
  const { snapshot, listener } = question
  const found = newest(snapshot, by)
  const objection = objectionToOutside(question, found, number, others.length)
  if (found === undefined || objection !== '') {
    if (listener !== null) tell(listener, 'forward', 'fails', objection, by, rule)
    return null
  }
  const forbidden = objectionTo(question, found, number) !== null
  if (!forbidden && tollObjection(question, found, number, others) === null) return found
  if (listener !== null) {
    const why = forbidden ? `may not call ${number} himself` : `may not call ${number} now`
    tell(listener, 'forward', 'fails', `${found.displayName} ${why}`, by, rule)
  }
  return null
}

/** Why nobody may forward for them to this outside number now, or ''. */
function objectionToOutside(question: Question, by: Callee | undefined, number: string, atTheSameTime: number): string {
  if (by === undefined || (by.kind === 'user' && !by.active)) return 'whoever forwards is not active any more'
  if (!by.internationalForwarding && callingCountryOf(by).isAbroad(number)) {
    return `${number} is abroad, and ${by.displayName} may not forward abroad`
  }
  const most = by.pbx.account.simultaneousOutsideForwards
  const now = question.live.outsideForwards(by) + atTheSameTime
  return now >= most ? `${by.displayName} forwards ${now} calls to outside numbers already; ${most} are allowed` : ''
}

/**
 * Places a call with the next trunk that carries it and was not tried.
 *
 * @param failure how the last trunk failed, which is the answer where no other is left; `null` at the first
 */
export function callOutside(question: Question, call: OutsideCall, failure: Refuse | null): Decision {
  const { snapshot, position, listener } = question
  const placedBy = placerOf(question, call)
  const objection = placedBy === null ? null : objectionToNextLeg(question, placedBy, call)
  // A forward's destination that fails is nobody else's business: the caller hears busy.
  if (objection !== null) return call.forwarder === null ? objection : refusals.busy
  const dialling = placedBy === null ? undefined : snapshot.dialling.get(placedBy.pbx.account.id)
  const trunk =
    placedBy === null || dialling === undefined
      ? null
      : call.emergency
        ? emergencyTrunk(question, dialling, placedBy, call)
        : freeTrunk(question, dialling, call, none)
  if (trunk === null || typeof trunk === 'string') {
    const refusal = failure ?? (call.emergency ? refusals.noEmergencyTrunk : refusalWithout(trunk))
    if (listener !== null) {
      const which = call.tried.length === 0 ? 'no trunk' : 'no other trunk'
      const why = {
        none: `${which} carries ${call.number}`,
        busy: `${which} for ${call.number} has a free channel`,
        down: `${which} for ${call.number} answers`,
      }
      tell(listener, 'trunk', 'fails', why[trunk ?? 'none'], call.forwarder)
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
    group: call.group,
    tried: [...call.tried, trunk],
    ringSeconds: call.ringSeconds,
  }
  return {
    kind: 'ring',
    targets: [trunkTarget(question, trunk, call, placedBy)],
    ringSeconds: call.ringSeconds,
    group: null,
    diversions: position.diversions,
    position,
  }
}

const none: readonly TrunkTarget[] = []

function trunkTarget(question: Question, trunk: Trunk, call: OutsideCall, placer: Callee | null): TrunkTarget {
  const { snapshot, position } = question
  const { caller } = position.attempt
  const identity = call.emergency
    ? emergencyIdentity(position)
    : carrierIdentity(snapshot, position, trunk, call.forwarder)
  return {
    kind: 'trunk',
    trunk,
    e164: call.number,
    number: call.emergency ? call.number : numberForTrunk(call.number, trunk),
    callerNumber: identity.callerNumber,
    callerName: identity.callerName,
    assertedNumber: identity.assertedNumber,
    assertedName: identity.assertedName,
    hidden: identity.hidden,
    emergency: call.emergency,
    onBehalfOf: call.forwarder ?? (caller.kind === 'device' ? caller.user : null),
    charge: placer === null || call.emergency ? null : tollChargeOf(question, placer, call.number),
    ringSeconds: call.ringSeconds,
    recording: call.emergency ? silentRecordingOf(position) : recordingOf(position, null, call.group),
  }
}

/** Under whose permission the call leaves: after a first trunk has failed, as the configuration has him now. */
function placerOf(question: Question, call: OutsideCall): Callee | null {
  const { caller } = question.position.attempt
  const placer = call.forwarder ?? (caller.kind === 'device' ? caller.user : null)
  return placer === null || call.tried.length === 0 ? placer : (newest(question.snapshot, placer) ?? null)
}

/** What speaks against placing this leg, or `null`. A forward's first leg has been judged before it came here. */
function objectionToNextLeg(question: Question, placer: Callee, call: OutsideCall): Refuse | null {
  if (call.emergency || (call.forwarder !== null && call.tried.length === 0)) return null
  if (placer.kind === 'user' && !placer.active) return refusals.callerNotAllowed
  return objectionTo(question, placer, call.number) ?? tollObjection(question, placer, call.number, none)
}

function refusalWithout(found: 'busy' | 'down' | null): Refuse {
  switch (found) {
    case null:
      return refusals.noTrunk
    case 'busy':
      return refusals.channelsBusy
    case 'down':
      return refusals.trunkNotReachable
  }
}

/** Emergency calls ask for no free channel, and try in the end what does not seem to be there. */
function emergencyTrunk(
  question: Question,
  dialling: AccountDialling,
  caller: Callee,
  call: OutsideCall,
): Trunk | null {
  let spare: Trunk | null = null
  for (const trunk of dialling.emergencyTrunks.get(caller.site.country) ?? []) {
    if (isTried(call.tried, trunk)) continue
    if (isUp(question, trunk)) return trunk
    spare ??= trunk
  }
  return spare
}

/**
 * The first that is up and has a free channel; one that is not registered only where there is none.
 *
 * @param others targets of the same step, whose channels are not counted yet
 */
function freeTrunk(
  question: Question,
  dialling: AccountDialling,
  call: OutsideCall,
  others: readonly TrunkTarget[],
): Trunk | 'busy' | 'down' | null {
  const { live, listener } = question
  let found: 'busy' | 'down' | null = null
  let spare: Trunk | null = null
  for (const length of dialling.trunksByPrefix.lengths) {
    const trunks = dialling.trunksByPrefix.trunks.get(call.number.slice(0, length))
    if (trunks === undefined) continue
    for (const trunk of inOrder(trunks, question.now)) {
      if (isTried(call.tried, trunk)) continue
      const state = live.trunkState(trunk)
      if (state === 'down') {
        found ??= 'down'
        if (listener !== null)
          tell(listener, 'trunk', 'does not apply', `${trunk.name} does not answer`, call.forwarder)
      } else if (trunk.channels > 0 && live.channelsInUse(trunk) + countOn(trunk, others) >= trunk.channels) {
        found = 'busy'
        if (listener !== null) {
          const because = `all ${trunk.channels} channels of ${trunk.name} are in use`
          tell(listener, 'trunk', 'does not apply', because, call.forwarder)
        }
      } else if (state === 'up') return trunk
      else {
        spare ??= trunk
        if (listener !== null) {
          const because = `${trunk.name} is not registered with its carrier: it is tried after the others`
          tell(listener, 'trunk', 'does not apply', because, call.forwarder)
        }
      }
    }
  }
  return spare ?? found
}

/** Whether the carrier is there and knows us. */
function isUp({ live, listener }: Question, trunk: Trunk): boolean {
  const state = live.trunkState(trunk)
  if (state === 'up') return true
  if (listener !== null) {
    const what = state === 'down' ? 'does not answer' : 'is not registered with its carrier'
    tell(listener, 'trunk', 'does not apply', `${trunk.name} ${what}: it is tried after the others`, null)
  }
  return false
}

function countOn(trunk: Trunk, targets: readonly TrunkTarget[]): number {
  let count = 0
  for (const target of targets) if (target.trunk.id === trunk.id) count++
  return count
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
