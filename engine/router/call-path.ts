/** The way a call takes to a user or ring group, through state, block lists and rules. */
import type {
  BlockList,
  Callee,
  CustomRules,
  Destination,
  Forwarding,
  ListDestination,
  ListMember,
  RingGroup,
  Rule,
  User,
} from '../config/snapshot.ts'
import { blockListNaming } from './block-lists.ts'
import { callerShownTo, isAnonymous, listNames } from './caller-identity.ts'
import { isInChain, longestChain } from './chain.ts'
import { fits, timeText } from './custom-rules.ts'
import type { Decision, DiversionCause, Outcome, Refuse } from './decision.ts'
import { holderOf } from './extension.ts'
import type { StepName } from './listener.ts'
import { membersInOrder, ringStep } from './members.ts'
import { forwardOutside } from './outside-call.ts'
import type { ListPosition } from './position.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { recordingOf } from './recording.ts'
import { refusals } from './refusals.ts'

/** A call reaches whoever has an extension or number. */
export function call(question: Question, callee: Callee): Decision {
  const { position } = question
  position.user = null
  position.list = null
  position.outside = null
  position.ringPhones = null
  // What is said to the next is his, though another had blocked the caller.
  position.discard = false
  return callee.kind === 'user' ? callUser(question, callee) : callGroup(question, callee)
}

/** A call reaches a user: his state, block lists and rules, in order. */
function callUser(question: Question, user: User): Decision {
  const { position, listener } = question
  position.user = user
  if (listener !== null) {
    const because = `${user.displayName} is ${user.active ? 'active' : 'deactivated'}`
    tell(listener, 'user active', user.active ? 'applies' : 'fails', because, user)
  }
  if (!user.active) return refusals.notAvailable
  const blocked = blockListNaming(question, user)
  if (blocked !== null) return takeBlocked(question, user, blocked)
  if (listener !== null) tell(listener, 'block list', 'does not apply', 'the caller is not blocked', user)
  if (user.rules !== null) {
    const decision = followCustomRules(question, user, user.rules)
    if (decision !== null) return decision
  }
  // A rule that rings the phones takes the place of forwarding everything.
  if (position.ringPhones === null && user.forwarding !== null && user.forwarding.all !== null) {
    const decision = followRule(question, user, 'all', 'unconditional')
    if (decision !== null) return decision
  }
  return ringUser(question, user)
}

