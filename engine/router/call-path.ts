/** The way a call takes to a user, through his state, block lists and rules. */
import type { BlockList, Destination, Forwarding, User } from '../config/snapshot.ts'
import { callerShownTo, isAnonymous, listNames } from './caller-identity.ts'
import type { Decision, Diversion, DiversionCause } from './decision.ts'
import { ownerOf } from './dialled.ts'
import type { StepName } from './listener.ts'
import { forwardOutside, longestChain } from './outside-call.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { refusals } from './refusals.ts'

/** A call reaches a user: his state, block lists and rules, in order. */
export function callUser(question: Question, user: User): Decision {
  const { live, position, listener } = question
  position.user = user
  if (listener !== null) {
    const because = `${user.displayName} is ${user.active ? 'active' : 'deactivated'}`
    tell(listener, 'user active', user.active ? 'applies' : 'fails', because, user)
  }
  if (!user.active) return refusals.notAvailable
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
    targets: [{ kind: 'user', user, shown: callerShownTo(question.snapshot, user, position) }],
    ringSeconds: user.ringSeconds,
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
