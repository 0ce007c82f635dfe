import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import type { MediaHello, MediaOrder, MediaReport, MediaSession } from '../../media/protocol.ts'
import type { SoundPorts, SoundReport } from '../calls/sound/media.ts'
import { FrameReader, frame } from '../control/frames.ts'
import type { Flow } from '../sip/transport.ts'
import { MediaServer } from './media-server.ts'
import { PortRange, quarantine } from './port-range.ts'

const flow: Flow = { transport: 'UDP', listener: 0, address: '203.0.113.7', port: 5060, connection: 0 }
const hello: MediaHello = {
  report: 'hello',
  version: 2,
  process: 0,
  pid: 4711,
  edges: 'none',
  rtpengine: '',
  ports: { first: 20_000, last: 20_007 },
  addresses: [{ bind: '192.0.2.1', advertised: '' }],
  abilities: ['play', 'record'],
}
const session = (id: string): MediaSession => ({ id, sides: [], join: 'relay', recording: null })

/** Stands for a media process: says hello and keeps what it is told. */
class Peer {
  readonly orders: MediaOrder[] = []
  readonly #socket: net.Socket
  readonly #waiting: (() => void)[] = []
  closed = false

  constructor(folder: string) {
    this.#socket = net.connect(join(folder, 'media.sock'))
    const reader = new FrameReader(1_000_000)
    this.#socket.on('data', (data) => {
      this.orders.push(...(reader.push(data) as MediaOrder[]))
      for (const wake of this.#waiting.splice(0)) wake()
    })
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.closed = true
      for (const wake of this.#waiting.splice(0)) wake()
    })
  }

  say(report: MediaReport | unknown): void {
    this.#socket.write(frame(report))
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  end(): void {
    this.#socket.destroy()
  }
}

