/** A call to a user: the steps of the specification, one after the other. */
import type { Cause, Final, Outcome, Refusal, Routing } from './decision.ts'
import { refusals } from './decision.ts'
import type { Destination, ForwardingRule, RingGroup, Rule, SimpleDestination, Target, User } from './document.ts'
import { groupNamed, pbxOf, siteOf, userNamed } from './document.ts'
import { hasMailbox, isBusy, isRegistered, secondsOf } from './facts.ts'
import { callGroup } from './groups.ts'
import { fitsTime } from './hours.ts'
import { callList } from './lists.ts'
import { withoutSeparators } from './numbers.ts'
import { mayForward, ringOutside } from './outside.ts'
import { reading } from './reading.ts'
import { recordingOf } from './recording.ts'
import type { Callee, Way, World } from './world.ts'
import { blockingList, inChain, namesCaller, partyOf, shownTo, withNumber } from './world.ts'

const failed = refusals.busy
const mostForwards = 10

/** How a call came to a user's rule: what is told onward, and what becomes of a message. */
interface Path {
  readonly cause: Cause
  /** What the caller gets where there is no mailbox. */
  readonly otherwise: Refusal
  readonly discard: boolean
}

export function* callUser(world: World, way: Way, user: User): Routing {
  if (user.active === false) return refusals.notAvailable
  const blocking = blockingList(world.company, way, user)
  if (blocking !== null) {
    const { treatment = { busy: true }, tellAnonymousCallers } = blocking.list
    const anonymous = namesCaller(world.company, 'anonymous', way.caller, null)
    if (tellAnonymousCallers === true && anonymous) return refusals.anonymous
    if ('asWhenBusy' in treatment) return yield* onBusy(world, way, user, 'user-busy', true)
    // The mailbox of somebody who has none is a destination that fails.
    if ('voicemail' in treatment && !hasMailbox(user)) return failed
    const onward = { ...way, sentOn: way.sentOn || !blocking.own }
    return yield* goTo(world, onward, user, treatment, {
      cause: 'unconditional',
      otherwise: refusals.notAvailable,
      discard: false,
    })
  }
  const always: Path = { cause: 'unconditional', otherwise: refusals.notAvailable, discard: false }
  const rule = user.rules?.find((each) => ruleFits(world, way, user, each) && isPermitted(world, user, each.to))
  if (rule !== undefined && !('ringPhones' in rule.to)) return yield* goTo(world, way, user, rule.to, always)
  const { all } = user.forwarding ?? {}
  if (rule === undefined && inForce(world, user, all)) return yield* goTo(world, way, user, all.to, always)
  if (user.doNotDisturb === true) return yield* onBusy(world, way, user, 'do-not-disturb', false)
  if (!isRegistered(world, user)) return yield* onNotReachable(world, way, user)
  if (isBusy(world, user)) return yield* onBusy(world, way, user, 'user-busy', false)
  return yield* ringPhones(world, way, user, rule)
}

function ruleFits(world: World, way: Way, user: User, rule: Rule): boolean {
  const { company } = world
  const { callers = [], contacts = [] } = rule.who ?? {}
  const pbx = pbxOf(company, user)
  const entries = [
    ...callers,
    ...contacts.flatMap(
      (id) => company.contacts.find((each) => each.id === id)?.phoneNumbers.map(({ number }) => number) ?? [],
    ),
  ]
  const who = rule.who === undefined || entries.some((entry) => namesCaller(company, entry, way.caller, pbx))
  const timeZone = user.timeZone ?? siteOf(company, user).timeZone
  return rule.enabled !== false && who && fitsTime(rule.when, world.now, timeZone, company.schedules)
}

/** A rule that leads to an outside number that may not be called any more is passed over. */
function isPermitted(world: World, user: User, to: Rule['to']): boolean {
  if (!('number' in to) || withNumber(world.company, to.number) !== null) return true
  return mayForward(world, user, to.number)
}

function inForce(
  world: World,
  user: User,
  rule: ForwardingRule<Destination> | undefined,
): rule is ForwardingRule<Destination> {
  return rule !== undefined && rule.enabled !== false && isPermitted(world, user, rule.to)
}

function mailboxOr(user: User, otherwise: Refusal, discard: boolean): Final {
  return hasMailbox(user) ? { voicemail: partyOf(user), status: otherwise.refuse, discard } : otherwise
}

function* onBusy(world: World, way: Way, user: User, cause: Cause, discard: boolean): Routing {
  const rule = user.forwarding?.busy
  if (!inForce(world, user, rule)) return mailboxOr(user, refusals.busy, discard)
  return yield* goTo(world, way, user, rule.to, { cause, otherwise: refusals.busy, discard })
}

function* onNotReachable(world: World, way: Way, user: User): Routing {
  const rule = user.forwarding?.notReachable
  if (!inForce(world, user, rule)) return mailboxOr(user, refusals.notReachable, false)
  return yield* goTo(world, way, user, rule.to, {
    cause: 'unavailable',
    otherwise: refusals.notReachable,
    discard: false,
  })
}