/** Looks whether his phones can ring, and rings them. */
function ringUser(question: Question, user: User): Decision {
  const { live, position, listener } = question
  if (user.doNotDisturb) {
    if (listener !== null) {
      tell(listener, 'do not disturb', 'applies', `${user.displayName} does not want to be disturbed`, user)
    }
    return afterBusy(question, user, 'do-not-disturb')
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
  if (busy) return afterBusy(question, user, 'user-busy')
  const ringSeconds = position.ringPhones === null ? user.ringSeconds : position.ringPhones.to.seconds
  if (listener !== null) {
    tell(listener, 'ring', 'applies', `ring ${user.displayName} for ${ringSeconds} seconds`, user)
  }
  return {
    kind: 'ring',
    targets: [
      {
        kind: 'user',
        user,
        shown: callerShownTo(question.snapshot, user, position),
        ringSeconds,
        recording: recordingOf(position, user, null),
      },
    ],
    ringSeconds,
    group: null,
    diversions: position.diversions,
    position,
  }
}

/** The first rule of his own that fits; `null` where none does, or where one rings his phones, which is noted. */
function followCustomRules(question: Question, user: User, rules: CustomRules): Decision | null {
  const { listener, position } = question
  for (const rule of rulesToLookAt(question, user, rules)) {
    if (!fits(question, user, rule)) continue
    if (listener !== null) {
      const who = `"${rule.name}" is for ${rule.who === null ? 'all callers' : 'this caller'}`
      const when = rule.when === null ? 'at any time' : `at this time: ${timeText(question, user, rule.when)}`
      tell(listener, 'custom rule', 'applies', `${who}, ${when}`, user, rule.name)
    }
    question.live.followed?.(user, 'custom rule', rule.name)
    if (rule.to.kind === 'ringPhones') {
      position.ringPhones = { rule: rule.name, to: rule.to }
      return null
    }
    const decision = forward(question, user, rule.to, 'unconditional', rule.name)
    if (decision !== null) return decision
  }
  return null
}

/** Who listens is told of all of them; otherwise those that name others are passed over together. */
function rulesToLookAt({ snapshot, position, listener }: Question, user: User, rules: CustomRules): readonly Rule[] {
  const { all, named, forAnyone } = rules
  if (listener !== null || named === null) return all
  return listNames(snapshot, named, user.pbx.id, position) ? all : forAnyone
}

/** A call reaches a group: its block lists and rules, then its members. */
function callGroup(question: Question, group: RingGroup): Decision {
  const { position } = question
  const blocked = blockListNaming(question, group)
  if (blocked !== null) return takeBlocked(question, group, blocked)
  if (question.listener !== null) {
    tell(question.listener, 'block list', 'does not apply', 'the caller is not blocked', group)
  }
  if (group.forwarding !== null && group.forwarding.all !== null) {
    const decision = followRule(question, group, 'all', 'unconditional')
    if (decision !== null) return decision
  }
  if (question.listener !== null) {
    const because = `${group.displayName} rings its ${group.members.length} members: ${patterns[group.pattern]}`
    tell(question.listener, 'ring group', 'applies', because, group)
  }
  position.list = {
    owner: group,
    list: null,
    steps: membersInOrder(question, group),
    next: 0,
    rangOut: false,
    busy: false,
    before: position.diversions,
    cause: 'unconditional',
    rule: '',
  }
  return ringNext(question, position.list)
}

const patterns: Readonly<Record<RingGroup['pattern'], string>> = {
  all: 'all together',
  'in-order': 'one after the other, in order',
  'round-robin': 'one after the other, from the one after who answered last',
  'longest-idle': 'one after the other, who has been without a call for longest first',
}

/** The busy path of a user or group, which rings nobody of them. */
export function afterBusy(question: Question, callee: Callee, cause: DiversionCause): Decision {
  return followRule(question, callee, 'busy', cause) ?? byDefault(question, callee, refusals.busy)
}

/** What follows when nobody answered in time. */
export function afterNoAnswer(question: Question, callee: Callee): Decision {
  const { position } = question
  const { ringPhones } = position
  if (callee.kind === 'user' && ringPhones !== null && ringPhones.to.afterwards !== null) {
    position.ringPhones = null
    if (question.listener !== null) {
      tell(question.listener, 'no answer', 'applies', 'the rule says what follows', callee, ringPhones.rule)
    }
    question.live.followed?.(callee, 'no answer', ringPhones.rule)
    const decision = forward(question, callee, ringPhones.to.afterwards, 'no-answer', ringPhones.rule)
    if (decision !== null) return decision
  }
  return followRule(question, callee, 'noAnswer', 'no-answer') ?? byDefault(question, callee, refusals.noAnswer)
}

/** What follows when no phone of theirs can be reached. */
export function afterNotReachable(question: Question, callee: Callee): Decision {
  return (
    followRule(question, callee, 'notReachable', 'unavailable') ?? byDefault(question, callee, refusals.notReachable)
  )
}

/** Where no rule says what follows: the mailbox, if there is one. */
function byDefault(question: Question, callee: Callee, otherwise: Refuse): Decision {
  return callee.mailbox ? takeMessage(question, callee, otherwise, '') : otherwise
}

function takeMessage(question: Question, callee: Callee, otherwise: Refuse, rule: string): Decision {
  const { position, listener } = question
  if (listener !== null) {
    const because = `${callee.displayName} has a mailbox${position.discard ? ', and what this caller says is thrown away' : ''}`
    tell(listener, 'voicemail', 'applies', because, callee, rule)
  }
  return { kind: 'voicemail', of: callee, otherwise, discard: position.discard, diversions: position.diversions }
}

function takeBlocked(question: Question, callee: Callee, list: BlockList): Decision {
  const { position } = question
  question.live.followed?.(callee, 'block list', list.name)
  if (list.tellAnonymousCallers && isAnonymous(position)) return refusals.anonymous
  if (list.treatment.kind === 'asWhenBusy') {
    position.discard = true
    return afterBusy(question, callee, 'user-busy')
  }
  // Whom a list of account or PBX has sent on must arrive; a user's own list says nothing of those of the next one's PBX.
  if (callee.kind !== 'user' || list !== callee.blockList) position.sentByList = true
  return forward(question, callee, list.treatment, 'unconditional', list.name) ?? refusals.busy
}

const ruleSteps: Readonly<Record<keyof Forwarding, StepName>> = {
  all: 'forward all',
  notReachable: 'not reachable',
  busy: 'busy',
  noAnswer: 'no answer',
}

/** Follows the rule for an event; `null` where there is none, or it is not permitted any more. */
function followRule(
  question: Question,
  callee: Callee,
  event: keyof Forwarding,
  cause: DiversionCause,
): Decision | null {
  const rule = callee.forwarding === null ? null : callee.forwarding[event]
  const { listener } = question
  const step = ruleSteps[event]
  if (rule === null) {
    if (listener !== null) tell(listener, step, 'does not apply', `${callee.displayName} has no rule for this`, callee)
    return null
  }
  if (listener !== null) tell(listener, step, 'applies', `the rule "${rule.name}" is on`, callee, rule.name)
  question.live.followed?.(callee, step, rule.name)
  return forward(question, callee, rule.destination, cause, rule.name)
}

/** What a caller gets who was to leave a message, by why he was sent on. */
const withoutMailbox: Readonly<Record<DiversionCause, Refuse>> = {
  unconditional: refusals.notAvailable,
  'user-busy': refusals.busy,
  'do-not-disturb': refusals.busy,
  'no-answer': refusals.noAnswer,
  unavailable: refusals.notReachable,
  deflection: refusals.notAvailable,
  'deflection-while-ringing': refusals.notAvailable,
}

/**
 * Sends the call on for `by`.
 *
 * @returns `null` where it may not be (any more): the step that asked does not count. A destination that fails answers 486.
 */
export function forward(
  question: Question,
  by: Callee,
  destination: Destination,
  cause: DiversionCause,
  rule: string,
): Decision | null {
  const { snapshot, listener } = question
  switch (destination.kind) {
    case 'busy':
      if (listener !== null) tell(listener, 'forward', 'applies', 'to no one, and play busy', by, rule)
      return refusals.busy
    case 'voicemail':
      if (by.mailbox) return takeMessage(question, by, withoutMailbox[cause], rule)
      if (listener !== null) tell(listener, 'voicemail', 'fails', `${by.displayName} has no mailbox`, by, rule)
      return null
    case 'user':
      return forwardInside(question, by, snapshot.users.get(destination.userId), cause, rule)
    case 'ringGroup':
      return forwardInside(question, by, snapshot.ringGroups.get(destination.group), cause, rule)
    case 'number': {
      const owned = snapshot.phoneNumbers.get(destination.number)
      if (owned === undefined) return forwardOutside(question, by, destination.number, cause, rule)
      return forwardInside(question, by, holderOf(snapshot, owned.holder), cause, rule)
    }
    case 'list':
      return forwardToList(question, by, destination, cause, rule)
  }
}

/** @param target as the newest configuration has him: the rule may be older, and his present rules count from here on */
function forwardInside(
  question: Question,
  by: Callee,
  target: Callee | undefined,
  cause: DiversionCause,
  rule: string,
): Decision {
  const { position, listener } = question
  const problem =
    target === undefined
      ? 'nobody is there any more'
      : isInChain(position.diversions, by, target)
        ? `${target.displayName} is in this chain of forwards already`
        : position.diversions.length >= longestChain
          ? `${target.displayName} would be the ${longestChain + 1}th forward of this call`
          : ''
  if (target === undefined || problem !== '') {
    if (listener !== null) tell(listener, 'forward', 'fails', problem, by, rule)
    return refusals.busy
  }
  if (listener !== null) tell(listener, 'forward', 'applies', `to ${target.displayName}`, by, rule)
  position.diversions = [...position.diversions, { by, cause }]
  return call(question, target)
}

function forwardToList(
  question: Question,
  by: Callee,
  list: ListDestination,
  cause: DiversionCause,
  rule: string,
): Decision {
  const { position, listener } = question
  if (position.diversions.length >= longestChain) {
    if (listener !== null) {
      tell(listener, 'forward', 'fails', `it would be the ${longestChain + 1}th forward of this call`, by, rule)
    }
    return refusals.busy
  }
  if (listener !== null) {
    const how = list.simultaneous ? 'all together' : 'one after the other'
    tell(listener, 'list', 'applies', `to a list of ${list.members.length}, ${how}`, by, rule)
  }
  const before = position.diversions
  position.diversions = [...before, { by, cause }]
  position.list = {
    owner: by,
    list,
    steps: list.simultaneous ? [list.members] : list.members.map(alone),
    next: 0,
    rangOut: false,
    busy: false,
    before,
    cause,
    rule,
  }
  return ringNext(question, position.list)
}

function alone(member: ListMember): readonly ListMember[] {
  return [member]
}

/** The list goes on after one of its steps. */
export function afterListStep(question: Question, list: ListPosition, outcome: Outcome['kind']): Decision {
  const { owner, steps, next, before, cause, rule } = list
  return ringNext(question, {
    owner,
    list: list.list,
    steps,
    next,
    rangOut: list.rangOut || outcome === 'noAnswer',
    busy: list.busy || outcome === 'busy' || outcome === 'redirected',
    before,
    cause,
    rule,
  })
}

/** Rings the next step in which there is somebody to ring; after the last, what follows the list. */
function ringNext(question: Question, list: ListPosition): Decision {
  const found = ringStep(question, list)
  if (found.ring !== null) return found.ring
  const { owner, rangOut } = list
  const { position, listener } = question
  position.user = null
  position.list = null
  position.outside = null
  // What follows is another way that the same forward takes.
  position.diversions = list.before
  if (owner.kind === 'ringGroup' && list.list === null) {
    if (rangOut) return afterNoAnswer(question, owner)
    return found.busy ? afterBusy(question, owner, 'user-busy') : afterNotReachable(question, owner)
  }
  const afterwards = list.list === null ? null : list.list.afterwards
  if (afterwards !== null) {
    if (listener !== null) tell(listener, 'list', 'applies', 'nobody of the list answered', owner, list.rule)
    const decision = forward(question, owner, afterwards, list.cause, list.rule)
    if (decision !== null) return decision
  }
  const otherwise = rangOut ? refusals.noAnswer : refusals.busy
  if (listener !== null) {
    tell(listener, 'list', 'fails', 'nobody of the list answered and nothing else is said', owner, list.rule)
  }
  return byDefault(question, owner, otherwise)
}
