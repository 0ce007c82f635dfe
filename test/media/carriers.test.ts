/** The same whether packets come to the relay's own ports or through an rtpengine: all that calls want of sound. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type {
  DigitHeard,
  LocalPorts,
  MediaSide,
  PlayEnded,
  PreparedEdge,
  PreparedEdges,
  RecordingChanged,
  SessionStatistics,
  SideFailed,
} from '../../media/protocol.ts'
import { events, pcmu, sideOf } from '../../media/session/session-under-test.ts'
import { EngineEnd, isHello, killed, startMedia } from './media-process.ts'
import { startRtpengine, withoutRtpengine } from './rtpengine-daemon.ts'

const base = 28_000 + (process.pid % 400) * 10

/** A phone on a host of loopback. */
class Phone {
  readonly socket = createSocket('udp4')
  port = 0
  heard: Buffer[] = []
  #sequence = 100

  async open(address: string): Promise<this> {
    this.socket.on('message', (packet) => this.heard.push(packet))
    this.socket.bind(0, address)
    await once(this.socket, 'listening')
    this.port = this.socket.address().port
    return this
  }

  /** Says something to a port, a packet every 20 ms. */
  async say(word: string, to: LocalPorts, packets = 10): Promise<void> {
    for (let index = 0; index < packets; index++) {
      const packet = Buffer.alloc(172, word)
      packet[0] = 0x80
      packet[1] = 0
      packet.writeUInt16BE(this.#sequence, 2)
      packet.writeUInt32BE(this.#sequence * 160, 4)
      packet.writeUInt32BE(this.port, 8)
      this.#sequence++
      this.socket.send(packet, to.port, to.address)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Presses a key (RFC 4733): the beginning, and the end three times. */
  async press(event: number, to: LocalPorts): Promise<void> {
    for (let index = 0; index < 6; index++) {
      const packet = Buffer.alloc(16)
      packet[0] = 0x80
      packet[1] = index === 0 ? 0x80 | events.payloadType : events.payloadType
      packet.writeUInt16BE(this.#sequence++, 2)
      packet.writeUInt32BE(this.port, 8)
      packet[12] = event
      packet[13] = index > 2 ? 0x8a : 0x0a
      packet.writeUInt16BE(160 * (index + 1), 14)
      this.socket.send(packet, to.port, to.address)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** How many packets of a word have been heard since this was last asked. */
  take(word: string): number {
    return this.heard.splice(0).filter((packet) => packet.subarray(12).every((byte) => byte === word.charCodeAt(0)))
      .length
  }
}

interface Carrier {
  readonly engine: EngineEnd
  readonly dataFolder: string
  /** Ports of the two sides, and what is between. */
  readonly ends: readonly [Pick<MediaSide, 'local' | 'edge'>, Pick<MediaSide, 'local' | 'edge'>]
  end(): Promise<void>
}

const local = (port: number): LocalPorts => ({ address: '127.0.0.1', port, rtcpPort: port + 1 })
const ports = { first: base, last: base + 9 }

async function ownRelay(dataFolder: string): Promise<Carrier> {
  const engine = new EngineEnd(dataFolder)
  const child = startMedia({ dataFolder, ports })
  await engine.heard(isHello)
  return {
    engine,
    dataFolder,
    ends: [{ local: local(base) }, { local: local(base + 2) }],
    async end() {
      await killed(child)
      engine.end()
    },
  }
}

async function rtpengine(dataFolder: string): Promise<Carrier> {
  const control = base + 9
  const daemon = startRtpengine(control, { first: base - 2000, last: base - 1500 })
  const engine = new EngineEnd(dataFolder)
  const child = startMedia({ dataFolder, ports, rtpengine: { address: '127.0.0.1', port: control, serves: 'all' } })
  const hello = await engine.heard(isHello)
  if (hello.edges !== 'all') throw new Error(JSON.stringify(hello))
  const edges: PreparedEdge[] = []
  while (edges.length < 2) {
    const report = await engine.heard(
      (one): one is PreparedEdges =>
        one.report === 'prepared' && one.edges.some((edge) => edge.browser === undefined && !edges.includes(edge)),
    )
    edges.push(...report.edges.filter((edge) => edge.browser === undefined))
  }
  const [first, second] = edges as [PreparedEdge, PreparedEdge]
  return {
    engine,
    dataFolder,
    ends: [
      { local: local(base), edge: first },
      { local: local(base + 2), edge: second },
    ],
    async end() {
      await killed(child)
      await killed(daemon)
      engine.end()
    },
  }
}

/** Where its party sends to. */
function placeOf({ local, edge }: Carrier['ends'][number]): LocalPorts {
  return edge?.outside ?? local
}

function side(
  id: string,
  { local, edge }: Carrier['ends'][number],
  address: string,
  port: number,
  changes: Partial<MediaSide> = {},
): MediaSide {
  const remote = { address, port, rtcpPort: port + 1 }
  const formats = [pcmu, events]
  const between = edge === undefined ? {} : { edge }
  return sideOf(id, local.port, { local, ...between, remote, sending: formats, taking: formats, ...changes })
}

/** A WAV file of 16 bits and 8000 Hz with a tone. */
function wave(milliseconds: number): Buffer {
  const bytes = Buffer.alloc(44 + milliseconds * 16)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8000, 24)
  bytes.writeUInt32LE(16_000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(milliseconds * 16, 40)
  for (let index = 0; index < milliseconds * 8; index++)
    bytes.writeInt16LE(Math.round(9000 * Math.sin(index / 2)), 44 + index * 2)
  return bytes
}

/** How many packets' worth of A is on the left and of B on the right, of a WAV file of G.711 in stereo. */
function wordsIn(file: string): number[] {
  const sound = readFileSync(file).subarray(44)
  const [left, right] = [sound.filter((_, at) => at % 2 === 0), sound.filter((_, at) => at % 2 === 1)]
  return [
    Math.round(left.filter((byte) => byte === 65).length / 160),
    Math.round(right.filter((byte) => byte === 66).length / 160),
  ]
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 150))

for (const [name, start] of [
  ['the relay of our own', ownRelay],
  ['through rtpengine', rtpengine],
] as const) {
  const skip = start === rtpengine ? withoutRtpengine : false
  t.test(`${name}: both ways, strangers, keys, recording, NAT, hold, files, tones, counts`, { skip }, async (t) => {
    const carrier = await start(t.testdir())
    const { engine, dataFolder, ends } = carrier
    const phones = await Promise.all(['127.0.0.1', '127.0.0.1', '127.0.0.2'].map((host) => new Phone().open(host)))
    t.teardown(async () => {
      for (const { socket } of phones) socket.close()
      await carrier.end()
    })
    const [a, b, stranger] = phones as [Phone, Phone, Phone]
    const [endA, endB] = ends
    const [toA, toB] = [placeOf(endA), placeOf(endB)]
    const recording = { id: 'heard', state: 'on', beepSeconds: 0, description: { call: 'call' } } as const
    const call = (changesA: Partial<MediaSide> = {}, changesB: Partial<MediaSide> = {}, addressA = '127.0.0.1') => ({
      id: 'call',
      sides: [side('a', endA, addressA, a.port, changesA), side('b', endB, '127.0.0.1', b.port, changesB)],
      join: 'relay' as const,
      recording,
    })
    engine.set(call())
    await settled()
    await Promise.all([a.say('A', toA), b.say('B', toB), stranger.say('X', toA), stranger.say('X', toB)])
    await settled()
    t.ok(b.heard.length > 0 && a.heard.length > 0)
    t.same(
      [a.heard, b.heard].map((heard) => heard.some((packet) => packet[12] === 88)),
      [false, false],
      'no stranger',
    )
    t.ok(b.take('A') >= 9, 'A is heard')
    t.ok(a.take('B') >= 9, 'B is heard')

    engine.tell({ order: 'statistics', session: 'call' })
    const isCount = (one: { readonly report: string }): one is SessionStatistics => one.report === 'statistics'
    const counts = await engine.heard(isCount)
    t.same(
      counts.sides.map((one) => one.side),
      ['a', 'b'],
    )
    t.ok(
      counts.sides.every(({ received }) => received.packets >= 9),
      JSON.stringify(counts.sides),
    )

    await a.press(5, toA)
    const isDigit = (one: { readonly report: string }): one is DigitHeard => one.report === 'digit'
    t.match(await engine.heard(isDigit), { session: 'call', side: 'a', digit: '5', by: 'event' })

    // He is on hold: he sends nothing that is heard, and hears nothing.
    engine.set(call({}, { sends: false, hears: false, negotiation: 2 }))
    await settled()
    a.heard = []
    b.heard = []
    await Promise.all([a.say('A', toA), b.say('B', toB)])
    await settled()
    t.same([a.take('B'), b.take('A')], [0, 0], 'nobody hears on hold')

    // Behind NAT: the SDP names an address nobody has; he is found by where his packets come from.
    engine.set(call({ behindNat: '127.0.0.1', negotiation: 3 }, { negotiation: 3 }, '192.0.2.77'))
    await settled()
    await Promise.all([a.say('A', toA, 20), b.say('B', toB, 20)])
    await settled()
    t.ok(b.take('A') >= 15, 'he is heard')
    t.ok(a.take('B') >= 10, 'and hears')

    const file = join(dataFolder, 'tone.wav')
    writeFileSync(file, wave(300))
    const play = { id: 'p', source: { kind: 'files', files: [file] }, how: 'replace', loop: false } as const
    engine.set(call({ play, negotiation: 4 }, { negotiation: 4 }))
    const isPlayed = (one: { readonly report: string }): one is PlayEnded => one.report === 'played'
    t.match(await engine.heard(isPlayed), { session: 'call', side: 'a', play: 'p', fault: '' })
    await settled()
    t.ok(a.heard.length >= 13, `${a.heard.length} packets of what is played`)
    t.equal(b.heard.length, 0, 'to him alone')

    const tones = { kind: 'tones', tones: [{ frequencies: [440], level: -10, milliseconds: 200 }] } as const
    engine.set(call({ play: { ...play, id: 'q', source: tones }, negotiation: 4 }, { negotiation: 4 }))
    const isSecond = (one: { readonly report: string }): one is PlayEnded => isPlayed(one) && one.play === 'q'
    t.match(await engine.heard(isSecond), { fault: '' }, 'tones too')

    const before = engine.reports.length
    engine.close('call')
    const last = await engine.heard(isCount, before)
    t.equal(last.last, true)
    const isWhole = (one: { readonly report: string }): one is RecordingChanged =>
      one.report === 'recording' && (one as RecordingChanged).state === 'complete'

    const { file: recorded } = await engine.heard(isWhole)
    t.same(wordsIn(join(dataFolder, 'recordings', recorded)), [40, 30], 'both are on it, each on his side')
    await settled()
    await a.say('A', toA, 3)
    await settled()
    t.equal(b.take('A'), 0, 'it is over')
    const failed = engine.reports.filter((one): one is SideFailed => one.report === 'sideFailed')
    t.same(failed, [])
  })
}
