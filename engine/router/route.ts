/**
 * Where a call goes. Pure: what is true at this moment is asked of `live`, time is handed in, and one question leaves
 * nothing behind but its answer. Explanations are made by the same functions with a listener.
 */
import type { Destination, Pbx, Snapshot, User } from '../config/snapshot.ts'
import { afterBusy, afterListStep, afterNoAnswer, afterNotReachable, call, forward } from './call-path.ts'
import type { Attempt, Decision, DeviceCaller, Live, Outcome, Ring, TrunkCaller } from './decision.ts'
import { emergencyNumberIn, ownerOf, readDialled } from './dialled.ts'
import { holderOfExtension, parkSlotOf } from './extension.ts'
import { askedSlot, decideFeature, withoutNumber } from './feature.ts'
import type { FeatureCode } from './feature-code.ts'
import { featureAlone, featureBefore, isCallPrefix, titleOfFeature } from './feature-code.ts'
import type { RouteListener } from './listener.ts'
import { numberFromTrunk, withoutSeparators } from './number.ts'
import { afterTrunk, callOutside } from './outside-call.ts'
import type { OutsideCall, RoutePosition } from './position.ts'
import { copyPosition, startPosition } from './position.ts'
import type { Question } from './question.ts'
import { refusals, refuseAs } from './refusals.ts'

/** Entries of Diversion or History-Info that name our numbers before a call from a trunk counts as going round. */
const mostOwnDiversions = 5

/**
 * Decides where a call goes.
 *
 * @param now milliseconds since the Unix epoch
 * @param listener told every step that is looked at; it changes nothing
 */
export function route(
  snapshot: Snapshot,
  live: Live,
  attempt: Attempt,
  now: number,
  listener: RouteListener | null = null,
): Decision {
  return attempt.caller.kind === 'device'
    ? routeFromDevice(snapshot, live, attempt, attempt.caller, now, listener)
    : routeFromTrunk(snapshot, live, attempt, attempt.caller, now, listener)
}

function routeFromDevice(
  snapshot: Snapshot,
  live: Live,
  attempt: Attempt,
  caller: DeviceCaller,
  now: number,
  listener: RouteListener | null,
): Decision {
  const user = caller.user
  const dialled = withoutSeparators(attempt.dialled)
  const emergency = emergencyNumberIn(dialled, user)
  if (listener !== null) {
    const what = emergency === '' ? `${dialled} is no` : `${emergency} is an`
    const because = `${what} emergency number in ${user.site.country}`
    const verdict = emergency === '' ? 'does not apply' : 'applies'
    listener.step({ step: 'emergency number', verdict, because, user: '', rule: '' })
  }
  if (emergency !== '') {
    const question: Question = { snapshot, live, now, position: startPosition(attempt, '', 'from nobody'), listener }
    return callOutside(
      question,
      { number: emergency, emergency: true, forwarder: null, group: null, tried: [], ringSeconds: 0 },
      null,
    )
  }
  if (!user.active) {
    if (listener !== null) {
      const because = `${user.displayName} is deactivated and may call emergency numbers only`
      listener.step({ step: 'caller', verdict: 'fails', because, user: user.id, rule: '' })
    }
    return refusals.callerNotAllowed
  }
  let pbx: Pbx | null = user.pbx
  if (attempt.domain !== '' && attempt.domain !== pbx.domain) {
    const named = snapshot.pbxsByDomain.get(attempt.domain)
    if (listener !== null) {
      const because =
        named === undefined ? `${attempt.domain} is not served here` : `${attempt.domain} is PBX ${named.name}`
      listener.step({ step: 'domain', verdict: named === undefined ? 'fails' : 'applies', because, user: '', rule: '' })
    }
    if (named === undefined) return refusals.foreignDomain
    // Accounts see nothing of each other but phone numbers.
    pbx = named.account.id === pbx.account.id ? named : null
  }
  let number = dialled
  let withheld: RoutePosition['withheld'] = user.blockCallerId ? 'from outside' : 'from nobody'
  for (;;) {
    const slot = pbx === null ? undefined : parkSlotOf(snapshot, pbx, number)
    if (slot !== undefined) return askedSlot(user, slot, listener)
    const code = featureIn(snapshot, user, pbx, number)
    if (code === null) break
    if (!isCallPrefix(code.feature) || code.rest === '') {
      const question: Question = { snapshot, live, now, position: startPosition(attempt, '', withheld), listener }
      return isCallPrefix(code.feature) ? withoutNumber(question, code) : decideFeature(question, user, pbx, code)
    }
    if (code.feature === 'hideCallerId') withheld = 'from everybody'
    if (code.feature === 'showCallerId') withheld = 'from nobody'
    if (listener !== null) {
      const because = `${code.code} asks for this call ${titleOfFeature(code.feature)}`
      listener.step({ step: 'feature code', verdict: 'applies', because, user: '', rule: '' })
    }
    number = code.rest
  }
  const reading = readDialled(snapshot, user, pbx, number, listener)
  const question: Question = { snapshot, live, now, position: startPosition(attempt, '', withheld), listener }
  switch (reading.kind) {
    case 'callee':
      return call(question, reading.callee)
    case 'ownNumber': {
      const owner = ownerOf(snapshot, reading.number)
      return owner === null ? refusals.notInService : call(question, owner)
    }
    case 'outsideNumber':
      return callOutside(
        question,
        { number: reading.number, emergency: false, forwarder: null, group: null, tried: [], ringSeconds: 0 },
        null,
      )
    case 'nothing':
      return refusals.notInService
  }
}

