import fc from 'fast-check'
import t from 'tap'
import type { Device, RingGroup, Trunk, User } from '../config/snapshot.ts'
import type { Target } from '../router/decision.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import { TollUse } from './toll-use.ts'
import type { CountedHolding, Registered, UsageKind } from './usage.ts'
import { callerHoldings, restoreHoldings, saveHoldings, Usage } from './usage.ts'

const user = { kind: 'user', id: 'ann' } as User
const group = {
  key: 'ringGroup:g',
  members: [
    { kind: 'user', userId: 'bob' },
    { kind: 'user', userId: 'ann' },
  ],
} as unknown as RingGroup
let now = 1000
const trunks = { state: () => 'up' as const }
const tollUse = new TollUse({
  clock: new VirtualClock(0),
  journal: { put: () => undefined, remove: () => undefined },
  log: { warn: () => undefined },
  snapshot: () => null,
  end: () => undefined,
})
const usageOf = (registered: Registered) => new Usage(registered, trunks, () => now, tollUse)
const trunk = { id: 'carrier' } as Trunk

t.test('what is taken counts until it is given back', async (t) => {
  const usage = usageOf({ registered: (asked) => asked === user })
  t.ok(usage.idle)
  const first = usage.take('line', 'ann')
  const second = usage.take('line', 'ann')
  const channel = usage.take('channel', 'carrier')
  const forward = usage.take('forward', 'ann')
  t.equal(usage.linesInUse(user), 2)
  t.equal(usage.channelsInUse(trunk), 1)
  t.equal(usage.outsideForwards(user), 1)
  t.ok(usage.registered(user))
  for (const holding of [first, second, channel, forward]) {
    t.notOk(usage.idle)
    usage.give(holding)
  }
  t.ok(usage.idle)
  t.equal(usage.linesInUse(user), 0)
})

t.test('it is known since when a user is idle, and who answered for a group', async (t) => {
  const usage = usageOf({ registered: () => true })
  t.equal(usage.idleSince(user), 0)
  const line = usage.take('line', 'ann')
  const second = usage.take('line', 'ann')
  usage.give(line)
  t.equal(usage.idleSince(user), 0, 'he is in another call still')
  now = 2000
  usage.give(second)
  t.equal(usage.idleSince(user), 2000)
  t.equal(usage.lastAnswered(group), 0)
  usage.answered(group, { kind: 'user', user } as Target)
  t.equal(usage.lastAnswered(group), 2)
  usage.answered(group, { kind: 'trunk', e164: '+441632960000' } as Target)
  t.equal(usage.lastAnswered(group), 0, 'who is no member any more counts for nobody')
  usage.give(usage.take('forward', 'ringGroup:g'))
  t.equal(usage.idle, true)
})

t.test('holdings saved are the holdings taken again', async (t) => {
  const kinds = fc.constantFrom<UsageKind>('line', 'channel', 'forward')
  const ids = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,10}$/)
  fc.assert(
    fc.property(fc.array(fc.record<CountedHolding>({ kind: kinds, id: ids })), (holdings) => {
      const usage = usageOf({ registered: () => false })
      const restored = restoreHoldings(saveHoldings(holdings), usage)
      t.same(restored, holdings)
      for (const holding of restored) usage.give(holding)
      return usage.idle
    }),
  )
  t.same(restoreHoldings('lines:x,:y,z', usageOf({ registered: () => false })), [])
})

t.test('a caller uses one line, and all of them where he wants no second call', async (t) => {
  const before = new Map([['*70', 'callWaitingOff']])
  const pbx = {
    outsidePrefix: '',
    featureCodes: { before: { lengths: [3], values: before }, digitLengths: 0, someBeforeAreDigits: false },
  }
  const site = { numbering: { emergencyNumbers: new Set(['999']), emergencyLengths: 8 } }
  const caller = {
    kind: 'device',
    user: { id: 'ann', lines: 3, pbx, site } as unknown as User,
    device: {} as Device,
  } as const
  const party = { kind: 'user', id: 'ann', title: 'Ann' } as const
  for (const [dialled, lines] of [
    ['1002', 1],
    ['*701002', 3],
    ['*70999', 1],
  ] as const) {
    const usage = usageOf({ registered: () => true })
    const holdings = callerHoldings(usage, { caller, dialled, domain: '', ownDiversions: 0 }, party)
    t.equal(usage.linesInUse(caller.user), lines, dialled)
    for (const holding of holdings) usage.give(holding)
    t.ok(usage.idle)
  }
})
