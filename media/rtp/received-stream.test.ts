import t from 'tap'
import { ReceivedStream } from './received-stream.ts'

const ssrc = 0x11223344

/** Packets of 20 ms, arriving as they should. */
function feed(stream: ReceivedStream, sequences: readonly number[], source = ssrc): string[] {
  return sequences.map((sequence) =>
    stream.packet(source, sequence & 0xffff, (sequence * 160) >>> 0, 8000, 172, sequence * 20),
  )
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

t.test('losses, repetitions and disorder (RFC 3550 A.3)', async (t) => {
  const stream = new ReceivedStream()
  feed(stream, [1, 2, 3, 5, 4, 8])
  t.equal(stream.expected, 8)
  t.equal(stream.lost, 2)
  t.equal(stream.takeFractionLost(), Math.floor((2 * 256) / 8))
  feed(stream, [9, 10])
  t.equal(stream.takeFractionLost(), 0, 'since the report before')
  feed(stream, [10, 10])
  t.equal(stream.lost, 0, 'repetitions count against losses, as the RFC has it')
})

t.test('the sequence number goes round', async (t) => {
  const stream = new ReceivedStream()
  feed(stream, range(65_530, 12))
  t.equal(stream.expected, 12)
  t.equal(stream.lost, 0)
  t.equal(stream.extendedHighest, 0x10000 + 5)
})

t.test('one stray is not believed, two in sequence are a source begun anew', async (t) => {
  const stream = new ReceivedStream()
  feed(stream, range(100, 10))
  t.same(feed(stream, [30_000, 110, 40_000]), ['stray', 'next', 'stray'])
  t.equal(stream.packets, 11)
  t.same(feed(stream, [40_001, 40_002]), ['anew', 'next'])
  t.equal(stream.lost, 0, 'what lies between the two is not lost')
  t.equal(stream.sourceChanges, 0)
})

t.test('another SSRC', async (t) => {
  const stream = new ReceivedStream()
  feed(stream, range(100, 10))
  t.same(feed(stream, [7, 9], 5), ['anew', 'next'])
  t.equal(stream.sourceChanges, 1)
  t.equal(stream.packets, 12)
  t.equal(stream.lost, 1)
})

t.test('jitter (RFC 3550 A.8)', async (t) => {
  const stream = new ReceivedStream()
  // Every other packet 10 ms late: the difference is 80 units each time, and the mean goes there by sixteenths.
  for (let index = 0; index < 400; index++) {
    stream.packet(ssrc, index, index * 160, 8000, 172, index * 20 + (index % 2) * 10)
  }
  t.ok(Math.abs(stream.jitterMilliseconds - 10) < 0.01)
  const steady = new ReceivedStream()
  feed(steady, range(0, 100))
  t.equal(steady.jitter, 0)
  steady.packet(ssrc, 100, 900_000, 8000, 172, 2000)
  t.equal(steady.jitter, 0, 'a jump of the time stamp is no jitter')
})

t.test('time stamps that go round', async (t) => {
  const stream = new ReceivedStream()
  for (let index = 0; index < 100; index++) {
    stream.packet(ssrc, index, (0xffff_fff0 + index * 160) >>> 0, 8000, 172, 1000 + index * 20)
  }
  t.equal(stream.jitter, 0)
})
