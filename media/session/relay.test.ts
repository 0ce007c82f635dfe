import t from 'tap'
import type { SrtpKey } from '../protocol.ts'
import { writeRtcp } from '../rtp/rtcp-packets.ts'
import { sequenceOf, ssrcOf, timestampOf } from '../rtp/rtp-header.ts'
import { recoded } from '../sound/g711.ts'
import { SrtpContext } from '../srtp/srtp-context.ts'
import { events, MediaUnderTest, pcma, pcmu, rtp, sessionOf, sideOf } from './session-under-test.ts'

const fromA = '198.51.100.7:30000'
const fromB = '198.51.100.7:30100'
const nobody = { strangers: 0, malformed: 0, unknownPayload: 0, notWanted: 0, refused: 0, late: 0 }

function drops(media: MediaUnderTest, side: string) {
  media.reports.length = 0
  media.sessions.tellStatistics('call')
  return media.reported('statistics')[0]?.sides.find((one) => one.side === side)?.dropped
}

function call(changes: Parameters<typeof sideOf>[2] = {}): MediaUnderTest {
  const media = new MediaUnderTest()
  media.sessions.set(sessionOf([sideOf('a', 10_000, changes), sideOf('b', 10_100)]))
  return media
}

t.test('each side hears the other, from the port it sends to', async (t) => {
  const media = call()
  for (let index = 0; index < 3; index++) {
    media.receive(10_000, fromA, rtp(100 + index))
    media.receive(10_100, fromB, rtp(7 + index, { ssrc: 9 }))
  }
  const sent = media.takeSent()
  t.same(
    sent.map(({ from, to }) => `${from} ${to}`),
    Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? `10100 ${fromB}` : `10000 ${fromA}`)),
  )
  const toB = sent.filter(({ from }) => from === 10_100).map(({ bytes }) => bytes)
  t.same(
    toB.map((bytes) => (sequenceOf(bytes, 0) - sequenceOf(toB[0]!, 0)) & 0xffff),
    [0, 1, 2],
  )
  t.same(
    toB.map((bytes) => (timestampOf(bytes, 0) - timestampOf(toB[0]!, 0)) >>> 0),
    [0, 160, 320],
  )
  t.equal(new Set(toB.map((bytes) => ssrcOf(bytes, 0))).size, 1)
  t.same(toB[0]?.subarray(12), rtp(0).subarray(12))
  t.same(drops(media, 'a'), nobody)
})

t.test('who answers is heard from his first packet on, though it overtakes his answer', async (t) => {
  const media = call({ remote: null, taking: [pcmu], sending: [pcmu, events] })
  media.receive(10_000, '203.0.113.9:30000', rtp(900, { ssrc: 7 }))
  media.world.now += 600
  for (let index = 0; index < 3; index++) {
    media.receive(10_000, fromA, rtp(100 + index))
    media.receive(10_000, '203.0.113.9:30000', rtp(901 + index, { ssrc: 7 }))
    media.world.now += 20
  }
  t.same(media.takeSent(), [])
  t.equal(drops(media, 'a')?.notWanted, 7)
  const recording = { id: 'r', state: 'on', beepSeconds: 0, description: {} } as const
  media.sessions.set(sessionOf([sideOf('a', 10_000, { negotiation: 2 }), sideOf('b', 10_100)], { recording }))
  media.pass(20)
  const sent = media.takeSent()
  t.same(
    sent.map(({ to, bytes }) => `${to} ${(sequenceOf(bytes, 0) - sequenceOf(sent[0]!.bytes, 0)) & 0xffff}`),
    [0, 1, 2].map((index) => `${fromB} ${index}`),
  )
  t.same(media.recorder.lines, [
    'open r',
    'changed 0',
    ...[100, 101, 102].map((sequence) => `0 PCMU ${sequence} ${sequence * 160}`),
  ])
  t.same(
    drops(media, 'a'),
    { ...nobody, notWanted: 1, strangers: 3 },
    'the oldest was too old; strangers stay strangers',
  )
  media.receive(10_000, fromA, rtp(103))
  t.equal(media.takeSent().length, 1)
})

