import type { Test } from 'tap'
import t from 'tap'
import { Alerts } from './alerts.ts'
import type { LiveEventListener } from './engine-client.ts'
import { EngineClient } from './engine-client.ts'
import { EventFeed } from './event-feed.ts'
import type { LiveEvent } from './live-events.ts'
import type { EngineMetrics } from './metrics.ts'
import { PhoneChangeOrders } from './phone-changes.ts'
import type { EngineStatus } from './protocol.ts'
import type { ControlSource } from './server.ts'
import { ControlServer } from './server.ts'

const quiet = { info: () => undefined, warn: () => undefined }

/** An engine in name only. */
class Engine {
  readonly server: ControlServer
  readonly events: EventFeed
  readonly alerts = new Alerts()
  listening = false
  revision: number

  constructor(pid: number, revision: number, more: Partial<ControlSource> = {}) {
    this.revision = revision
    this.events = new EventFeed((listening) => {
      this.listening = listening
    })
    this.server = new ControlServer(
      {
        status: () => ({ pid }) as EngineStatus,
        metrics: () => ({ startedAt: pid }) as EngineMetrics,
        bans: () => [],
        callOrder: () => ({ done: true, calls: [] }),
        recordCall: () => ({ outcome: 'unknown', reason: '' }),
        liftBan: () => false,
        registrations: () => [],
        subscriptions: () => [],
        calls: () => [],
        trunks: () => [],
        parked: () => [],
        phoneChanges: new PhoneChangeOrders(),
        ladder: async () => null,
        facts: () => ({
          registered: {},
          linesInUse: {},
          outsideForwards: {},
          tollUse: {},
          channelsInUse: {},
          lastAnswered: {},
          idleSince: {},
          trunkStates: {},
        }),
        bringIntoForce: async (wanted) => ({
          inForce: this.revision >= wanted,
          revision: this.revision,
          problems: [],
        }),
        events: this.events,
        tollUse: () => [],
        alerts: this.alerts,
        ...more,
      },
      { warn: () => undefined },
    )
  }

