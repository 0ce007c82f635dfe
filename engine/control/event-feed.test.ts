import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { EventFeed } from './event-feed.ts'
import { FrameReader, largestFrame } from './frames.ts'
import type { EventFrame, LiveEvent } from './live-events.ts'
import { isEventFrame } from './live-events.ts'

function ended(number: number, text = ''): LiveEvent {
  const call = {
    id: String(number),
    state: 'answered',
    caller: text,
    dialled: '1',
    callee: '',
    startedAt: 1,
    answeredAt: 2,
    heldBy: 'nobody',
    parties: [],
  } as const
  return { event: 'call-ended', at: 3, call, status: 200 }
}

/** Both ends of a Unix socket, and what arrives at the far one. */
async function pair(t: Test) {
  const server = createServer()
  // Shorter than a folder of tap's, for there is little room for names of sockets.
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-'))
  const path = join(folder, 'socket')
  server.listen(path)
  const far = connect(path)
  const [near] = (await once(server, 'connection')) as [Socket]
  t.teardown(() => {
    far.destroy()
    near.destroy()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const frames: EventFrame[] = []
  const reader = new FrameReader(largestFrame)
  const read = () =>
    far.on('data', (data) => {
      for (const value of reader.push(data)) if (isEventFrame(value)) frames.push(value)
    })
  const until = async (enough: () => boolean) => {
    while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { near, far, frames, read, until }
}

t.test('events are put together, and nobody is asked for them while nobody listens', async (t) => {
  const told: boolean[] = []
  const feed = new EventFeed((listening) => told.push(listening))
  const { near, far, frames, read, until } = await pair(t)
  read()
  feed.subscribe(near)
  feed.subscribe(near)
  t.same(told, [true])
  t.equal(feed.subscribers, 1)
  feed.push(ended(1))
  feed.push(ended(2))
  await until(() => frames.length > 0)
  t.same(frames, [{ events: [ended(1), ended(2)], missed: 0 }])
  far.destroy()
  await once(near, 'close')
  t.same(told, [true, false])
  feed.push(ended(3))
  t.equal(feed.missed, 0)
})

t.test('unsubscribing leaves the connection open', async (t) => {
  const told: boolean[] = []
  const feed = new EventFeed((listening) => told.push(listening))
  const { near } = await pair(t)
  feed.subscribe(near)
  feed.unsubscribe(near)
  feed.unsubscribe(near)
  t.same(told, [true, false])
  t.equal(near.destroyed, false)
})

t.test('who does not read misses events and is told how many; others are not concerned', async (t) => {
  const feed = new EventFeed(() => undefined)
  const slow = await pair(t)
  const quick = await pair(t)
  quick.read()
  feed.subscribe(slow.near)
  feed.subscribe(quick.near)
  const pushed = 400
  for (let number = 0; number < pushed; number++) {
    feed.push(ended(number, 'x'.repeat(20_000)))
    if (number % 10 === 0) await slow.until(() => quick.frames.flatMap(({ events }) => events).length > number)
  }
  await slow.until(() => quick.frames.flatMap(({ events }) => events).length === pushed)
  t.equal(
    quick.frames.every(({ missed }) => missed === 0),
    true,
  )
  t.ok(feed.missed > 0)
  t.ok(slow.near.writableLength < 2 * 1024 * 1024, 'memory is bounded')
  slow.read()
  await slow.until(() => slow.near.writableLength === 0)
  feed.push(ended(pushed))
  await slow.until(() => slow.frames.at(-1)?.events.at(-1)?.event === 'call-ended' && slow.frames.at(-1)?.missed !== 0)
  const seen = slow.frames.flatMap(({ events }) => events).length
  const missed = slow.frames.reduce((sum, frame) => sum + frame.missed, 0)
  t.equal(seen + missed, pushed + 1)
  t.equal(missed, feed.missed)
})

t.test('a flood within one write is cut, and counted', async (t) => {
  const feed = new EventFeed(() => undefined)
  const { near, frames, read, until } = await pair(t)
  read()
  feed.subscribe(near)
  for (let number = 0; number < 1200; number++) feed.push(ended(number))
  await until(() => frames.length > 0)
  t.equal(frames[0]?.events.length, 1000)
  feed.push(ended(1200))
  await until(() => frames.length > 1)
  t.equal(frames[1]?.missed, 200)
})