t.test('strangers are counted and neither heard nor followed', async (t) => {
  const media = call()
  media.receive(10_000, '198.51.100.7:30002', rtp(1))
  media.receive(10_000, '203.0.113.9:30000', rtp(1))
  media.receive(10_001, '203.0.113.9:30001', writtenReport())
  t.same(media.takeSent(), [])
  t.equal(drops(media, 'a')?.strangers, 3)
  media.receive(10_100, fromB, rtp(1))
  t.equal(media.takeSent()[0]?.to, fromA)
})

function writtenReport(): Buffer {
  const memory = Buffer.alloc(100)
  return memory.subarray(0, writeRtcp(memory, 0, 0x1000, null, null, 'somebody'))
}

t.test('behind NAT: any port of the host, fixed by the first two packets, of which none is lost', async (t) => {
  const media = call({ behindNat: '203.0.113.5', remote: { address: '10.0.0.3', port: 4000, rtcpPort: 4001 } })
  media.receive(10_100, fromB, rtp(1))
  t.same(media.takeSent(), [], 'nobody knows where yet')
  media.receive(10_000, '198.51.100.7:5000', rtp(50))
  media.receive(10_000, '203.0.113.5:61000', rtp(60))
  t.same(media.takeSent(), [], 'one packet may be anybody’s')
  media.receive(10_000, '203.0.113.5:62000', rtp(100, { ssrc: 4 }))
  media.receive(10_000, '203.0.113.5:62000', rtp(101, { ssrc: 4 }))
  const sent = media.takeSent()
  t.equal(sent.length, 2)
  t.equal((sequenceOf(sent[1]!.bytes, 0) - sequenceOf(sent[0]!.bytes, 0)) & 0xffff, 1)
  t.match(media.reported('latched'), [{ side: 'a', address: '203.0.113.5', port: 62_000 }])
  for (let index = 0; index < 5; index++) media.receive(10_000, '203.0.113.5:61000', rtp(61 + index))
  t.same(media.takeSent(), [], 'it stays where it is')
  media.receive(10_100, fromB, rtp(2))
  t.equal(media.takeSent()[0]?.to, '203.0.113.5:62000')
  t.equal(drops(media, 'a')?.strangers, 7)

  const again = { behindNat: '203.0.113.5', remote: { address: '10.0.0.3', port: 4000, rtcpPort: 4001 } }
  media.sessions.set(sessionOf([sideOf('a', 10_000, again), sideOf('b', 10_100)]))
  media.receive(10_000, '203.0.113.5:63000', rtp(1))
  media.receive(10_000, '203.0.113.5:63000', rtp(2))
  t.same(media.takeSent(), [], 'being told again opens nothing')
  media.sessions.set(sessionOf([sideOf('a', 10_000, { ...again, negotiation: 2 }), sideOf('b', 10_100)]))
  media.receive(10_000, '203.0.113.5:63000', rtp(1))
  media.receive(10_000, '203.0.113.5:63000', rtp(2))
  t.equal(media.takeSent().length, 2, 'a new offer and answer does')
})

t.test('what was not negotiated, is no RTP, or comes while it is not wanted', async (t) => {
  const media = call()
  media.receive(10_000, fromA, rtp(1, { payloadType: 18 }))
  media.receive(10_000, fromA, rtp(1).subarray(0, 11))
  media.receive(10_000, fromA, Buffer.alloc(0))
  media.receive(10_000, fromA, Buffer.alloc(172, 0x40))
  t.same(media.takeSent(), [])
  t.same(drops(media, 'a'), { ...nobody, unknownPayload: 1, malformed: 3 })
  media.sessions.set(sessionOf([sideOf('a', 10_000, { sends: false }), sideOf('b', 10_100, { hears: false })]))
  media.receive(10_000, fromA, rtp(2))
  t.equal(drops(media, 'a')?.notWanted, 1)
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100, { hears: false })]))
  media.receive(10_000, fromA, rtp(3))
  t.same(media.takeSent(), [], 'he does not want to hear')
})