function* onNoAnswer(world: World, way: Way, user: User, rule: Rule | undefined): Routing {
  const path: Path = { cause: 'no-answer', otherwise: refusals.noAnswer, discard: false }
  const afterwards = rule !== undefined && 'ringPhones' in rule.to ? rule.to.ringPhones.afterwards : undefined
  if (afterwards !== undefined && isPermitted(world, user, afterwards)) {
    return yield* goTo(world, way, user, afterwards, path)
  }
  const usual = user.forwarding?.noAnswer
  if (!inForce(world, user, usual)) return mailboxOr(user, refusals.noAnswer, false)
  return yield* goTo(world, way, user, usual.to, path)
}

function* ringPhones(world: World, way: Way, user: User, rule: Rule | undefined): Routing {
  const seconds = rule !== undefined && 'ringPhones' in rule.to ? rule.to.ringPhones.seconds : secondsOf(user)
  const shown = shownTo(world.company, way.caller, user)
  const outcome: Outcome = yield {
    ring: [{ user: user.userName, ...shown, seconds, ...recordingOf(world.company, way.caller, user, null) }],
    seconds,
    forwardedBy: way.forwards,
  }
  if (outcome === 'no answer') return yield* onNoAnswer(world, way, user, rule)
  if (outcome === 'not reachable') return yield* onNotReachable(world, way, user)
  if (outcome === 'busy' || 'trunkSays' in outcome) return yield* onBusy(world, way, user, 'user-busy', false)
  return yield* byThePhone(world, way, user, outcome.to, outcome.ringing)
}

/** A phone's 3xx is a forward by its user. */
function* byThePhone(world: World, way: Way, user: User, to: string, ringing: boolean): Routing {
  const { company } = world
  if (pbxOf(company, user).phoneRedirects === false) return yield* onBusy(world, way, user, 'user-busy', false)
  const read = reading(company, user, withoutSeparators(to))
  // Where it leads nowhere it is no forward, and the phone did not take the call.
  if (read === null || 'rest' in read || 'feature' in read || 'emergency' in read)
    return yield* onBusy(world, way, user, 'user-busy', false)
  const cause = ringing ? 'deflection-while-ringing' : 'deflection'
  const onward = { ...way, forwards: [...way.forwards, { ...partyOf(user), cause } as const] }
  if (onward.forwards.length > mostForwards) return failed
  if ('inside' in read) return yield* reach(world, onward, read.inside)
  if (!mayForward(world, user, read.outside)) return yield* onBusy(world, way, user, 'user-busy', false)
  return yield* forwardOutside(world, onward, user, read.outside)
}

export function* goTo(world: World, way: Way, user: User, to: Destination, path: Path): Routing {
  if ('busy' in to) return failed
  if ('voicemail' in to) return mailboxOr(user, path.otherwise, path.discard)
  const onward: Way = { ...way, forwards: [...way.forwards, { ...partyOf(user), cause: path.cause }] }
  if (!('list' in to)) return yield* forwardTo(world, onward, user, to)
  if (onward.forwards.length > mostForwards) return failed
  const rang = yield* callList(world, onward, user, to.list)
  const after: SimpleDestination | undefined = to.list.afterwards
  if (after === undefined || !isPermitted(world, user, after)) {
    return mailboxOr(user, rang === 'no answer' ? refusals.noAnswer : refusals.busy, path.discard)
  }
  if ('voicemail' in after) return mailboxOr(user, path.otherwise, path.discard)
  if ('busy' in after) return failed
  return yield* forwardTo(world, onward, user, after)
}

/** `way` names the forward already. */
export function* forwardTo(world: World, way: Way, by: User | RingGroup, to: Target): Routing {
  const { company } = world
  if (way.forwards.length > mostForwards) return failed
  if ('user' in to) return yield* reach(world, way, { kind: 'user', user: userNamed(company, to.user) })
  if ('ringGroup' in to) return yield* reach(world, way, { kind: 'group', group: groupNamed(company, to.ringGroup) })
  const ours = withNumber(company, to.number)
  if (ours !== null) return yield* reach(world, way, ours)
  return yield* forwardOutside(world, way, by, to.number)
}

/** Nobody is called twice by one chain. */
export function* reach(world: World, way: Way, callee: Callee): Routing {
  if (callee.kind === 'nobody') return failed
  if (inChain(way, callee.kind === 'user' ? callee.user : callee.group)) return failed
  if (callee.kind === 'user') return yield* callUser(world, way, callee.user)
  return yield* callGroup(world, way, callee.group, forwardTo)
}

function* forwardOutside(world: World, way: Way, by: User | RingGroup, number: string): Routing {
  if (!mayForward(world, by, number)) return failed
  const outcome = yield* ringOutside(world, way, number, by, 0)
  return outcome === 'no answer' ? refusals.noAnswer : failed
}