  static async start(t: Test, folder: string, pid: number, more: Partial<ControlSource> = {}): Promise<Engine> {
    const engine = new Engine(pid, pid, more)
    await engine.server.listen(folder)
    t.teardown(() => engine.server.close())
    return engine
  }
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const removed: LiveEvent = {
  event: 'registration-removed',
  at: 1,
  registration: {
    id: '1',
    userId: 'anna',
    user: 'Anna',
    extension: '1001',
    sipUserName: 'anna',
    deviceId: 'anna',
    contact: 'sip:x',
    transport: 'UDP',
    source: '127.0.0.1:1',
    behindNat: false,
    userAgent: '',
    expiresAt: 1,
  },
}

t.test('a question that is asked while one engine ends is answered by the next', async (t) => {
  const folder = t.testdir()
  const first = await Engine.start(t, folder, 1, {
    // It dies over this question.
    bringIntoForce: async () => {
      await first.server.close()
      return { inForce: true, revision: 1, problems: [] }
    },
  })
  const client = new EngineClient({ dataFolder: folder, log: quiet })
  t.teardown(() => client.close())
  t.equal((await client.status())?.pid, 1)
  t.equal(client.reached, true)
  const asked = client.bringIntoForce(2)
  await until(() => !client.reached)
  const waiting = client.metrics()
  await Engine.start(t, folder, 2)
  t.equal(await asked, true)
  t.equal((await waiting)?.startedAt, 2)
  t.equal(await client.bringIntoForce(3), false)
})

t.test('no engine: answers are null, not errors, and late engines are found', async (t) => {
  const folder = t.testdir()
  const client = new EngineClient({ dataFolder: folder, log: quiet })
  t.teardown(() => client.close())
  t.equal(await client.bringIntoForce(1, [], 50), false)
  t.equal(client.reached, false)
  t.equal(await client.status(), null)
  const began = performance.now()
  t.equal(await client.calls(), null)
  t.ok(performance.now() - began < 500, 'who is known to be away is not waited for')
  await Engine.start(t, folder, 7)
  await until(() => client.reached)
  t.equal((await client.status())?.pid, 7)
})

t.test('a revision that takes too long is not in force; the connection stays', async (t) => {
  const folder = t.testdir()
  await Engine.start(t, folder, 1, { bringIntoForce: () => new Promise(() => undefined) })
  const client = new EngineClient({ dataFolder: folder, log: quiet })
  t.teardown(() => client.close())
  await until(() => client.reached)
  t.equal(await client.bringIntoForce(1, [], 30), false)
  t.equal(client.reached, true)
})

t.test('events go on over a restart, and are asked for only while somebody listens', async (t) => {
  const folder = t.testdir()
  const first = await Engine.start(t, folder, 1)
  const client = new EngineClient({ dataFolder: folder, log: quiet })
  t.teardown(() => client.close())
  await until(() => client.reached)
  t.equal(first.listening, false)
  const seen: LiveEvent[] = []
  const missed: (number | null)[] = []
  const listener: LiveEventListener = {
    happened: (events) => seen.push(...events),
    missed: (count) => missed.push(count),
  }
  const stopFailing = client.listen({
    happened: async () => {
      throw new Error('a listener that fails later')
    },
    missed: () => {
      throw new Error('a listener that fails at once')
    },
  })
  const stop = client.listen(listener)
  await until(() => first.listening)
  first.events.push(removed)
  await until(() => seen.length === 1)
  t.same(missed, [])
  await first.server.close()
  await until(() => missed.length === 1)
  t.same(missed, [null])
  const second = await Engine.start(t, folder, 2)
  await until(() => second.listening)
  second.events.push(removed)
  await until(() => seen.length === 2)
  t.same(seen, [removed, removed])
  stop()
  stopFailing()
  await until(() => !second.listening)
  t.equal(client.reached, true)
})

t.test('whoever waits when it is closed gets null', async (t) => {
  const client = new EngineClient({ dataFolder: t.testdir(), log: quiet })
  const asked = client.status()
  client.close()
  t.equal(await asked, null)
})

t.test('what a revision changed goes along with the notice of it where it is little', async (t) => {
  const folder = t.testdir()
  const noticed: unknown[] = []
  await Engine.start(t, folder, 1, {
    bringIntoForce: async (revision, changes) => {
      noticed.push(changes)
      return { inForce: true, revision, problems: [] }
    },
  })
  const client = new EngineClient({ dataFolder: folder, log: quiet })
  t.teardown(() => client.close())
  const change = { kind: 'user', id: 'anna', before: { id: 'anna', title: 'CTO' }, after: { id: 'anna' } } as const
  const long = { ...change, after: { id: 'anna', title: 'x'.repeat(70_000) } }
  for (const changes of [[change], [], Array.from({ length: 21 }, () => change), [long]]) {
    t.equal(await client.bringIntoForce(1, changes), true)
  }
  t.same(noticed, [[{ kind: 'user', id: 'anna', after: { id: 'anna' } }], null, null, null])
})

t.test(
  'alerts reach whoever follows them, also those that came before, and after the engine was replaced',
  async (t) => {
    const folder = t.testdir()
    const alert = (at: number) =>
      ({ event: 'toll-fraud-limit', at, key: 'anna', counter: 'high', placer: 'anna', name: 'Anna' }) as const
    const first = await Engine.start(t, folder, 1)
    first.alerts.tell(alert(1))
    const client = new EngineClient({ dataFolder: folder, log: quiet })
    t.teardown(() => client.close())
    const taken: number[] = []
    const heard: LiveEvent[] = []
    client.followAlerts(({ at }) => taken.push(at))
    client.listen({ happened: (events) => heard.push(...events), missed: () => undefined })
    await until(() => taken.length === 1)
    first.alerts.tell(alert(2))
    await until(() => taken.length === 2)
    await first.server.close()
    const second = await Engine.start(t, folder, 2)
    second.alerts.tell(alert(3))
    await until(() => taken.length === 3)
    t.same(taken, [1, 2, 3])
    t.same(heard.at(-1), alert(3), 'whoever listens to events hears of them')
  },
)