t.test('a flood is cut, jumps and strays do no harm', async (t) => {
  const media = call()
  for (let index = 0; index < 500; index++) media.receive(10_000, fromA, rtp(index))
  t.equal(media.takeSent().length, 300)
  t.equal(drops(media, 'a')?.late, 200)
  media.pass(100)
  media.takeSent()
  const ssrcs = [1, 2, 1, 3, 1, 2]
  for (const [index, ssrc] of ssrcs.entries()) media.receive(10_000, fromA, rtp(index * 9000, { ssrc }))
  const sequences = media.takeSent().map(({ bytes }) => sequenceOf(bytes, 0))
  t.same(
    sequences.map((sequence) => (sequence - sequences[0]!) & 0xffff),
    [0, 1, 2, 3, 4, 5],
    'one stream all the same',
  )
})

t.test('other payload types on the other side, and the other law of G.711', async (t) => {
  const media = new MediaUnderTest()
  const opus = (payloadType: number) => ({ payloadType, name: 'OPUS', clockRate: 48_000, channels: 2 })
  media.sessions.set(
    sessionOf([
      sideOf('a', 10_000, { sending: [pcmu, opus(96), events], taking: [pcmu] }),
      sideOf('b', 10_100, { sending: [pcma], taking: [pcma, opus(111), { ...events, payloadType: 97 }] }),
    ]),
  )
  const payload = Buffer.from(Array.from({ length: 160 }, (_, index) => index))
  media.receive(10_000, fromA, rtp(1, { payload }))
  media.receive(10_000, fromA, rtp(2, { payloadType: 96, payload }))
  media.receive(10_000, fromA, rtp(3, { payloadType: 101, payload: Buffer.from([5, 10, 0, 160]) }))
  media.receive(10_100, fromB, rtp(1, { payloadType: 8, payload }))
  const sent = media.takeSent()
  t.same(
    sent.map(({ bytes }) => bytes[1]! & 0x7f),
    [8, 111, 97, 0],
  )
  t.same(sent[0]?.bytes.subarray(12), Buffer.from(payload.map((byte) => recoded.mu.A[byte]!)))
  t.same(sent[1]?.bytes.subarray(12), payload)
  t.same(sent[3]?.bytes.subarray(12), Buffer.from(payload.map((byte) => recoded.A.mu[byte]!)))
  t.match(media.reported('digit'), [{ session: 'call', side: 'a', digit: '5', by: 'event' }])
})

t.test('secure on one side, plain on the other', async (t) => {
  const suite = 'AES_CM_128_HMAC_SHA1_80'
  const ours: SrtpKey = { suite, key: Buffer.alloc(30, 1).toString('base64') }
  const theirs: SrtpKey = { suite, key: Buffer.alloc(30, 2).toString('base64') }
  const phoneSends = new SrtpContext(theirs)
  const phoneTakes = new SrtpContext(ours)
  const media = call({ keys: { ours, theirs } })
  const packet = Buffer.alloc(200)
  rtp(5).copy(packet)
  const length = phoneSends.protect(packet, 0, 172, 12)
  media.receive(10_000, fromA, packet.subarray(0, length))
  const [toB] = media.takeSent()
  t.same(toB?.bytes.subarray(12), rtp(5).subarray(12))
  media.receive(10_000, fromA, packet.subarray(0, length))
  media.receive(10_000, fromA, rtp(6))
  t.same(media.takeSent(), [])
  t.equal(drops(media, 'a')?.refused, 2, 'once more, and in the clear')
  media.receive(10_100, fromB, rtp(9))
  const [toA] = media.takeSent()
  const memory = Buffer.from(toA!.bytes)
  t.equal(phoneTakes.unprotect(memory, 0, memory.length, 12), 172)
  t.same(memory.subarray(12, 172), rtp(9).subarray(12))
  media.pass(8000)
  const report = media.takeSent().find(({ from }) => from === 10_001)
  t.ok(report !== undefined)
  const plain = Buffer.from(report?.bytes ?? '')
  t.ok(phoneTakes.unprotectRtcp(plain, 0, plain.length) > 0, 'reports are secure too')
})

t.test('a key that is none: nothing goes out in the clear', async (t) => {
  const bad: SrtpKey = { suite: 'AES_CM_128_HMAC_SHA1_80', key: 'short' }
  const media = call({ keys: { ours: bad, theirs: bad } })
  media.receive(10_100, fromB, rtp(9))
  t.same(media.takeSent(), [])
  t.match(media.reported('sideFailed'), [{ side: 'a', why: /30 bytes/ }])
})