/** The feature code in a string: one that is the whole string, else one before a number. A whole extension comes between. */
function featureIn(snapshot: Snapshot, user: User, pbx: Pbx | null, dialled: string): FeatureCode | null {
  const alone = featureAlone(dialled, user)
  if (alone !== null) return alone
  const before = featureBefore(dialled, user)
  if (before === null) return null
  return pbx !== null && holderOfExtension(snapshot, pbx.account, pbx.id, dialled) !== undefined ? null : before
}

function routeFromTrunk(
  snapshot: Snapshot,
  live: Live,
  attempt: Attempt,
  caller: TrunkCaller,
  now: number,
  listener: RouteListener | null,
): Decision {
  if (attempt.domain !== '' && !snapshot.pbxsByDomain.has(attempt.domain)) {
    if (listener !== null) {
      listener.step({
        step: 'domain',
        verdict: 'fails',
        because: `${attempt.domain} is not served here`,
        user: '',
        rule: '',
      })
    }
    return refusals.callerNotAllowed
  }
  if (attempt.ownDiversions >= mostOwnDiversions) {
    if (listener !== null) {
      const because = `the call was forwarded from numbers of ours ${attempt.ownDiversions} times already`
      listener.step({ step: 'loop guard', verdict: 'fails', because, user: '', rule: '' })
    }
    return refusals.loop
  }
  const number = numberFromTrunk(attempt.dialled, caller.trunk)
  const owned = snapshot.phoneNumbers.get(number)
  const owner = owned === undefined ? null : ownerOf(snapshot, owned)
  if (listener !== null) {
    const read =
      number === '' ? `${attempt.dialled} is no phone number` : `${attempt.dialled} is the phone number ${number}`
    const whose = owner === null ? 'nobody here has it' : `it belongs to ${owner.displayName}`
    listener.step({
      step: 'phone number',
      verdict: owner === null ? 'fails' : 'applies',
      because: `${read}: ${whose}`,
      user: '',
      rule: '',
    })
  }
  if (owner === null) return refusals.notInService
  const position = startPosition(
    attempt,
    numberFromTrunk(caller.number, caller.trunk),
    caller.anonymous ? 'from everybody' : 'from nobody',
  )
  return call({ snapshot, live, now, position, listener }, owner)
}

/**
 * Goes on after ringing ended without an answer. The rules of the user who was rung are those he had when the call
 * reached him; what somebody may do is looked up in `snapshot`, which may be newer.
 *
 * @param ring the decision that was carried out; it is not changed, and may be asked about again
 */
