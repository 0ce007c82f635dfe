/** A call to a ring group. */
import type { Cause, Final, Refusal, Routing } from './decision.ts'
import { refusals } from './decision.ts'
import type { ForwardingRule, RingGroup, Target, User } from './document.ts'
import { userNamed } from './document.ts'
import type { Ending } from './lists.ts'
import { ringTogether, stronger } from './lists.ts'
import { mayForward } from './outside.ts'
import type { Way, World } from './world.ts'
import { blockingList, isAnonymous, partyOf, withNumber } from './world.ts'

const failed = refusals.busy

/** Where a group sends calls on to; handed in, because users and groups send calls to each other. */
export type ForwardTo = (world: World, way: Way, by: User | RingGroup, to: Target) => Routing

export function* callGroup(world: World, way: Way, group: RingGroup, forwardTo: ForwardTo): Routing {
  const blocking = blockingList(world.company, way, group)
  if (blocking !== null) {
    const { treatment = { busy: true }, tellAnonymousCallers } = blocking.list
    if (tellAnonymousCallers === true && isAnonymous(way.caller)) return refusals.anonymous
    if ('asWhenBusy' in treatment) return yield* afterwards(world, way, group, 'busy', true, forwardTo)
    if ('busy' in treatment) return failed
    if ('voicemail' in treatment)
      return group.voicemail?.enabled === true ? mailboxOr(group, refusals.notAvailable, false) : failed
    return yield* goTo(world, { ...way, sentOn: true }, group, treatment, 'unconditional', forwardTo)
  }
  const all = group.forwarding?.all
  if (inForce(world, group, all)) {
    if ('voicemail' in all.to) return mailboxOr(group, refusals.notAvailable, false)
    return yield* goTo(world, way, group, all.to, 'unconditional', forwardTo)
  }
  return yield* afterwards(world, way, group, yield* ringMembers(world, way, group), false, forwardTo)
}

function inForce(
  world: World,
  group: RingGroup,
  rule: ForwardingRule<Target | { readonly voicemail: true }> | undefined,
): rule is ForwardingRule<Target | { readonly voicemail: true }> {
  if (rule === undefined || rule.enabled === false) return false
  if (!('number' in rule.to) || withNumber(world.company, rule.to.number) !== null) return true
  return mayForward(world, group, rule.to.number)
}

function* ringMembers(world: World, way: Way, group: RingGroup): Routing<Ending> {
  const { company, live } = world
  let members = group.members.filter(({ optedOut }) => optedOut !== true)
  const usual = group.ringSeconds ?? 15
  const places = () =>
    members.map((member) => {
      const seconds = member.ringSeconds ?? usual
      if ('number' in member) return { number: member.number, seconds, group }
      return { user: userNamed(company, member.user), seconds, group }
    })
  if (group.pattern === undefined || group.pattern === 'all') {
    return yield* ringTogether(world, way, group, places())
  }
  if (group.pattern === 'round-robin') {
    const name = (member: (typeof members)[number]) => ('user' in member ? member.user : member.number)
    const after = group.members.findIndex((member) => name(member) === live.lastAnswered[group.id]) + 1
    const turned = [...group.members.slice(after), ...group.members.slice(0, after)]
    members = turned.filter(({ optedOut }) => optedOut !== true)
  }
  if (group.pattern === 'longest-idle') {
    // Nobody knows how long an outside number has been idle: those come last, in their order.
    const since = (member: (typeof members)[number]) =>
      'user' in member ? Date.parse(live.idleSince[member.user] ?? '1970-01-01T00:00Z') : world.now
    members = [...members].sort((a, b) => since(a) - since(b))
  }
  let ending: Ending = 'not reachable'
  for (const each of places()) ending = stronger(ending, yield* ringTogether(world, way, group, [each]))
  return ending
}

function mailboxOr(group: RingGroup, otherwise: Refusal, discard: boolean): Final {
  if (group.voicemail?.enabled !== true) return otherwise
  return { voicemail: partyOf(group), status: otherwise.refuse, discard }
}

function* afterwards(
  world: World,
  way: Way,
  group: RingGroup,
  ending: Ending,
  discard: boolean,
  forwardTo: ForwardTo,
): Routing {
  const { busy, noAnswer, notReachable } = group.forwarding ?? {}
  const rule = ending === 'busy' ? busy : ending === 'no answer' ? noAnswer : notReachable
  const otherwise = { busy: refusals.busy, 'no answer': refusals.noAnswer, 'not reachable': refusals.notReachable }[
    ending
  ]
  if (!inForce(world, group, rule) || 'voicemail' in rule.to) return mailboxOr(group, otherwise, discard)
  const causes = { busy: 'user-busy', 'no answer': 'no-answer', 'not reachable': 'unavailable' } as const
  return yield* goTo(world, way, group, rule.to, causes[ending], forwardTo)
}

function* goTo(world: World, way: Way, group: RingGroup, to: Target, cause: Cause, forwardTo: ForwardTo): Routing {
  return yield* forwardTo(world, { ...way, forwards: [...way.forwards, { ...partyOf(group), cause }] }, group, to)
}