t.test('an echo, and sides apart', async (t) => {
  const media = new MediaUnderTest()
  media.sessions.set(sessionOf([sideOf('a', 10_000)], { join: 'echo' }))
  media.receive(10_000, fromA, rtp(1))
  t.match(media.takeSent(), [{ from: 10_000, to: fromA }])
  media.sessions.set(sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)], { join: 'apart' }))
  media.receive(10_000, fromA, rtp(2))
  t.same(media.takeSent(), [])
})

t.test('ports: bound when told, given back, and why one cannot be had', async (t) => {
  const media = new MediaUnderTest()
  media.ports.inUse.add(10_100)
  const session = sessionOf([sideOf('a', 10_000), sideOf('b', 10_100)])
  media.sessions.set(session)
  media.sessions.set(session)
  t.same(media.ports.bound, [10_000, 10_001, 10_101])
  t.match(media.reported('sideFailed'), [
    { session: 'call', side: 'b', why: 'RTP port 10100 of 192.0.2.1 cannot be used: EADDRINUSE' },
  ])
  t.equal(media.sessions.close('call'), true)
  t.same(media.ports.bound, [null, null, null])
  t.equal(media.sessions.close('call'), false)
})

t.test('one port for RTP and RTCP (RFC 5761)', async (t) => {
  const shared = { local: { address: '192.0.2.1', port: 10_000, rtcpPort: 10_000 } }
  const media = call({ ...shared, remote: { address: '198.51.100.7', port: 30_000, rtcpPort: 30_000 } })
  t.same(media.ports.bound, [10_000, 10_100, 10_101])
  media.receive(10_000, fromA, writtenReport())
  t.same(media.takeSent(), [], 'RTCP is not handed on')
  t.same(drops(media, 'a'), nobody)
  media.receive(10_000, fromA, rtp(1))
  media.takeSent()
  media.pass(8000)
  t.ok(media.takeSent().some(({ from, to }) => from === 10_000 && to === fromA))
})

t.test('families that do not go together', async (t) => {
  const media = call({ remote: { address: '2001:db8::1', port: 30_000, rtcpPort: 30_001 } })
  media.receive(10_100, fromB, rtp(1))
  t.same(media.takeSent(), [])
  t.match(media.reported('sideFailed'), [{ side: 'a', why: /another kind of address/ }])
})

t.test('whatever comes is counted once, and nothing goes wrong', async (t) => {
  let seed = 11
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 12) % below
  }
  const suite = 'AES_CM_128_HMAC_SHA1_80'
  const keys = {
    ours: { suite, key: Buffer.alloc(30, 1).toString('base64') },
    theirs: { suite, key: Buffer.alloc(30, 2).toString('base64') },
  } as const
  const sender = new SrtpContext(keys.theirs)
  for (const changes of [{}, { keys }, { inbandDigits: true }]) {
    const media = call(changes)
    for (let index = 0; index < 3000; index++) {
      const packet = Buffer.alloc(220, rtp(index, { payloadType: random(8) === 0 ? 101 : 0 }))
      const length = 'keys' in changes ? sender.protect(packet, 0, 172, 12) : random(4) === 0 ? random(220) : 172
      for (let byte = random(4); byte > 0; byte--) packet[random(random(3) === 0 ? 172 : 20)] = random(256)
      media.receive(10_000, random(20) === 0 ? '203.0.113.1:9' : fromA, packet.subarray(0, length))
      media.receive(10_001, '198.51.100.7:30001', packet.subarray(0, random(60)))
      if (index % 50 === 0) media.pass(100)
    }
    const side = statisticsOf(media)
    const reportsDropped = side?.dropped ?? nobody
    const sum = Object.values(reportsDropped).reduce((total, count) => total + count, 0) + (side?.received.packets ?? 0)
    t.ok(sum === 6000, `${sum} ${JSON.stringify(reportsDropped)} ${side?.received.packets}`)
    t.ok(side !== undefined && side.received.packets > 500)
  }
})

function statisticsOf(media: MediaUnderTest) {
  media.reports.length = 0
  media.sessions.tellStatistics('call')
  return media.reported('statistics')[0]?.sides[0]
}
