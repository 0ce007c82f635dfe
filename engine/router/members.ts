/** Those of a list or group who are rung together, and why others are not. */
import type { Callee, GroupMember, ListMember, RingGroup, User } from '../config/snapshot.ts'
import { blockListNaming } from './block-lists.ts'
import { callerShownTo } from './caller-identity.ts'
import { isInChain } from './chain.ts'
import type { Ring, ShownCaller, Target } from './decision.ts'
import { holderOf } from './extension.ts'
import { targetOutside } from './outside-call.ts'
import type { ListPosition, OutsideCall } from './position.ts'
import type { Question } from './question.ts'
import { tell } from './question.ts'
import { recordingOf } from './recording.ts'

/** The steps in which a group rings its members. */
export function membersInOrder(question: Question, group: RingGroup): readonly (readonly GroupMember[])[] {
  const { members, pattern } = group
  switch (pattern) {
    case 'all':
      return [members]
    case 'in-order':
      return members.map((member) => [member])
    case 'round-robin': {
      const first = question.live.lastAnswered(group)
      return [...members.slice(first), ...members.slice(0, first)].map((member) => [member])
    }
    case 'longest-idle': {
      const since = members.map((member) => ({ member, since: idleSince(question, member) }))
      // A sort keeps the order of those who have waited equally long.
      return since.sort((one, other) => one.since - other.since).map(({ member }) => [member])
    }
  }
}

/** Nobody knows of an outside number whether it is idle: it comes last. */
function idleSince(question: Question, member: GroupMember): number {
  const user = member.kind === 'user' ? question.snapshot.users.get(member.userId) : undefined
  return user === undefined ? Number.POSITIVE_INFINITY : question.live.idleSince(user)
}

/** What is found of a step while its members are gone through. */
interface Step {
  readonly owner: Callee
  /** The group whose members they are, for recording and who answered last; `null` for a list of somebody's own. */
  readonly group: RingGroup | null
  readonly targets: Target[]
  /** The outside call of the only target. */
  outside: OutsideCall | null
  busy: boolean
  seconds: number
}

/**
 * Rings the next step in which there is somebody who can be rung. The position goes with the ring.
 *
 * @returns without a ring: whether anybody was busy, here or before
 */
export function ringStep(
  question: Question,
  list: ListPosition,
): { readonly ring: Ring | null; readonly busy: boolean } {
  const { position } = question
  const { owner, steps } = list
  const group = owner.kind === 'ringGroup' && list.list === null ? owner : null
  const step: Step = { owner, group, targets: [], outside: null, busy: list.busy, seconds: 0 }
  for (let next = list.next; next < steps.length; next++) {
    for (const member of steps[next] ?? []) addMember(question, step, member)
    if (step.targets.length === 0) continue
    position.user = null
    position.list = {
      owner,
      list: list.list,
      steps,
      next: next + 1,
      rangOut: list.rangOut,
      busy: step.busy,
      before: list.before,
      cause: list.cause,
      rule: list.rule,
    }
    position.outside = step.targets.length === 1 ? step.outside : null
    const { diversions } = position
    return {
      ring: { kind: 'ring', targets: step.targets, ringSeconds: step.seconds, group, diversions, position },
      busy: step.busy,
    }
  }
  return { ring: null, busy: step.busy }
}

function addMember(question: Question, step: Step, member: ListMember): void {
  const { snapshot } = question
  const seconds = member.ringSeconds > 0 ? member.ringSeconds : ringSecondsOf(step.owner)
  switch (member.kind) {
    case 'user':
      addCallee(question, step, snapshot.users.get(member.userId), member.userId, seconds)
      return
    case 'ringGroup':
      addCallee(question, step, snapshot.ringGroups.get(member.group), member.group, seconds)
      return
    case 'number': {
      const owned = snapshot.phoneNumbers.get(member.number)
      if (owned === undefined) addOutside(question, step, member.number, seconds, step.group)
      else addCallee(question, step, holderOf(snapshot, owned.holder), member.number, seconds)
    }
  }
}

/** A list's member rings as long as its owner's phones where nothing is said; groups say it of each member. */
function ringSecondsOf(owner: Callee): number {
  return owner.kind === 'user' ? owner.ringSeconds : 15
}

