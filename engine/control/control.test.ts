import { once } from 'node:events'
import { connect } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import { Alerts } from './alerts.ts'
import { ControlClient, engineLives } from './client.ts'
import { EventFeed } from './event-feed.ts'
import { FrameReader, frame } from './frames.ts'
import { textLine } from './log-output.ts'
import type { EngineMetrics } from './metrics.ts'
import { PhoneChangeOrders } from './phone-changes.ts'
import type { CallEntry, EngineStatus, RegistrationEntry } from './protocol.ts'
import { mostRequests, readRequest } from './protocol.ts'
import type { ControlSource } from './server.ts'
import { ControlServer } from './server.ts'
import { socketPath } from './socket-path.ts'

const status: EngineStatus = {
  pid: 7,
  version: '0.1.0',
  startedAt: 1,
  revision: 3,
  documentProblems: [],
  calls: 0,
  registrations: 0,
  connections: 0,
  draining: false,
  journalHealthy: true,
  listeners: ['UDP 127.0.0.1:5060'],
}

function registration(index: number): RegistrationEntry {
  return {
    id: String(index + 1),
    userId: `user-${index}`,
    user: 'Zoë Ünal',
    extension: String(1000 + index),
    sipUserName: `phone${index}`,
    deviceId: `device-${index}`,
    contact: 'sip:x@127.0.0.1',
    behindNat: false,
    transport: 'UDP',
    source: '127.0.0.1:5070',
    expiresAt: 5,
    userAgent: '',
  }
}

function call(index: number): CallEntry {
  return {
    id: `call${index}`,
    state: index % 2 === 0 ? 'ringing' : 'answered',
    caller: `${1000 + index} Nora`,
    dialled: '1002',
    callee: '1002 Sam',
    startedAt: 1000 + (index >> 1),
    answeredAt: 0,
    heldBy: 'nobody',
    parties: [{ kind: 'user', id: `user-${index % 3}`, title: 'Nora' }],
  }
}

function source(registrations: number, calls: number): ControlSource {
  return {
    status: () => status,
    metrics: () => ({ signInsFailed: 3 }) as EngineMetrics,
    bans: () => [{ source: '192.0.2.1', until: 5 }],
    callOrder: () => ({ done: true, calls: ['one'] }),
    recordCall: (call, action) =>
      call === 'c1' ? { outcome: 'done', reason: action } : { outcome: 'unknown', reason: '' },
    liftBan: (address) => address === '192.0.2.1',
    // Backwards: the order of pages is not the order in which the engine happens to have them.
    registrations: () => Array.from({ length: registrations }, (_, index) => registration(registrations - 1 - index)),
    subscriptions: () => [],
    calls: () => Array.from({ length: calls }, (_, index) => call(index)),
    phoneChanges: new PhoneChangeOrders(),
    trunks: () => [],
    parked: () => [],
    ladder: async (call) => (call === 'known' ? { messages: [], more: 7, notes: [] } : null),
    facts: (users, trunks) => ({
      registered: Object.fromEntries(users.map((id) => [id, id === 'anna'])),
      linesInUse: {},
      outsideForwards: {},
      tollUse: {},
      channelsInUse: Object.fromEntries(trunks.map((id) => [id, 2])),
      lastAnswered: {},
      idleSince: {},
      trunkStates: Object.fromEntries(trunks.map((id) => [id, 'down'])),
    }),
    bringIntoForce: async (revision) => {
      // As if the snapshot were still being compiled.
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { inForce: revision <= status.revision, revision: status.revision, problems: ['no'] }
    },
    events: new EventFeed(() => undefined),
    tollUse: () => [{ key: 'anna', name: 'Anna', calls: 1, seconds: { low: 0, medium: 0, high: 60 }, outsideHours: 0 }],
    alerts: new Alerts(),
  }
}

async function running(t: Test, registrations = 0, calls = 0) {
  const folder = t.testdir()
  const warnings: string[] = []
  const log = { warn: (fields: object) => warnings.push((fields as { why: string }).why) }
  const server = new ControlServer(source(registrations, calls), log)
  await server.listen(folder)
  t.teardown(() => server.close())
  return { folder, server, warnings }
}

t.test('requests are answered, long lists in pages', async (t) => {
  const { folder } = await running(t, 4321)
  const client = await ControlClient.open(folder)
  t.teardown(() => client.close())
  t.same(await client.status(), status)
  const registrations = await client.registrations()
  t.equal(registrations.length, 4321)
  t.same(registrations.at(-1), registration(0))
  t.same(await client.calls(), [])
  t.same(await client.ladder('known'), { messages: [], more: 7, notes: [] })
  t.equal(await client.ladder('other'), null)
  t.match(await client.facts(['anna', 'bo'], ['carrier']), {
    registered: { anna: true, bo: false },
    channelsInUse: { carrier: 2 },
  })
  t.same(await client.bans(), [{ source: '192.0.2.1', until: 5 }])
  t.same(await client.recordCall('c1', 'pause'), { outcome: 'done', reason: 'pause' })
  t.equal((await client.recordCall('c2', 'stop')).outcome, 'unknown')
  t.equal(await client.liftBan('192.0.2.1'), true)
  t.equal(await client.liftBan('192.0.2.2'), false)
})

t.test('requests do not wait for each other', async (t) => {
  const { folder } = await running(t)
  const client = await ControlClient.open(folder)
  t.teardown(() => client.close())
  const order: string[] = []
  const [changed, refused, metrics] = await Promise.all([
    client.configurationChanged(3, 1000).finally(() => order.push('changed')),
    client.configurationChanged(4, 1000),
    client.metrics().finally(() => order.push('metrics')),
  ])
  t.same(changed, { inForce: true, revision: 3, problems: ['no'] })
  t.equal(refused.inForce, false)
  t.equal(metrics.signInsFailed, 3)
  t.equal((await client.tollUse())[0]?.seconds.high, 60)
  t.same(order, ['metrics', 'changed'])
  await t.rejects(client.configurationChanged(4, 5), { message: /does not answer/ })
  t.same(await client.status(), status, 'the connection stays')
})

