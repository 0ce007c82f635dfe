import { once } from 'node:events'
import { connect } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import { ControlClient, engineLives } from './client.ts'
import { FrameReader, frame } from './frames.ts'
import { textLine } from './log-output.ts'
import type { EngineStatus, RegistrationEntry } from './protocol.ts'
import { readRequest } from './protocol.ts'
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

async function running(t: Test, registrations = 0) {
  const folder = t.testdir()
  const server = new ControlServer({
    status: () => status,
    registrations: () => Array.from({ length: registrations }, (_, index) => registration(index)),
    calls: () => [],
    facts: (users, trunks) => ({
      registered: Object.fromEntries(users.map((id) => [id, id === 'anna'])),
      linesInUse: {},
      outsideForwards: {},
      channelsInUse: Object.fromEntries(trunks.map((id) => [id, 2])),
    }),
  })
  await server.listen(folder)
  t.teardown(() => server.close())
  return { folder, server }
}

t.test('requests are answered, long lists in pages', async (t) => {
  const { folder } = await running(t, 4321)
  const client = await ControlClient.open(folder)
  t.teardown(() => client.close())
  t.same(await client.status(), status)
  const registrations = await client.registrations()
  t.equal(registrations.length, 4321)
  t.same(registrations.at(-1), registration(4320))
  t.same(await client.calls(), [])
  t.match(await client.facts(['anna', 'bo'], ['carrier']), {
    registered: { anna: true, bo: false },
    channelsInUse: { carrier: 2 },
  })
})

t.test('no engine, and a socket that one left behind', async (t) => {
  const empty = t.testdir()
  await t.rejects(ControlClient.open(empty), { message: /No server is running/ })
  t.equal(await engineLives(empty), false)
  const { folder, server } = await running(t)
  t.equal(await engineLives(folder), true)
  const again = new ControlServer({
    status: () => ({ ...status, pid: 8 }),
    registrations: () => [],
    calls: () => [],
    facts: () => ({ registered: {}, linesInUse: {}, outsideForwards: {}, channelsInUse: {} }),
  })
  await again.listen(folder)
  t.teardown(() => again.close())
  const client = await ControlClient.open(folder)
  t.equal((await client.status()).pid, 8)
  await again.close()
  await t.rejects(client.status(), { message: /closed/ })
  await server.close()
})

t.test('nonsense ends the connection and nothing else', async (t) => {
  const { folder } = await running(t)
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{x')]),
  ]) {
    const socket = connect(socketPath(folder).path)
    socket.write(bytes)
    socket.resume()
    await once(socket, 'close')
  }
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
  t.same(readRequest({ id: 1, request: 'calls', more: 1 }), { id: 1, request: 'calls' })
  for (const bad of [
    null,
    7,
    {},
    { id: 1 },
    { id: 1, request: 'stop' },
    { id: 1, request: 'facts', users: [1], trunks: [] },
  ]) {
    t.type(readRequest(bad), 'string')
  }
})

t.test('log lines for people', async (t) => {
  const line = textLine('{"level":40,"time":0,"process":"engine","msg":"Odd \\u001b[31m","count":3,"peer":"a b"}')
  t.match(line, /^\d\d:\d\d:\d\d warn {2}Odd \?\[31m \(count 3, peer a b\)\n$/)
})
