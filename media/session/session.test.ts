import t from 'tap'
import type { MediaPlay } from '../protocol.ts'
import { ntpMiddle, writeRtcp } from '../rtp/rtcp-packets.ts'
import { sequenceOf, timestampOf, word } from '../rtp/rtp-header.ts'
import { linear } from '../sound/g711.ts'
import { events, MediaUnderTest, rtp, sessionOf, sideOf } from './session-under-test.ts'

const fromA = '198.51.100.7:30000'
const fromB = '198.51.100.7:30100'
const recording = { id: 'r1', state: 'on', beepSeconds: 0, description: {} } as const

function tone(id: string, milliseconds: number, changes: Partial<MediaPlay> = {}): MediaPlay {
  const tones = [{ frequencies: [1000], level: -6, milliseconds }]
  return { id, source: { kind: 'tones', tones }, how: 'replace', loop: false, ...changes }
}

/** The loudest sample of a packet. */
function loudness(bytes: Buffer): number {
  return Math.max(...Array.from(bytes.subarray(12), (byte) => Math.abs(linear.mu[byte]!)))
}

t.test('what is played replaces the other party, in one stream with what comes before and after', async (t) => {
  const media = new MediaUnderTest()
  const a = sideOf('a', 10_000)
  media.sessions.set(sessionOf([a, sideOf('b', 10_100)]))
  media.receive(10_100, fromB, rtp(1))
  media.sessions.set(sessionOf([{ ...a, play: tone('p1', 100) }, sideOf('b', 10_100)]))
  for (let index = 0; index < 5; index++) {
    media.receive(10_100, fromB, rtp(2 + index))
    media.pass(20)
  }
  media.pass(20)
  media.receive(10_100, fromB, rtp(8))
  const sent = media.takeSent().filter(({ from }) => from === 10_000)
  t.equal(sent.length, 7, 'one, five that are played, one')
  const sequences = sent.map(({ bytes }) => (sequenceOf(bytes, 0) - sequenceOf(sent[0]!.bytes, 0)) & 0xffff)
  t.same(sequences, [0, 1, 2, 3, 4, 5, 6])
  const times = sent.map(({ bytes }) => (timestampOf(bytes, 0) - timestampOf(sent[0]!.bytes, 0)) >>> 0)
  t.same(times, [0, 160, 320, 480, 640, 800, 960])
  t.ok(sent.slice(1, 6).every(({ bytes }) => loudness(bytes) > 8000))
  t.match(media.reported('played'), [{ session: 'call', side: 'a', play: 'p1', fault: '' }])
  media.sessions.set(sessionOf([{ ...a, play: tone('p1', 100) }, sideOf('b', 10_100)]))
  media.pass(100)
  t.same(media.takeSent(), [], 'the same play told again does not begin again')
})

t.test('played over the other party', async (t) => {
  const media = new MediaUnderTest()
  const a = sideOf('a', 10_000, { play: tone('p1', 60, { how: 'mix' }) })
  media.sessions.set(sessionOf([a, sideOf('b', 10_100)]))
  for (let index = 0; index < 4; index++) {
    media.receive(10_100, fromB, rtp(1 + index, { payload: Buffer.alloc(160, 0xff) }))
    media.pass(20)
  }
  const loud = media
    .takeSent()
    .filter(({ from }) => from === 10_000)
    .map(({ bytes }) => loudness(bytes) > 8000)
  t.same(loud, [true, true, true, false])
  t.equal(media.reported('played').length, 1)
})

t.test('played over a party that sends nothing, in a loop, in packets of 40 ms', async (t) => {
  const media = new MediaUnderTest()
  const a = sideOf('a', 10_000, { play: tone('p1', 50, { how: 'mix', loop: true }), packetTime: 40 })
  media.sessions.set(sessionOf([a, sideOf('b', 10_100)]))
  media.pass(400)
  const sent = media.takeSent()
  t.equal(sent.length, 10)
  t.ok(sent.every(({ bytes }) => bytes.length === 12 + 320 && loudness(bytes) > 8000))
  t.same(media.reported('played'), [])
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)]))
  media.pass(100)
  t.same(media.takeSent(), [])
})

t.test('a phone without G.711 cannot be played to, and the engine is told', async (t) => {
  const media = new MediaUnderTest()
  const opus = { payloadType: 96, name: 'OPUS', clockRate: 48_000, channels: 2 }
  media.sessions.set(sessionOf([sideOf('a', 10_000, { taking: [opus], play: tone('p1', 50) })]))
  media.pass(100)
  t.match(media.reported('played'), [{ play: 'p1', fault: /G\.711/ }])
})

t.test('recording: from the first packet, without digits, each side on its channel', async (t) => {
  const media = new MediaUnderTest()
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)], { recording }))
  media.receive(10_000, fromA, rtp(1))
  media.receive(10_000, fromA, rtp(2, { payloadType: 101, payload: Buffer.from([1, 10, 0, 160]) }))
  media.receive(10_100, fromB, rtp(5))
  media.sessions.set(
    sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)], { recording: { ...recording, state: 'paused' } }),
  )
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('c', 10_200)], { recording }))
  media.receive(10_200, '198.51.100.7:30200', rtp(9))
  media.sessions.close('call')
  t.same(media.recorder.lines, [
    'open r1',
    'changed 0',
    '0 PCMU 1 160',
    'changed 1',
    '1 PCMU 5 800',
    'paused',
    'changed 1',
    'on',
    'changed 1',
    '1 PCMU 9 1440',
    'end',
  ])
  t.same(media.recorder.payloads[0], rtp(1).subarray(12))
})