t.test('lists in pages, in order, with filters', async (t) => {
  const { folder } = await running(t, 1234, 50)
  const client = await ControlClient.open(folder)
  t.teardown(() => client.close())
  const seen: string[] = []
  let after = ''
  for (;;) {
    const page = await client.registrationPage({ filter: {}, text: '', after, limit: 200 })
    t.equal(page.total, 1234)
    seen.push(...page.items.map(({ id }) => id))
    if (page.next === null) break
    after = page.next
  }
  t.same(
    seen,
    Array.from({ length: 1234 }, (_, index) => String(index + 1)),
  )
  const one = await client.registrationPage({ filter: { extension: '1007' }, text: '', after: '', limit: 200 })
  t.same([one.items, one.next, one.total], [[registration(7)], null, 1])
  const calls = await client.callPage({ filter: { user: 'user-1', state: 'answered' }, text: '', after: '', limit: 3 })
  t.same(
    calls.items.map(({ id }) => id),
    ['call1', 'call7', 'call13'],
  )
  t.equal(calls.total, 9)
  const text = await client.callPage({ filter: {}, text: '1049 nora', after: '', limit: 3 })
  t.same(
    text.items.map(({ id }) => id),
    ['call49'],
  )
})

t.test('no engine, and a socket that one left behind', async (t) => {
  const empty = t.testdir()
  await t.rejects(ControlClient.open(empty), { message: /No server is running/ })
  t.equal(await engineLives(empty), false)
  const { folder, server } = await running(t)
  t.equal(await engineLives(folder), true)
  const again = new ControlServer({ ...source(0, 0), status: () => ({ ...status, pid: 8 }) }, { warn: () => undefined })
  await again.listen(folder)
  t.teardown(() => again.close())
  const client = await ControlClient.open(folder)
  t.equal((await client.status()).pid, 8)
  await again.close()
  await t.rejects(client.status(), { message: /closed/ })
  await server.close()
})

t.test('nonsense ends the connection and nothing else', async (t) => {
  const { folder, warnings } = await running(t)
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{x')]),
    Buffer.concat(
      Array.from({ length: mostRequests + 1 }, (_, id) => frame({ id, request: 'configurationChanged', revision: 1 })),
    ),
  ]) {
    const socket = connect(socketPath(folder).path)
    socket.write(bytes)
    socket.resume()
    await once(socket, 'close')
  }
  t.equal(warnings.length, 3)
  t.match(warnings, [/too long/, /JSON/, /100 requests/])
  const client = await ControlClient.open(folder)
  t.teardown(() => client.close())
  t.same(await client.status(), status)
})

t.test('frames in any pieces', async (t) => {
  const bytes = Buffer.concat([frame({ one: 'ü' }), frame([2]), frame('x'.repeat(1000))])
  for (const size of [1, 3, 7, 1000, bytes.length]) {
    const reader = new FrameReader(5000)
    const values: unknown[] = []
    for (let place = 0; place < bytes.length; place += size)
      values.push(...reader.push(bytes.subarray(place, place + size)))
    t.same(values, [{ one: 'ü' }, [2], 'x'.repeat(1000)])
  }
  t.throws(() => new FrameReader(10).push(frame('x'.repeat(20))))
})

t.test('requests are checked', async (t) => {
  t.same(readRequest({ id: 1, request: 'calls', more: 1 }), { id: 1, request: 'calls', query: null })
  const query = { filter: { user: 'anna' }, text: '', after: '12.ab', limit: 5 }
  t.same(readRequest({ id: 1, request: 'calls', query, more: 1 }), { id: 1, request: 'calls', query })
  const change = { kind: 'user', id: 'anna', after: null }
  const notice = { id: 1, request: 'configurationChanged', revision: 2, changes: [change] }
  t.same(readRequest(notice), notice)
  for (const bad of [
    null,
    7,
    {},
    { id: 1 },
    { id: 1, request: 'stop' },
    { id: 1, request: 'facts', users: [1], trunks: [] },
    { id: 1, request: 'ladder', call: 1 },
    { id: 1, request: 'ladder', call: 'x'.repeat(65) },
    { id: 1, request: 'configurationChanged', revision: '1' },
    { id: 1, request: 'configurationChanged', revision: -1 },
    { id: 1, request: 'configurationChanged', revision: 1, changes: 'all' },
    { id: 1, request: 'configurationChanged', revision: 1, changes: [{ kind: 'user', id: 'anna' }] },
    { id: 1, request: 'configurationChanged', revision: 1, changes: Array.from({ length: 21 }, () => change) },
    { id: 1, request: 'calls', query: 1 },
    { id: 1, request: 'calls', query: { ...query, filter: { secret: 'x' } } },
    { id: 1, request: 'calls', query: { ...query, filter: { user: 'x'.repeat(301) } } },
    { id: 1, request: 'calls', query: { ...query, after: 'x' } },
    { id: 1, request: 'calls', query: { ...query, limit: 201 } },
    { id: 1, request: 'registrations', query: { ...query, text: 7 } },
  ]) {
    t.type(readRequest(bad), 'string')
  }
})

t.test('log lines for people', async (t) => {
  const line = textLine('{"level":40,"time":0,"process":"engine","msg":"Odd \\u001b[31m","count":3,"peer":"a b"}')
  t.match(line, /^\d\d:\d\d:\d\d warn {2}Odd \?\[31m \(count 3, peer a b\)\n$/)
})
