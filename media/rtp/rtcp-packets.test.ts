import t from 'tap'
import type { ReportBlock } from './rtcp-packets.ts'
import { ntpMiddle, readRtcp, writeRtcp } from './rtcp-packets.ts'

const block: ReportBlock = {
  ssrc: 0x99887766,
  fractionLost: 12,
  lost: -3,
  extendedHighest: 0x00021234,
  jitter: 55,
  lastReport: 0xa1b2c3d4,
  sinceLastReport: 65_536,
}
// 2026-11-27T12:00:00.500Z
const wallClock = Date.UTC(2026, 10, 27, 12, 0, 0, 500)

class Reader {
  readonly senders: [number, number][] = []
  readonly blocks: ReportBlock[] = []
  senderReport(ssrc: number, middle: number): void {
    this.senders.push([ssrc, middle])
  }
  report(one: ReportBlock): void {
    this.blocks.push({ ...one })
  }
}

t.test('what is written is read (RFC 3550 §6.4.1)', async (t) => {
  const memory = Buffer.alloc(200)
  const sender = { ssrc: 7, wallClock, rtpTimestamp: 1234, packets: 10, bytes: 1600 }
  const length = writeRtcp(memory, 4, 7, sender, block, 'name')
  t.equal(length % 4, 0)
  t.equal(memory.readUInt32BE(12), Math.floor(wallClock / 1000) + 2_208_988_800, 'seconds since 1900')
  t.equal(memory.readUInt32BE(16), 0x8000_0000, 'half a second')
  const reader = new Reader()
  t.equal(readRtcp(memory, 4, length, reader), true)
  t.same(reader.blocks, [block])
  t.same(reader.senders, [[7, ntpMiddle(wallClock)]])
  t.equal(ntpMiddle(wallClock) & 0xffff, 0x8000)
})

t.test('a receiver reports without having sent, and without having received', async (t) => {
  const memory = Buffer.alloc(200)
  const reader = new Reader()
  t.equal(readRtcp(memory, 0, writeRtcp(memory, 0, 7, null, null, 'abc'), reader), true)
  t.equal(memory[1], 201)
  t.same(reader.blocks, [])
})

t.test('what is no RTCP', async (t) => {
  const memory = Buffer.alloc(200)
  const length = writeRtcp(memory, 0, 7, null, block, 'name')
  const reader = new Reader()
  for (let cut = 0; cut < length; cut++) {
    // Cut between two packets it is whole again.
    t.equal(readRtcp(memory, 0, cut, reader), cut === 32, `${cut} bytes`)
  }
  memory[0] = 0x41
  t.equal(readRtcp(memory, 0, length, reader), false, 'version')
  t.equal(readRtcp(Buffer.from('80cb000100000007', 'hex'), 0, 8, reader), false, 'BYE alone (RFC 3550 A.2)')
})

t.test('random bytes are read without going wrong', async (t) => {
  let seed = 7
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return seed >>> 16
  }
  const reader = new Reader()
  for (let turn = 0; turn < 20_000; turn++) {
    const bytes = Buffer.from(Array.from({ length: random() % 100 }, () => random() & 0xff))
    if (bytes.length > 4) {
      bytes[0] = 0x80 | (bytes[0]! & 0x1f)
      bytes[1] = 200 + (random() % 5)
      bytes.writeUInt16BE(random() % 24, 2)
    }
    readRtcp(bytes, 0, bytes.length, reader)
  }
  t.ok(reader.blocks.length > 10, `${reader.blocks.length}`)
  t.ok(reader.blocks.every(({ lost }) => lost >= -0x80_0000 && lost <= 0x7f_ffff))
})
