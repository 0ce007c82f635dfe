/** The ways a call takes: to a user through his rules, and out of the house by a trunk. */
import type { AccountDialling, BlockList, Destination, Forwarding, Snapshot, Trunk, User } from '../config/snapshot.ts'
import {
  callBackNumber,
  callerShownOutside,
  callerShownTo,
  carrierName,
  carrierNumber,
  isAnonymous,
  listNames,
} from './caller-identity.ts'
import type { Decision, Diversion, DiversionCause, Live, Refuse } from './decision.ts'
import { ownerOf } from './dialled.ts'
import type { RouteListener, StepName, Verdict } from './listener.ts'
import { numberForTrunk } from './number.ts'
import type { OutsideCall, RoutePosition } from './position.ts'
import { refusals } from './refusals.ts'

/** Forwards that one call may go through. */
const longestChain = 10

/** The router's question while it is being answered. The position is the answer's own and may be changed. */
export interface Question {
  readonly snapshot: Snapshot
  readonly live: Live
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly position: RoutePosition
  readonly listener: RouteListener | null
}

/** A call reaches a user: his state, block lists and rules, in order. */
export function callUser(question: Question, user: User): Decision {
  const { live, position, listener } = question
  position.user = user
  if (!user.active) {
    if (listener !== null) tell(listener, 'user active', 'fails', `${user.displayName} is deactivated`, user)
    return refusals.notAvailable
  }
  const blocked = blockListNaming(question, user)
  if (blocked !== null) return takeBlocked(question, user, blocked)
  const forwarding = user.forwarding
  if (forwarding !== null && forwarding.all !== null) {
    const decision = followRule(question, user, 'all')
    if (decision !== null) return decision
  }
  const registered = live.registered(user)
  if (listener !== null) {
    const because = registered
      ? `${user.displayName} has a registered phone`
      : `${user.displayName} has no registered phone`
    tell(listener, 'reachable', registered ? 'applies' : 'fails', because, user)
  }
  if (!registered) return afterNotReachable(question, user)
  const inUse = live.linesInUse(user)
  const busy = inUse >= user.lines || (inUse > 0 && !user.callWaiting)
  if (listener !== null) {
    const waiting = user.callWaiting ? 'call waiting is on' : 'call waiting is off'
    const because = `${inUse} of ${user.lines} lines are in use and ${waiting}`
    tell(listener, 'busy', busy ? 'applies' : 'does not apply', because, user)
  }
  if (busy) return afterBusy(question, user)
  if (listener !== null) {
    tell(listener, 'ring', 'applies', `ring ${user.displayName} for ${user.ringSeconds} seconds`, user)
  }
  return {
    kind: 'ring',
    targets: [{ kind: 'user', user }],
    ringSeconds: user.ringSeconds,
    shown: callerShownTo(question.snapshot, user, position),
    diversions: position.diversions,
    position,
  }
}

/** The user's busy path, which never rings him. */
export function afterBusy(question: Question, user: User): Decision {
  return followRule(question, user, 'busy') ?? refusals.busy
}

/** What follows when nobody answered in time. */
export function afterNoAnswer(question: Question, user: User): Decision {
  return followRule(question, user, 'noAnswer') ?? refusals.noAnswer
}

/** What follows when no phone of the user can be reached. */
export function afterNotReachable(question: Question, user: User): Decision {
  return followRule(question, user, 'notReachable') ?? refusals.notReachable
}

function blockListNaming(question: Question, user: User): BlockList | null {
  const { pbx } = user
  if (!question.position.sentByList) {
    const ofAccount = pbx.account.blockList
    if (ofAccount !== null && isNamed(question, ofAccount, user)) return ofAccount
    if (pbx.blockList !== null && isNamed(question, pbx.blockList, user)) return pbx.blockList
  }
  if (user.blockList !== null && isNamed(question, user.blockList, user)) return user.blockList
  if (question.listener !== null) {
    tell(question.listener, 'block list', 'does not apply', 'the caller is not blocked', user)
  }
  return null
}

function isNamed(question: Question, list: BlockList, user: User): boolean {
  const named = listNames(question.snapshot, list.callers, question.position)
  if (named && question.listener !== null) {
    tell(question.listener, 'block list', 'applies', `the caller is in the ${list.name}`, user, list.name)
  }
  return named
}