export function proceed(
  snapshot: Snapshot,
  live: Live,
  attempt: Attempt,
  ring: Ring,
  outcome: Outcome,
  now: number,
  listener: RouteListener | null = null,
): Decision {
  const position = copyPosition(ring.position, attempt)
  const question: Question = { snapshot, live, now, position, listener }
  const { user, outside, list } = position
  if (outside !== null) return afterOutside(question, outcome)
  if (list !== null) return afterListStep(question, list, outcome.kind)
  if (user === null) return refusals.notReachable
  switch (outcome.kind) {
    case 'busy':
      return afterBusy(question, user, 'user-busy')
    case 'noAnswer':
      return afterNoAnswer(question, user)
    case 'unreachable':
    case 'trunkFailed':
      return afterNotReachable(question, user)
    case 'redirected':
      return afterRedirect(question, outcome) ?? afterBusy(question, user, 'user-busy')
  }
}

function afterOutside(question: Question, outcome: Outcome): Decision {
  const { outside, list } = question.position
  if (outside === null) return refusals.notReachable
  const decision = afterLeg(question, outside, outcome)
  if (list === null || decision.kind !== 'refuse') return decision
  // The number was one of a list: its failure is only that of a member.
  const busy = outcome.kind === 'trunkFailed' && isBusy(outcome.status)
  return afterListStep(question, list, busy ? 'busy' : outcome.kind)
}

function afterLeg(question: Question, call: OutsideCall, outcome: Outcome): Decision {
  switch (outcome.kind) {
    case 'busy':
      return afterTrunk(question, call, refusals.busy, false)
    case 'noAnswer':
      return afterTrunk(question, call, refusals.noAnswer, call.emergency)
    case 'unreachable':
    case 'redirected':
      return afterTrunk(question, call, refusals.trunkNotReachable, true)
    case 'trunkFailed': {
      // A carrier in trouble has not decided anything about the number: the next one is asked. Where a phone rang, the
      // number was reached, and ringing it once more by another way helps nobody.
      const trouble = outcome.status === 408 || (outcome.status >= 500 && outcome.status < 600)
      const retry = call.emergency ? !isBusy(outcome.status) : trouble && !outcome.rang
      return afterTrunk(question, call, refuseAs(outcome.status, outcome.reason), retry)
    }
  }
}

function isBusy(status: number): boolean {
  return status === 486 || status === 600
}

/** A phone answered 3xx: a forward by its user, or `null` where it counts as busy. */
function afterRedirect(question: Question, outcome: Extract<Outcome, { kind: 'redirected' }>): Decision | null {
  const { snapshot, listener } = question
  const by = snapshot.users.get(outcome.by.id)
  const allowed = by?.active === true && by.pbx.phoneRedirects
  if (listener !== null) {
    const what = allowed ? 'asks to forward to' : 'is not allowed to forward to'
    const because = `a phone of ${outcome.by.displayName} ${what} ${outcome.dialled}`
    listener.step({
      step: 'forward by the phone',
      verdict: allowed ? 'applies' : 'fails',
      because,
      user: outcome.by.id,
      rule: '',
    })
  }
  if (!allowed) return null
  const dialled = withoutSeparators(outcome.dialled)
  // A phone may not turn somebody else's call into an emergency call.
  if (emergencyNumberIn(dialled, by) !== '') return null
  const cause = outcome.ringing ? 'deflection-while-ringing' : 'deflection'
  const reading = readDialled(snapshot, by, by.pbx, dialled, listener)
  switch (reading.kind) {
    case 'callee': {
      const { callee } = reading
      const to: Destination =
        callee.kind === 'user' ? { kind: 'user', userId: callee.id } : { kind: 'ringGroup', group: callee.key }
      return forward(question, by, to, cause, '')
    }
    case 'ownNumber':
      return forward(question, by, { kind: 'number', number: reading.number.number }, cause, '')
    case 'outsideNumber':
      return forward(question, by, { kind: 'number', number: reading.number }, cause, '')
    case 'nothing':
      return null
  }
}
