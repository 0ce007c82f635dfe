import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import type { MediaSide, SessionStatistics } from '../../media/protocol.ts'
import { pcmu, sideOf } from '../../media/session/session-under-test.ts'
import { EngineEnd, isHello, killed, startMedia } from './media-process.ts'

class Phone {
  readonly socket = createSocket('udp4')
  heard = 0
  lastHeard = 0
  longestGap = 0
  #sequence = 0

  constructor() {
    this.socket.on('message', () => {
      const now = performance.now()
      if (this.lastHeard > 0) this.longestGap = Math.max(this.longestGap, now - this.lastHeard)
      this.lastHeard = now
      this.heard++
    })
  }

  async open(): Promise<number> {
    this.socket.bind(0, '127.0.0.1')
    await once(this.socket, 'listening')
    return this.socket.address().port
  }

  speak(port: number): void {
    const packet = Buffer.alloc(172, 0x55)
    packet[0] = 0x80
    packet[1] = 0
    packet.writeUInt16BE(this.#sequence & 0xffff, 2)
    packet.writeUInt32BE(this.#sequence * 160, 4)
    packet.writeUInt32BE(9, 8)
    this.#sequence++
    this.socket.send(packet, port, '127.0.0.1')
  }
}

function side(id: string, port: number, remote: number): MediaSide {
  return sideOf(id, port, {
    local: { address: '127.0.0.1', port, rtcpPort: port + 1 },
    remote: { address: '127.0.0.1', port: remote, rtcpPort: remote },
    sending: [pcmu],
    taking: [pcmu],
  })
}

function isLast(report: { readonly report: string }): report is SessionStatistics {
  return report.report === 'statistics' && 'last' in report && report.last === true
}

async function until(enough: () => boolean): Promise<void> {
  while (!enough()) await new Promise((resolve) => setTimeout(resolve, 5))
}

t.test('sound outlives an engine that is restarted and a media process that is killed', async (t) => {
  const dataFolder = t.testdir()
  const first = 22_000 + (process.pid % 2000) * 2
  const ports = { first, last: first + 99 }
  const engine = new EngineEnd(dataFolder)
  let child = startMedia({ dataFolder, ports, udpSocket: 'auto' })
  t.teardown(async () => {
    child.kill('SIGKILL')
    engine.end()
  })
  const [a, b] = [new Phone(), new Phone()]
  const [portA, portB] = [await a.open(), await b.open()]
  t.teardown(() => {
    a.socket.close()
    b.socket.close()
  })
  const hello = await engine.heard(isHello)
  t.match(hello, { version: 2, process: 0, edges: 'none', rtpengine: '', ports, pid: child.pid })
  const call = (id: string, place: number, from: number, to: number) => ({
    id,
    sides: [side(`${id}-a`, first + place, from), side(`${id}-b`, first + place + 2, to)],
    join: 'relay' as const,
    recording: null,
  })
  engine.set(call('one', 0, portA, portB))
  engine.set(call('gone', 4, portA, portB))
  const talk = setInterval(() => {
    a.speak(first)
    b.speak(first + 2)
  }, 20)
  t.teardown(() => clearInterval(talk))
  await until(() => a.heard > 10 && b.heard > 10)

  a.longestGap = 0
  engine.sessions.delete('gone')
  engine.drop()
  await engine.heard(isHello, engine.reports.length)
  t.match(await engine.heard(isLast), { session: 'gone' }, 'what the engine does not know any more is closed')
  const before = a.heard
  await until(() => a.heard > before + 10)
  t.ok(a.longestGap < 300, `${Math.round(a.longestGap)} ms without sound while the engine was away`)

  a.longestGap = 0
  b.longestGap = 0
  await killed(child)
  const heard = engine.reports.length
  child = startMedia({ dataFolder, ports, udpSocket: 'auto' })
  await engine.heard(isHello, heard)
  const after = a.heard
  await until(() => a.heard > after + 10 && b.heard > after + 10)
  t.ok(
    // A second is the goal; other tests share the processors.
    a.longestGap < 5000 && b.longestGap < 5000,
    `${Math.round(Math.max(a.longestGap, b.longestGap))} ms without sound`,
  )

  engine.close('one')
  const last = await engine.heard(isLast, heard)
  t.ok(last.sides.every(({ received, sent }) => received.packets > 5 && sent.packets > 5))
})

t.test('ports that somebody else has: the other side goes on, and the engine is told why', async (t) => {
  const dataFolder = t.testdir()
  const engine = new EngineEnd(dataFolder)
  const taken = new Phone()
  const port = await taken.open()
  const child = startMedia({ dataFolder, ports: { first: 20_000, last: 20_099 }, udpSocket: 'dgram' })
  t.teardown(() => {
    child.kill('SIGKILL')
    engine.end()
    taken.socket.close()
  })
  await engine.heard(isHello)
  const broken = { ...side('x', port, 9), local: { address: '127.0.0.1', port, rtcpPort: port } }
  engine.set({ id: 'one', sides: [broken], join: 'echo', recording: null })
  const failed = await engine.heard(
    (report): report is typeof report & { report: 'sideFailed' } => report.report === 'sideFailed',
  )
  t.match(failed, { session: 'one', side: 'x', why: /RTP port \d+ of 127\.0\.0\.1 cannot be used/ })
})

t.test('a recording is on the disk, whole, when it is reported complete', async (t) => {
  const dataFolder = t.testdir()
  const first = 26_000 + (process.pid % 500) * 2
  const engine = new EngineEnd(dataFolder)
  const child = startMedia({ dataFolder, ports: { first, last: first + 99 }, udpSocket: 'auto' })
  const phone = new Phone()
  t.teardown(() => {
    child.kill('SIGKILL')
    engine.end()
    phone.socket.close()
  })
  const from = await phone.open()
  await engine.heard(isHello)
  const recording = { id: 'r1', state: 'on', beepSeconds: 0, description: {} } as const
  engine.set({ id: 'one', sides: [side('x', first, from)], join: 'echo', recording })
  const talk = setInterval(() => phone.speak(first), 20)
  t.teardown(() => clearInterval(talk))
  await until(() => phone.heard > 20)
  engine.close('one')
  const complete = await engine.heard(
    (report): report is typeof report & { report: 'recording' } =>
      report.report === 'recording' && report.state === 'complete',
  )
  t.match(complete, { session: 'one', recording: 'r1', fault: '' })
  t.ok(complete.milliseconds > 300 && complete.bytes > 300 * 16, `${complete.milliseconds} ms`)
  t.match(complete.sha256, /^[0-9a-f]{64}$/)
})