function takeBlocked(question: Question, user: User, list: BlockList): Decision {
  question.live.followed?.(user, 'block list', list.name)
  if (list.tellAnonymousCallers && isAnonymous(question.position)) return refusals.anonymous
  if (list.treatment.kind === 'asWhenBusy') return afterBusy(question, user)
  question.position.sentByList = true
  return forward(question, user, list.treatment, 'unconditional', list.name) ?? refusals.busy
}

/** Rule events with the step's name for people and the cause that is told onward. */
const ruleSteps: Readonly<Record<keyof Forwarding, { readonly step: StepName; readonly cause: DiversionCause }>> = {
  all: { step: 'forward all', cause: 'unconditional' },
  notReachable: { step: 'not reachable', cause: 'unavailable' },
  busy: { step: 'busy', cause: 'user-busy' },
  noAnswer: { step: 'no answer', cause: 'no-answer' },
}

/** Follows the user's rule for an event; `null` where he has none, or it is not permitted any more. */
function followRule(question: Question, user: User, event: keyof Forwarding): Decision | null {
  const rule = user.forwarding === null ? null : user.forwarding[event]
  const { listener } = question
  const { step, cause } = ruleSteps[event]
  if (rule === null) {
    if (listener !== null) tell(listener, step, 'does not apply', `${user.displayName} has no rule for this`, user)
    return null
  }
  if (listener !== null) tell(listener, step, 'applies', `the rule "${rule.name}" is on`, user, rule.name)
  question.live.followed?.(user, step, rule.name)
  return forward(question, user, rule.destination, cause, rule.name)
}

/**
 * Sends the call on for `user`.
 *
 * @returns `null` where he may not (any more): the step that asked does not count. A destination that fails answers 486.
 */
export function forward(
  question: Question,
  user: User,
  destination: Destination,
  cause: DiversionCause,
  rule: string,
): Decision | null {
  const { snapshot, listener } = question
  switch (destination.kind) {
    case 'busy':
      if (listener !== null) tell(listener, 'forward', 'applies', 'to no one, and play busy', user, rule)
      return refusals.busy
    case 'user':
      return forwardToUser(question, user, destination.userId, cause, rule)
    case 'number': {
      const owned = snapshot.phoneNumbers.get(destination.number)
      if (owned === undefined) return forwardOutside(question, user, destination.number, cause, rule)
      const owner = ownerOf(snapshot, owned)
      if (owner !== null) return forwardToUser(question, user, owner.id, cause, rule)
      if (listener !== null) {
        tell(listener, 'forward', 'fails', `nobody has the number ${destination.number}`, user, rule)
      }
      return refusals.busy
    }
  }
}

function forwardToUser(question: Question, user: User, target: string, cause: DiversionCause, rule: string): Decision {
  const { snapshot, position, listener } = question
  // The rule may be older than the configuration: his present rules count from here on.
  const newest = snapshot.users.get(target)
  const problem =
    newest === undefined
      ? 'does not exist any more'
      : isInChain(position.diversions, user, newest)
        ? 'is in this chain of forwards already'
        : position.diversions.length >= longestChain
          ? `would be the ${longestChain + 1}th forward of this call`
          : ''
  if (newest === undefined || problem !== '') {
    if (listener !== null) tell(listener, 'forward', 'fails', `${newest?.displayName ?? target} ${problem}`, user, rule)
    return refusals.busy
  }
  if (listener !== null) tell(listener, 'forward', 'applies', `to ${newest.displayName}`, user, rule)
  position.diversions = [...position.diversions, { user, cause }]
  return callUser(question, newest)
}

function isInChain(diversions: readonly Diversion[], user: User, target: User): boolean {
  if (target.id === user.id) return true
  for (const diversion of diversions) if (diversion.user.id === target.id) return true
  return false
}

function forwardOutside(
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
  if (!user.internationalForwarding && user.site.numbering.isAbroad(number)) {
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
  const placedBy = call.forwarder ?? newestCaller(question, call)
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
    // A forward's destination that fails is nobody else's business: the caller hears busy.
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
    shown: callerShownOutside(position),
    diversions: position.diversions,
    position,
  }
}

/** Who dialled: after a first trunk has failed, as the configuration has him now. */
function newestCaller(question: Question, call: OutsideCall): User | null {
  const { caller } = question.position.attempt
  if (caller.kind === 'trunk') return null
  return call.tried.length === 0 ? caller.user : (question.snapshot.users.get(caller.user.id) ?? caller.user)
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

function tell(
  listener: RouteListener,
  step: StepName,
  verdict: Verdict,
  because: string,
  user: User | null,
  rule = '',
): void {
  listener.step({ step, verdict, because, user: user === null ? '' : user.id, rule })
}
