import t from 'tap'
import { makeZoneTable, zoneTable } from '../config/compile/zone-tables.ts'
import { finish } from '../config/slices.ts'
import type { RingGroup, Snapshot, User } from '../config/snapshot.ts'
import type { EntryKind } from '../records/entries.ts'
import type { TollCharge } from '../router/decision.ts'
import { dayAt } from '../router/toll-fraud.ts'
import { VirtualClock } from '../sip/virtual-clock.ts'
import type { LimitReached, OutsideCall } from './toll-use.ts'
import { TollUse } from './toll-use.ts'

for (const zone of ['Europe/London', 'Australia/Sydney']) finish(makeZoneTable(zone))
const [london, sydney] = [zoneTable('Europe/London'), zoneTable('Australia/Sydney')]
const none = { each: Number.POSITIVE_INFINITY, account: Number.POSITIVE_INFINITY }
const high = { each: 10, account: 20 }
const account = { id: 'account', tollFraud: { timeZone: london, minutes: { low: none, medium: none, high } } }
const anna = { kind: 'user', id: 'anna', displayName: 'Anna', pbx: { account }, site: { timeZone: london } } as User
const sid = { kind: 'user', id: 'sid', displayName: 'Sid', pbx: { account }, site: { timeZone: sydney } } as User
const sales = { kind: 'ringGroup', key: 'ringGroup:sales', pbx: { account }, site: { timeZone: london } } as RingGroup
const snapshot = {
  accounts: [account],
  users: new Map([anna, sid].map((user) => [user.id, user])),
  ringGroups: new Map([[sales.key, sales]]),
} as unknown as Snapshot
const noon = Date.UTC(2026, 2, 2, 12)
const minute = 60_000

function charge(placer: User | RingGroup, risk: TollCharge['risk'] = 'high', outsideHours = false): TollCharge {
  return { placer, risk, outsideHours }
}

class World {
  clock: VirtualClock
  readonly entries = new Map<string, { readonly kind: EntryKind; readonly key: string; readonly value: string }>()
  readonly ended: OutsideCall[] = []
  readonly told: LimitReached[] = []
  snapshot: Snapshot | null = snapshot
  use: TollUse

  constructor(at: number) {
    this.clock = new VirtualClock(at)
    this.use = this.#made()
  }

  #made(): TollUse {
    const use = new TollUse({
      clock: this.clock,
      journal: {
        put: (kind, key, value) => this.entries.set(key, { kind, key, value }),
        remove: (_kind, key) => this.entries.delete(key),
      },
      log: { warn: () => undefined },
      snapshot: () => this.snapshot,
      end: (calls) => {
        for (const call of calls) {
          this.ended.push(call)
          this.use.over(call)
        }
      },
    })
    use.teller = (reached) => this.told.push(reached)
    return use
  }

  restart(): void {
    this.clock = new VirtualClock(this.clock.now())
    this.use = this.#made()
    this.use.restore({ entries: [...this.entries.values()], damage: [] })
  }

  secondsOf(key: string, zone = london): number {
    return this.use.use(key, 'high', dayAt(zone, this.clock.now()))
  }
}

t.test('calls at once count from the first ringing on, for the placer and the account', async (t) => {
  const { use } = new World(noon)
  const [first, second] = [use.begin(charge(anna)), use.begin(charge(sales, 'low'))]
  t.equal(use.use('anna', 'calls', 0), 1)
  t.equal(use.use('ringGroup:sales', 'calls', 0), 1)
  t.equal(use.use('account:account', 'calls', 0), 2)
  use.over(first)
  use.over(first)
  use.over(second)
  t.equal(use.use('anna', 'calls', 0), 0)
  t.equal(use.use('account:account', 'calls', 0), 0)
})

t.test('minutes count from the answer on, while the call goes on and when it is over', async (t) => {
  const world = new World(noon)
  const call = world.use.begin(charge(anna))
  world.clock.advance(minute)
  t.equal(world.secondsOf('anna'), 0, 'it rings')
  world.use.answered(call)
  world.clock.advance(5 * minute)
  t.equal(world.secondsOf('anna'), 300)
  world.clock.advance(7_000)
  t.equal(world.secondsOf('anna'), 305, 'counted every five seconds')
  world.use.over(call)
  t.equal(world.secondsOf('anna'), 307)
  t.equal(world.secondsOf('account:account'), 307)
  world.clock.advance(minute)
  t.equal(world.secondsOf('anna'), 307)
  t.equal(world.use.use('anna', 'low', dayAt(london, noon)), 0)
})