async function start(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-media-'))
  const reports: SoundReport[] = []
  const warnings: string[] = []
  const say = (_: object, message: string) => void warnings.push(message)
  const server = new MediaServer({
    addresses: { isLocal: () => false, sound: () => ({ bind: '192.0.2.1', shown: '198.51.100.1' }) },
    now: () => 0,
    reported: (report) => void reports.push(report),
    log: { debug: say, info: say, warn: say, error: say },
  })
  await server.listen(folder)
  const peers: Peer[] = []
  t.teardown(async () => {
    for (const peer of peers) peer.end()
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  const peer = () => {
    const one = new Peer(folder)
    peers.push(one)
    return one
  }
  return { server, reports, warnings, peer }
}

t.test('a process that is there has ports to give, and is told sessions', async (t) => {
  const { server, reports, peer } = await start(t)
  t.notOk(server.available)
  t.equal(server.take(flow, null, 'plain', null), null)
  const one = peer()
  one.say(hello)
  await one.until(() => one.orders.length >= 2)
  t.same(one.orders, [{ order: 'welcome', version: 2 }, { order: 'synchronised' }])
  t.ok(server.available)
  t.ok(server.can(0, 'play'))
  t.notOk(server.can(0, 'sdes'))
  const ports = server.take(flow, null, 'plain', null)
  t.same(ports, {
    process: 0,
    local: { address: '192.0.2.1', port: 20_000, rtcpPort: 20_001 },
    shown: '198.51.100.1',
  })
  t.equal(server.take(flow, ports, 'plain', null)?.local.port, 20_002)
  server.tell(0, session('a'))
  server.close(0, 'a')
  server.close(0, 'a')
  server.askFigures(0, 'b')
  await one.until(() => one.orders.length >= 5)
  t.same(
    one.orders.slice(2).map(({ order }) => order),
    ['session', 'close', 'statistics'],
  )
  one.say({ report: 'digit', session: 'b', side: 'x', digit: '5', by: 'event' })
  one.say({ report: 'sideFailed', session: 'b', side: 'x', why: 'port taken' })
  while (reports.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  t.same(
    reports.map(({ report }) => report),
    ['digit', 'sideFailed'],
  )
})

t.test('one that comes back is told everything again, and has the same ports', async (t) => {
  const { server, peer, warnings } = await start(t)
  const one = peer()
  one.say(hello)
  await one.until(() => one.orders.length >= 2)
  const ports = server.take(flow, null, 'plain', null)
  server.tell(0, session('a'))
  one.end()
  while (server.available) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(warnings.at(-1), /is gone/)
  t.equal(server.take(flow, null, 'plain', null), null, 'no new calls meanwhile')
  server.tell(0, session('b'))
  const other = peer()
  other.say({ ...hello, pid: 4712 })
  await other.until(() => other.orders.length >= 4)
  t.same(
    other.orders.map((order) => (order.order === 'session' ? order.session.id : order.order)),
    ['welcome', 'a', 'b', 'synchronised'],
  )
  t.not(server.take(flow, ports, 'plain', null)?.local.port, ports?.local.port)
})

t.test('ports of the engine before are not given away, whenever the process comes', async (t) => {
  const { server, peer } = await start(t)
  const taken = { process: 0, local: { address: 'x', port: 20_000, rtcpPort: 20_001 }, shown: 'x' }
  server.takeAgain(taken)
  const one = peer()
  one.say(hello)
  await one.until(() => one.orders.length >= 2)
  t.equal(server.take(flow, null, 'plain', null)?.local.port, 20_002)
})

const local = (port: number) => ({ address: '198.51.100.9', port, rtcpPort: port + 1 })
const edge = (name: string, port: number) => ({
  name,
  outside: local(port),
  inside: local(port + 2),
  rtpengine: '127.0.0.1:2223',
  relayAddress: '127.0.0.1',
})

/** Ports, as soon as the process has said what it has. */
async function had(take: () => SoundPorts | null): Promise<SoundPorts | null> {
  for (;;) {
    const ports = take()
    if (ports !== null) return ports
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

t.test('where an rtpengine is before the process, ports come with an edge: for browsers, or for all', async (t) => {
  const { server, peer } = await start(t)
  const one = peer()
  one.say({ ...hello, edges: 'browsers', rtpengine: '127.0.0.1:2223' })
  const browser = { ufrag: 'abcd', password: 'x'.repeat(22), fingerprint: 'sha-256 AB' }
  one.say({ report: 'prepared', edges: [{ ...edge('p', 30_000), browser }, edge('plain', 30_008)] })
  const phone = await had(() => server.take(flow, null, 'beside browser', null))
  t.equal(phone?.edge, undefined, 'beside a browser no edge is needed')
  const web = server.take(flow, phone, 'browser', null)
  t.match(web, { process: 0, shown: '198.51.100.9', local: { address: '127.0.0.1' }, edge: { name: 'p', browser } })
  t.equal(server.take(flow, null, 'browser', null), null, 'it is used up')
  t.equal(server.take(flow, phone, 'browser', null), null)
  t.match(server.take(flow, phone, 'browser', web?.edge ?? null), { edge: { name: 'p' } }, 'but goes on elsewhere')

  const all = peer()
  all.say({ ...hello, process: 1, edges: 'all', rtpengine: '127.0.0.1:2225' })
  all.say({ report: 'prepared', edges: [edge('q', 30_004)] })
  const beside = { process: 1, local: local(1), shown: '' }
  t.match(await had(() => server.take(flow, beside, 'plain', null)), { edge: { name: 'q' } })
  t.equal(server.take(flow, beside, 'browser', web?.edge ?? null), null, 'an edge of another rtpengine is no use to it')
})

t.test('what is no media process of ours is cut off', async (t) => {
  const { server, peer } = await start(t)
  for (const wrong of [{ ...hello, version: 1 }, { report: 'digit' }, 'hello', 7]) {
    const one = peer()
    one.say(wrong)
    await one.until(() => one.closed)
    t.notOk(server.available)
  }
})

t.test('a port is used again as late as possible, and not before its packets are gone', async (t) => {
  let now = 0
  const inUse = new Set<number>()
  const range = new PortRange(20_001, 20_006, () => now, inUse)
  t.same([range.take(), range.take(), range.take(), range.take()], [20_002, 20_004, 20_006, 0])
  range.give(20_004)
  range.give(20_002)
  range.give(20_002)
  t.equal(inUse.size, 1)
  t.equal(range.take(), 0, 'too early')
  now = quarantine
  t.same([range.take(), range.take(), range.take()], [20_004, 20_002, 0])
})