/** @param written how the list names them */
function addCallee(question: Question, step: Step, callee: Callee | undefined, written: string, seconds: number): void {
  const { listener, position } = question
  if (callee === undefined) {
    if (listener !== null) tell(listener, 'member', 'fails', `nobody has ${written}`, step.owner)
    return
  }
  if (callee.kind === 'user') {
    addUser(question, step, callee, seconds, step.group)
    return
  }
  if (isInChain(position.diversions, step.owner, callee)) {
    if (listener !== null) tell(listener, 'member', 'fails', `${callee.displayName} ${inChain}`, step.owner)
    return
  }
  // In a list a group is its members, all together: what it does with calls does not count, what it wants of members does.
  for (const member of callee.members) {
    if (member.kind === 'user') {
      const user = question.snapshot.users.get(member.userId)
      if (user !== undefined) addUser(question, step, user, seconds, callee)
      continue
    }
    const owned = question.snapshot.phoneNumbers.get(member.number)
    const user = owned === undefined ? undefined : question.snapshot.users.get(owned.holder)
    if (owned === undefined) addOutside(question, step, member.number, seconds, callee)
    else if (user !== undefined) addUser(question, step, user, seconds, callee)
  }
}

const inChain = 'is in this chain of forwards already'

/**
 * A user who is one of several is only rung: his block lists and do not disturb count, his rules do not.
 *
 * @param group for which he is rung, or `null`
 */
function addUser(question: Question, step: Step, user: User, seconds: number, group: RingGroup | null): void {
  const { position, listener, live, snapshot } = question
  const { owner, targets } = step
  for (const target of targets) if (target.kind === 'user' && target.user.id === user.id) return
  const objection = isInChain(position.diversions, owner, user)
    ? inChain
    : !user.active
      ? 'is deactivated'
      : blockListNaming(question, user) !== null
        ? 'has blocked the caller'
        : ''
  if (objection !== '') {
    if (listener !== null) tell(listener, 'member', 'fails', `${user.displayName} ${objection}`, owner)
    return
  }
  if (user.doNotDisturb) {
    step.busy = true
    if (listener !== null) {
      tell(listener, 'member', 'fails', `${user.displayName} does not want to be disturbed`, owner)
    }
    return
  }
  if (!live.registered(user)) {
    if (listener !== null) tell(listener, 'member', 'fails', `${user.displayName} has no registered phone`, owner)
    return
  }
  const inUse = live.linesInUse(user)
  const onlyFree = group?.skipBusyMembers === true || !user.callWaiting
  if (inUse >= user.lines || (inUse > 0 && onlyFree)) {
    step.busy = true
    if (listener !== null) tell(listener, 'member', 'fails', `${user.displayName} is busy: ${inUse} in use`, owner)
    return
  }
  if (listener !== null) tell(listener, 'member', 'applies', `ring ${user.displayName} for ${seconds} seconds`, owner)
  if (seconds > step.seconds) step.seconds = seconds
  targets.push({
    kind: 'user',
    user,
    shown: withPrefix(group, callerShownTo(snapshot, user, position)),
    ringSeconds: seconds,
    recording: recordingOf(position, user, group),
  })
}

/** Members see for which group they are called, or written to. */
export function withPrefix(group: RingGroup | null, shown: ShownCaller): ShownCaller {
  if (group === null || group.callerNamePrefix === '') return shown
  const name = `${group.callerNamePrefix} ${shown.name}`.trimEnd()
  return { user: shown.user, name, anonymous: shown.anonymous }
}

function addOutside(question: Question, step: Step, number: string, seconds: number, group: RingGroup | null): void {
  const { targets, owner } = step
  for (const target of targets) if (target.kind === 'trunk' && target.e164 === number) return
  const call: OutsideCall = { number, emergency: false, forwarder: owner, group, tried: [], ringSeconds: seconds }
  const target = targetOutside(question, call, targets)
  if (target === null) return
  if (seconds > step.seconds) step.seconds = seconds
  step.outside = { number, emergency: false, forwarder: owner, group, tried: [target.trunk], ringSeconds: seconds }
  targets.push(target)
}