t.test(
  'a call over midnight counts for the new day only from there on, by the clock of whoever it is for',
  async (t) => {
    // Midnight in Sydney, 13:00 UTC; in London it is one in the afternoon.
    const world = new World(Date.UTC(2026, 2, 2, 12, 58))
    const call = world.use.begin(charge(sid))
    world.use.answered(call)
    world.clock.advance(2 * minute - 1000)
    t.equal(world.secondsOf('sid', sydney), 115)
    world.clock.advance(minute + 1000)
    world.use.over(call)
    t.equal(world.secondsOf('sid', sydney), 60)
    t.equal(world.secondsOf('account:account'), 180)
  },
)

t.test('the day on which clocks go forward is as long as it is', async (t) => {
  // 2026-03-29: from 1:00 to 2:00 in London. The day ends 23 hours after it began.
  const world = new World(Date.UTC(2026, 2, 29, 22, 59))
  const call = world.use.begin(charge(anna, 'low'))
  world.use.answered(call)
  world.clock.advance(2 * minute)
  world.use.over(call)
  t.equal(world.use.use('anna', 'low', dayAt(london, world.clock.now())), 60)
})

t.test('a crash forgets no more than the last seconds, and calls go on to count', async (t) => {
  const world = new World(noon)
  const call = world.use.begin(charge(anna))
  world.use.answered(call)
  world.clock.advance(62_000)
  world.snapshot = null
  world.restart()
  const again = world.use.resume(call.id)
  world.use.answered(again)
  world.clock.advance(6_000)
  world.snapshot = snapshot
  world.clock.advance(10_000)
  t.equal(world.use.use('anna', 'calls', 0), 1)
  t.equal(world.secondsOf('anna'), 60 + 15, 'what was talked before there was a configuration is not lost')
  world.use.over(again)
  t.equal(world.secondsOf('anna'), 60 + 16)
})

t.test('entries of past days and damaged ones are let go', async (t) => {
  const world = new World(noon)
  const today = dayAt(london, noon)
  for (const [key, value] of [
    ['high/anna', `${today - 3} 5000`],
    ['low/anna', 'damaged'],
    ['medium/anna', `${today} 5000`],
  ] as const) {
    world.entries.set(key, { kind: 'toll', key, value })
  }
  world.restart()
  t.same([...world.entries.keys()], ['medium/anna'])
  t.equal(world.use.use('anna', 'medium', today), 5)
  t.same(world.use.uses('anna'), { [`medium/${today}`]: 5 })
})

t.test('calls outside business hours are counted when they ring', async (t) => {
  const world = new World(noon)
  world.use.over(world.use.begin(charge(sid, 'high', true)))
  t.equal(world.use.use('sid', 'outsideHours', dayAt(sydney, noon)), 1)
  t.equal(world.use.use('account:account', 'outsideHours', dayAt(london, noon)), 1)
})

t.test('calls under way end when the minutes are used up, and an administrator is told once', async (t) => {
  const world = new World(noon)
  const [first, second, other] = [charge(anna), charge(anna), charge(anna, 'low')].map((each) => world.use.begin(each))
  for (const call of [first, second, other]) if (call !== undefined) world.use.answered(call)
  world.clock.advance(5 * minute - 5000)
  t.same(world.ended, [])
  world.clock.advance(5000)
  t.same(world.ended, [first, second], 'ten minutes of two calls')
  t.same(world.told, [{ at: noon + 5 * minute, key: 'anna', counter: 'high', placer: 'anna', name: 'Anna' }])
  world.use.limitReached(anna, 'anna', 'high')
  t.equal(world.use.limitsReached, 1)
  world.clock.advance(10 * minute)
  world.use.limitReached(anna, 'anna', 'high')
  t.equal(world.told.length, 2)
})

t.test('calls of all end when the minutes of the account are used up', async (t) => {
  const world = new World(noon)
  for (const placer of [anna, sid, sales]) world.use.answered(world.use.begin(charge(placer)))
  world.clock.advance(7 * minute)
  t.equal(world.ended.length, 3)
  t.equal(world.told[0]?.key, 'account:account')
})

t.test('what somebody has used is shown', async (t) => {
  const world = new World(noon)
  world.use.answered(world.use.begin(charge(anna)))
  world.clock.advance(minute)
  t.same(
    [...world.use.views()],
    ['anna', 'account:account'].map((key) => ({
      key,
      calls: 1,
      seconds: { low: 0, medium: 0, high: 60 },
      outsideHours: 0,
    })),
  )
})
