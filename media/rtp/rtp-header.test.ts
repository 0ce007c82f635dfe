import t from 'tap'
import {
  hasMarker,
  isRtcp,
  payloadBytes,
  payloadOffset,
  payloadTypeOf,
  rewriteHeader,
  sequenceOf,
  ssrcOf,
  timestampOf,
} from './rtp-header.ts'

function packet(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}

t.test('a plain packet', async (t) => {
  const bytes = packet('80 88 ffff 80000001 deadbeef 010203')
  t.equal(payloadOffset(bytes, 0, bytes.length), 12)
  t.equal(payloadBytes(bytes, 0, bytes.length, 12), 3)
  t.equal(payloadTypeOf(bytes, 0), 8)
  t.equal(hasMarker(bytes, 0), true)
  t.equal(sequenceOf(bytes, 0), 0xffff)
  t.equal(timestampOf(bytes, 0), 0x80000001)
  t.equal(ssrcOf(bytes, 0), 0xdeadbeef)
})

t.test('contributing sources, an extension and padding are stepped over (RFC 3550 §5.1, §5.3.1)', async (t) => {
  const bytes = packet('b2 00 0001 00000000 00000000 aaaaaaaa bbbbbbbb bede0001 11223344 0102 0003 03')
  t.equal(payloadOffset(bytes, 0, bytes.length), 28)
  t.equal(payloadBytes(bytes, 0, bytes.length, 28), 2)
})

t.test('what is cut short is no packet', async (t) => {
  const whole = packet('b2 00 0001 00000000 00000000 aaaaaaaa bbbbbbbb bede0001 11223344 01')
  for (let length = 0; length < 28; length++) t.equal(payloadOffset(whole, 0, length), -1, `${length} bytes`)
  t.equal(payloadOffset(packet('40 00 0001 00000000 00000000'), 0, 12), -1, 'version 1')
  t.equal(payloadBytes(packet('a0 00 0001 00000000 00000000 ff'), 0, 13, 12), -1, 'more padding than packet')
  t.equal(payloadBytes(packet('a0 00 0001 00000000 00000000 00'), 0, 13, 12), -1, 'padding of nothing')
})

t.test('RTCP is told apart on a shared port (RFC 5761 §4)', async (t) => {
  t.equal(isRtcp(packet('80c8'), 0), true)
  t.equal(isRtcp(packet('8080'), 0), false, 'PCMU with marker')
  t.equal(isRtcp(packet('80e5'), 0), false, 'payload type 101 with marker')
})

t.test('a header is written in place', async (t) => {
  const bytes = packet('00 90 00 0000 00000000 00000000 7f')
  rewriteHeader(bytes, 1, true, 101, 0x1234, 0xfedcba98, 0x80000000)
  t.equal(bytes.toString('hex'), '0090e51234fedcba98800000007f'.slice(0, 28))
})

t.test('random bytes: never outside of the packet', async (t) => {
  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return seed >>> 16
  }
  let packets = 0
  for (let turn = 0; turn < 20_000; turn++) {
    const bytes = Buffer.from(Array.from({ length: random() % 64 }, () => random() & 0xff))
    if (bytes.length > 0 && turn % 2 === 0) bytes[0] = 0x80 | (bytes[0]! & 0x3f)
    const offset = payloadOffset(bytes, 0, bytes.length)
    if (offset < 0) continue
    packets++
    const payload = payloadBytes(bytes, 0, bytes.length, offset)
    if (offset < 12 || payload < -1 || offset + payload > bytes.length) t.fail(bytes.toString('hex'))
  }
  t.ok(packets > 1000)
})
