import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import type { LiveEventListener } from '../../../engine/control/engine-client.ts'
import type { LiveEvent } from '../../../engine/control/live-events.ts'
import { EventLog } from './event-log.ts'
import { EventStreams } from './event-streams.ts'

function started(id: string, text = ''): LiveEvent {
  const call = {
    id,
    state: 'ringing',
    caller: text,
    dialled: '1',
    callee: '',
    startedAt: 1,
    answeredAt: 0,
    heldBy: 'nobody',
    parties: [],
  } as const
  return { event: 'call-started', at: 1, call }
}

/** An engine in name only, and whoever listens to it. */
class Engine {
  readonly listeners = new Set<LiveEventListener>()
  readonly listen = (listener: LiveEventListener) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }
  tell(...events: LiveEvent[]): void {
    for (const listener of this.listeners) listener.happened(events)
  }
}

async function serving(t: Test) {
  const engine = new Engine()
  const log = new EventLog(engine, () => 1_700_000_000_000)
  const streams = new EventStreams(log)
  const names = new Set(['call-started'])
  const server: Server = createServer((request, response) => {
    const id = request.headers['last-event-id']
    streams.add(response, { 'content-type': 'text/event-stream' }, names, typeof id === 'string' ? id : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.teardown(() => {
    streams.close()
    server.closeAllConnections()
    server.close()
  })
  const follow = async (lastEventId = '') => {
    const request = get({
      port,
      host: '127.0.0.1',
      headers: lastEventId === '' ? {} : { 'last-event-id': lastEventId },
    })
    const [response] = await once(request, 'response')
    let text = ''
    const read = () => response.on('data', (data: Buffer) => (text += data.toString()))
    return {
      read,
      close: () => request.destroy(),
      text: () => text,
      ended: () => once(response, 'end'),
      ids: () => [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id),
    }
  }
  return { engine, log, streams, follow }
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('events reach their readers; others are left out', async (t) => {
  const { engine, follow } = await serving(t)
  t.equal(engine.listeners.size, 0, 'the engine is asked only while somebody reads')
  const reader = await follow()
  reader.read()
  await until(() => engine.listeners.size === 1)
  engine.tell(started('a'), { ...started('b'), event: 'call-ringing' } as LiveEvent, started('c'))
  await until(() => reader.ids().length === 2)
  t.match(reader.text(), /^retry: 1000\n\nid: \S+-1\nevent: call-started\ndata: \{.*"id":"a".*\}\n\nid: \S+-3\n/)
  t.notMatch(reader.text(), /call-ringing/)
})

t.test('who comes back goes on behind what he saw last', async (t) => {
  const { engine, follow } = await serving(t)
  const first = await follow()
  first.read()
  await until(() => engine.listeners.size === 1)
  engine.tell(started('a'), started('b'))
  await until(() => first.ids().length === 2)
  first.close()
  // While nobody reads.
  await new Promise((resolve) => setTimeout(resolve, 50))
  engine.tell(started('c'))
  const [, second = ''] = first.ids()
  const again = await follow(second)
  again.read()
  engine.tell(started('d'))
  await until(() => again.ids().length === 2)
  t.notMatch(again.text(), /missed/)
  t.match(again.text(), /"id":"c"[\s\S]*"id":"d"/)
})

t.test('who saw something of another life, or too long ago, is told to look again', async (t) => {
  const { engine, log, follow } = await serving(t)
  const reader = await follow('zz-5')
  reader.read()
  await until(() => reader.text().includes('missed'))
  t.match(reader.text(), /event: missed\ndata: \{"count":null\}/)
  for (let number = 0; number < 1200; number++) engine.tell(started(String(number)))
  await until(() => reader.ids().length === 1200)
  const [first = '', second = ''] = reader.ids()
  t.equal(log.after(first), null)
  t.equal(log.after(second), null)
  t.equal(log.after(reader.ids()[1000] ?? '')?.length, 199)
  t.same(log.after(reader.ids().at(-1) ?? ''), [])
  t.equal(log.after('nonsense'), null)
  const last = reader.ids().at(-1) ?? ''
  log.close()
  t.equal(log.after(last), null, 'nobody listened since')
})

t.test('who reads too slowly misses some and is told how many', async (t) => {
  const { engine, follow } = await serving(t)
  const slow = await follow()
  const quick = await follow()
  quick.read()
  await until(() => engine.listeners.size === 1)
  const pushed = 2000
  for (let number = 0; number < pushed; number++) {
    engine.tell(started(String(number), 'x'.repeat(5000)))
    if (number % 20 === 0) await until(() => quick.ids().length > number)
  }
  await until(() => quick.ids().length === pushed)
  t.notMatch(quick.text(), /missed/)
  slow.read()
  await new Promise((resolve) => setTimeout(resolve, 200))
  engine.tell(started('last'))
  await until(() => slow.text().includes('"id":"last"'))
  const missed = [...slow.text().matchAll(/event: missed\ndata: \{"count":(\d+)\}/g)]
  const sum = missed.reduce((total, [, count]) => total + Number(count), 0)
  t.ok(sum > 0)
  t.equal(slow.ids().length + sum, pushed + 1)
})

t.test('the end of the server ends streams', async (t) => {
  const { engine, streams, follow } = await serving(t)
  const reader = await follow()
  reader.read()
  await until(() => engine.listeners.size === 1)
  const ended = reader.ended()
  streams.close()
  await ended
  t.equal(engine.listeners.size, 0)
})