t.test('what is recorded is what was said, not what the other side gets', async (t) => {
  const media = new MediaUnderTest()
  const pcma = { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1 }
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100, { taking: [pcma, events] })], { recording }))
  media.receive(10_000, fromA, rtp(1))
  t.same(media.recorder.payloads, [rtp(1).subarray(12)])
  t.notSame(media.takeSent()[0]?.bytes.subarray(12), rtp(1).subarray(12))
})

t.test('a beep when recording begins and every so often, for both', async (t) => {
  const media = new MediaUnderTest()
  const sides = [sideOf('a', 10_000), sideOf('b', 10_100)]
  media.sessions.set(sessionOf(sides, { recording: { ...recording, beepSeconds: 1 } }))
  media.pass(1400)
  const sent = media.takeSent().filter(({ from }) => from === 10_000 || from === 10_100)
  t.equal(sent.filter(({ bytes }) => loudness(bytes) > 1000).length, 2 * 2 * 10, 'two beeps of 200 ms to each')
})

t.test('a side moves to another session with all that is known of it', async (t) => {
  const media = new MediaUnderTest()
  const nat = { behindNat: '203.0.113.5', remote: { address: '10.0.0.3', port: 4000, rtcpPort: 4001 } }
  media.sessions.set(sessionOf([sideOf('a', 10_000, nat), sideOf('b', 10_100)], { id: 'one' }))
  media.sessions.set(sessionOf([sideOf('b2', 10_200), sideOf('c', 10_300)], { id: 'two' }))
  for (let index = 0; index < 3; index++) media.receive(10_000, '203.0.113.5:62000', rtp(index))
  media.sessions.set(sessionOf([sideOf('a', 10_000, nat), sideOf('c', 10_300)], { id: 'one' }))
  t.equal(media.sessions.close('two'), true)
  media.takeSent()
  media.receive(10_300, '198.51.100.7:30300', rtp(1))
  t.match(media.takeSent(), [{ from: 10_000, to: '203.0.113.5:62000' }])
  media.receive(10_000, '203.0.113.5:62000', rtp(3))
  t.match(media.takeSent(), [{ from: 10_300 }])
  const last = media.reported('statistics').find(({ session }) => session === 'two')
  t.same(
    last?.sides.map(({ side }) => side),
    ['c', 'b2'],
  )
  media.sessions.close('one')
  t.equal(
    media.ports.bound.every((port) => port === null),
    true,
  )
})

t.test('reports: ours of the peer, and the peer’s of us', async (t) => {
  const media = new MediaUnderTest()
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)]))
  for (let index = 0; index < 50; index++) {
    media.receive(10_000, fromA, rtp(index * (index > 40 ? 2 : 1)))
    media.receive(10_100, fromB, rtp(index))
    media.world.now += 20
  }
  media.takeSent()
  media.pass(8000)
  const report = media.takeSent().find(({ from }) => from === 10_001)
  t.equal(report?.to, '198.51.100.7:30001')
  const bytes = report?.bytes ?? Buffer.alloc(0)
  t.equal(bytes[1], 200, 'a sender report, because sound was sent')
  const ours = word(bytes, 4)
  t.equal(word(bytes, 28), 0x1000, 'of whom')
  t.ok(word(bytes, 32) & 0xff_ffff, 'packets lost')
  const memory = Buffer.alloc(200)
  const block = {
    ssrc: ours,
    fractionLost: 0,
    lost: 4,
    extendedHighest: 1,
    jitter: 80,
    lastReport: ntpMiddle(media.world.wallClock() - 150),
    sinceLastReport: Math.round(0.1 * 65_536),
  }
  media.receive(10_001, '198.51.100.7:30001', memory.subarray(0, writeRtcp(memory, 0, 0x1000, null, block, 'a')))
  media.receive(10_001, '198.51.100.7:30001', Buffer.from('garbage of many bytes'))
  media.sessions.close('call')
  const [statistics] = media.reported('statistics')
  t.equal(statistics?.last, true)
  const a = statistics?.sides[0]
  t.equal(a?.reportedLost, 4)
  t.equal(a?.reportedJitter, 10)
  t.ok(a !== undefined && a.roundTrip !== null && Math.abs(a.roundTrip - 50) < 2, `${a?.roundTrip}`)
  t.ok(a !== undefined && a.lost > 0 && a.mos !== null && a.mos > 1 && a.mos < 4.4, `${a?.mos}`)
  t.equal(a?.dropped.malformed, 1)
  t.equal(a?.received.packets, 50)
  t.equal(statistics?.sides[1]?.mos !== null && (statistics?.sides[1]?.mos ?? 0) > 4.3, true)
})

t.test('tones in the sound are told where events were not negotiated', async (t) => {
  const media = new MediaUnderTest()
  const pcmuOnly = [{ payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1 }]
  media.sessions.set(
    sessionOf([sideOf('a', 10_000, { sending: pcmuOnly, inbandDigits: true }), sideOf('b', 10_100)], { recording }),
  )
  const other = new MediaUnderTest()
  const press = [{ frequencies: [770, 1336], level: -9, milliseconds: 100 }]
  const play = { id: 'p', source: { kind: 'tones', tones: press }, how: 'replace', loop: false } as const
  other.sessions.set(sessionOf([sideOf('x', 10_000, { play })]))
  other.pass(200)
  for (const { bytes } of other.takeSent()) if (bytes[1]! % 128 === 0) media.receive(10_000, fromA, bytes)
  t.match(media.reported('digit'), [{ side: 'a', digit: '5', by: 'tone' }])
  t.ok(media.recorder.lines.filter((line) => line === 'erase 0 80').length >= 3, 'its tone is not kept')
})
