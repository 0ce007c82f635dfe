/** What holds for every company, caller and moment. */

import fc from 'fast-check'
import t from 'tap'
import { compile } from '../config/compile/compile-document.ts'
import type { Document } from '../config/document.ts'
import type { RuleBody } from '../config/entities/rule.ts'
import { readDocument } from '../config/read-document.ts'
import type { Snapshot, User } from '../config/snapshot.ts'
import type { Attempt, Decision, Live, Outcome, Ring } from './decision.ts'
import { explain, summary } from './explain.ts'
import type { RouteStep } from './listener.ts'
import { proceed, route } from './route.ts'

const people = 8
const place = fc.integer({ min: 0, max: people - 1 })
const groups = 3
const simple = fc.oneof(
  place.map((user) => ({ user: `u${user}` })),
  place.map((user) => ({ number: `+4420794601${String(user).padStart(2, '0')}` })),
  fc.constantFrom({ number: '+441632960000' }, { number: '+33123456789' }, { busy: true }, { voicemail: true }),
  fc.nat({ max: groups - 1 }).map((group) => ({ ringGroup: `g${group}` })),
)
const member = fc.oneof(
  place.map((user) => ({ user: `u${user}` })),
  fc.constantFrom({ number: '+441632960000', ringSeconds: 7 }, { number: '+33123456789' }, { number: '+442079460103' }),
  fc.nat({ max: groups - 1 }).map((group) => ({ ringGroup: `g${group}`, ringSeconds: 9 })),
)
const list = fc.record(
  {
    order: fc.constantFrom('sequential' as const, 'simultaneous' as const),
    members: fc.array(member, { minLength: 1, maxLength: 5 }),
    afterwards: simple,
  },
  { requiredKeys: ['order', 'members'] },
)
const destination = fc.oneof(
  { weight: 3, arbitrary: simple },
  { weight: 1, arbitrary: list.map((of) => ({ list: of })) },
)
const toAnonymous: RuleBody['who'] = { callers: ['21200', 'anonymous', '+4420794601*'] }
const onThursday: RuleBody['when'] = { weekly: { thursday: [{ from: '00:00', to: '12:00' }] } }
const ringPhones: RuleBody['to'] = { ringPhones: { seconds: 5, afterwards: { user: 'u1' } } }
const ownRule = fc.record({
  who: fc.option(fc.constant(toAnonymous), { nil: undefined }),
  when: fc.option(fc.constant(onThursday), { nil: undefined }),
  to: fc.oneof(destination, fc.constant(ringPhones)),
})
const group = fc.record({
  members: fc.array(
    fc.oneof(
      place.map((user) => ({ user: `u${user}` })),
      fc.constantFrom({ number: '+441632960001' }, { number: '+442079460102' }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  pattern: fc.constantFrom('all' as const, 'in-order' as const, 'round-robin' as const, 'longest-idle' as const),
  skipBusyMembers: fc.boolean(),
  mailbox: fc.boolean(),
  all: fc.option(simple, { nil: undefined, freq: 4 }),
  busy: fc.option(simple, { nil: undefined }),
  noAnswer: fc.option(simple, { nil: undefined }),
})
const rule = fc.option(
  destination.map((to) => ({ to })),
  { nil: undefined, freq: 2 },
)
const person = fc.record({
  active: fc.boolean(),
  callWaiting: fc.boolean(),
  internationalForwarding: fc.boolean(),
  doNotDisturb: fc.boolean(),
  mailbox: fc.boolean(),
  rules: fc.array(ownRule, { maxLength: 2 }),
  blocks: fc.uniqueArray(place, { maxLength: 2 }),
  all: rule,
  busy: rule,
  noAnswer: rule,
  notReachable: rule,
})
/** Rules are not checked as a document's are: what is refused there must still end here. */
function companyOf({ persons, teams }: Pick<Situation, 'persons' | 'teams'>): Snapshot {
  const document: Document = {
    account: { name: 'Acme' },
    pbxs: [
      { id: 'north', name: 'North', domain: 'north.test', dialCode: '21', country: 'GB', outsidePrefix: '9' },
      { id: 'south', name: 'South', domain: 'south.test', dialCode: '22', country: 'GB', outsidePrefix: '9' },
    ],
    sites: [
      { id: 'n', name: 'N', pbx: 'north', timeZone: 'Europe/London' },
      { id: 's', name: 'S', pbx: 'south', timeZone: 'Europe/London' },
    ],
    users: persons.map((each, index) => ({
      userName: `u${index}`,
      firstName: 'U',
      lastName: String(index),
      email: 'u@acme.test',
      site: index % 2 === 0 ? 'n' : 's',
      extension: String(200 + index),
      active: each.active,
      callWaiting: each.callWaiting,
      internationalForwarding: each.internationalForwarding,
      doNotDisturb: each.doNotDisturb,
      voicemail: { enabled: each.mailbox },
      rules: each.rules.map((rule, place) => ({
        name: `rule ${place}`,
        to: rule.to,
        ...(rule.who && { who: rule.who }),
        ...(rule.when && { when: rule.when }),
      })),
      blockList: { callers: each.blocks.map((other) => `${other % 2 === 0 ? '21' : '22'}${200 + other}`) },
      forwarding: {
        ...(each.all && { all: each.all }),
        ...(each.busy && { busy: each.busy }),
        ...(each.noAnswer && { noAnswer: each.noAnswer }),
        ...(each.notReachable && { notReachable: each.notReachable }),
      },
    })),
    devices: persons.map((_, index) => ({ user: `u${index}`, sipUserName: `u${index}`, password: '12345678' })),
    ringGroups: teams.map((team, index) => ({
      id: `g${index}`,
      name: `Group ${index}`,
      site: 'n',
      extension: String(300 + index),
      members: team.members,
      pattern: team.pattern,
      skipBusyMembers: team.skipBusyMembers,
      voicemail: { enabled: team.mailbox },
      forwarding: {
        ...(team.all && { all: { to: team.all } }),
        ...(team.busy && { busy: { to: team.busy } }),
        ...(team.noAnswer && { noAnswer: { to: team.noAnswer } }),
      },
    })),
    phoneNumbers: persons.map((_, index) => ({
      number: `+4420794601${String(index).padStart(2, '0')}`,
      user: `u${index}`,
    })),
    trunks: [{ id: 't', name: 'T', address: '192.0.2.1', trusted: [], prefixes: ['+'], channels: 1 }],
  }
  return compile(document, 1)
}

/** The present moment, from bits. */
function liveOf(bits: number): Live {
  const of = (user: User) => Number(user.id.slice(1))
  return {
    registered: (user) => ((bits >> of(user)) & 1) === 0,
    linesInUse: (user) => (bits >> (8 + of(user))) & 3,
    channelsInUse: () => (bits >> 20) & 1,
    trunkState: () => (['up', 'up', 'unregistered', 'down'] as const)[(bits >> 22) & 3] ?? 'up',
    outsideForwards: () => (bits >> 16) & 7,
    tollUse: () => 0,
    lastAnswered: (team) => bits % (team.members.length + 1),
    idleSince: (user) => (of(user) * bits) % 17,
  }
}

const dialled = fc.oneof(
  place.map((user) => String(200 + user)),
  fc.nat({ max: groups - 1 }).map((team) => String(300 + team)),
  place.map((user) => `2${1 + (user % 2)}${200 + user}`),
  place.map((user) => `0207946 01${String(user).padStart(2, '0')}`),
  fc.constantFrom('01632960001', '0033123456789', '*67201', '*70999', 'x', ''),
  fc.string({ unit: fc.constantFrom(...'0123456789*#+-.'), maxLength: 16 }),
)
const outcome = fc.oneof(
  fc.constantFrom<Outcome>({ kind: 'busy' }, { kind: 'noAnswer' }, { kind: 'unreachable' }),
  fc
    .tuple(fc.integer({ min: 400, max: 699 }), fc.boolean())
    .map(([status, rang]): Outcome => ({ kind: 'trunkFailed', status, reason: 'Failed', rang })),
)
const situation = fc.record({
  persons: fc.array(person, { minLength: people, maxLength: people }),
  teams: fc.array(group, { minLength: groups, maxLength: groups }),
  caller: place,
  dialled,
  bits: fc.nat({ max: 2 ** 21 - 1 }),
  redirectTo: fc.option(dialled, { nil: null }),
  outcomes: fc.array(outcome, { minLength: 150, maxLength: 150 }),
})
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never

function attemptOf(snapshot: Snapshot, index: number, dialled: string): Attempt {
  const device = snapshot.devicesBySipUserName.get(`u${index}`)!
  const user = snapshot.users.get(device.userId)!
  return { caller: { kind: 'device', device, user }, dialled, domain: '', ownDiversions: 0 }
}

/** Plays a whole call with the outcomes given and returns every decision. */
function play(snapshot: Snapshot, situation: Situation, steps: RouteStep[] | null): Decision[] {
  const live = liveOf(situation.bits)
  const attempt = attemptOf(snapshot, situation.caller, situation.dialled)
  const listener = steps === null ? null : { step: (step: RouteStep) => steps.push(step) }
  const decisions: Decision[] = [route(snapshot, live, attempt, 0, listener)]
  for (const outcome of situation.outcomes) {
    const ring = decisions.at(-1)!
    if (ring.kind !== 'ring') break
    decisions.push(proceed(snapshot, live, attempt, ring, outcomeFor(ring, outcome, situation), 0, listener))
  }
  return decisions
}

function outcomeFor(ring: Ring, outcome: Outcome, situation: Situation): Outcome {
  const target = ring.targets[0]
  if (target?.kind === 'user' && situation.redirectTo !== null) {
    return { kind: 'redirected', by: target.user, dialled: situation.redirectTo, ringing: false }
  }
  return outcome
}

/** The same without objects that are made anew each time. */
function comparable(decisions: readonly Decision[]): unknown {
  return decisions.map((decision) =>
    decision.kind !== 'ring'
      ? decision
      : {
          targets: decision.targets.map((target) =>
            target.kind === 'user'
              ? [target.user.id, target.shown]
              : { ...target, trunk: target.trunk.id, onBehalfOf: target.onBehalfOf?.id },
          ),
          ringSeconds: decision.ringSeconds,
          diversions: decision.diversions.map((diversion) => [diversion.by.id, diversion.cause]),
        },
  )
}

t.test('every call ends, nobody rings twice in one step, and a chain has at most ten forwards', async () => {
  fc.assert(
    fc.property(situation, (each) => {
      const decisions = play(companyOf(each), each, null)
      if (decisions.at(-1)?.kind === 'ring') return false
      for (const decision of decisions) {
        if (decision.kind !== 'ring') continue
        if (decision.diversions.length > 10 || decision.targets.length === 0) return false
        const rung = decision.targets.map((target) => (target.kind === 'user' ? target.user.id : target.e164))
        if (new Set(rung).size !== rung.length) return false
        const by = decision.diversions.map(({ by }) => `${by.kind} ${by.id}`)
        if (new Set(by).size !== by.length) return false
        if (decision.targets.some(({ ringSeconds }) => ringSeconds > decision.ringSeconds)) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
})

t.test('nobody is rung who is deactivated, does not want to be disturbed or has blocked the caller', async () => {
  fc.assert(
    fc.property(situation, (each) => {
      for (const decision of play(companyOf(each), each, null)) {
        if (decision.kind !== 'ring') continue
        for (const target of decision.targets) {
          if (target.kind !== 'user') continue
          const callee = each.persons[Number(target.user.id.slice(1))]!
          if (!callee.active || callee.doNotDisturb || callee.blocks.includes(each.caller)) return false
        }
      }
      return true
    }),
    { numRuns: 500 },
  )
})

t.test('an emergency call leaves, whoever calls and whatever is busy', async () => {
  const strings = fc.constantFrom('999', '112', '9999', '9112', '*67999', '*82112', '*70999', '9-9-9')
  fc.assert(
    fc.property(situation, strings, (each, number) => {
      const snapshot = companyOf(each)
      const decision = route(snapshot, liveOf(each.bits), attemptOf(snapshot, each.caller, number), 0, null)
      const target = decision.kind === 'ring' ? decision.targets[0] : undefined
      return target?.kind === 'trunk' && target.emergency && !target.hidden && /^(999|112)$/.test(target.number)
    }),
    { numRuns: 300 },
  )
})

t.test('a forward abroad needs the permission', async () => {
  fc.assert(
    fc.property(situation, (each) => {
      for (const decision of play(companyOf(each), each, null)) {
        const by = decision.kind === 'ring' ? decision.diversions.at(-1)?.by : undefined
        const target = decision.kind === 'ring' ? decision.targets[0] : undefined
        if (by === undefined || target?.kind !== 'trunk' || !target.number.startsWith('+33')) continue
        if (!by.internationalForwarding || (by.kind === 'user' && !by.active)) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
})

t.test('who listens changes nothing, and explain says what route does', async (t) => {
  fc.assert(
    fc.property(situation, (each) => {
      const snapshot = companyOf(each)
      const steps: RouteStep[] = []
      const silent = play(snapshot, each, null)
      t.same(comparable(play(snapshot, each, steps)), comparable(silent))
      const attempt = attemptOf(snapshot, each.caller, each.dialled)
      const first = silent[0]!
      const explanation = explain(snapshot, liveOf(each.bits), attempt, 0)
      const { result } = explanation.first
      if (first.kind === 'refuse') t.same(result, summary(first))
      else if (first.kind === 'voicemail') t.match(result, { kind: 'voicemail', of: first.of.id })
      else {
        t.match(result, { kind: 'ring', ringSeconds: first.ringSeconds })
        t.same(explanation.first.next.length > 0, true)
      }
      return steps.length > 0
    }),
    { numRuns: 200 },
  )
})

t.test('no text is too strange to be read', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
      const reading = readDocument(text, name)
      return !reading.ok && reading.problems.length > 0
    }),
    { numRuns: 300 },
  )
})
