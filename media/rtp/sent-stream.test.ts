import t from 'tap'
import { hasMarker, payloadTypeOf, sequenceOf, ssrcOf, timestampOf } from './rtp-header.ts'
import { SentStream } from './sent-stream.ts'

const begin = { ssrc: 0xabcdef01, sequence: 0x7fff, timestamp: 0xffff_ff00 }

class Wire {
  readonly stream = new SentStream(begin)
  readonly #packet = Buffer.alloc(172, 0x80)

  send(source: number, sequence: number, timestamp: number, now: number, clockRate = 8000, payloadType = 0) {
    this.stream.pass(this.#packet, 0, 172, 160, source, false, payloadType, sequence, timestamp, clockRate, now)
    return {
      sequence: sequenceOf(this.#packet, 0),
      timestamp: timestampOf(this.#packet, 0),
      marker: hasMarker(this.#packet, 0),
      ssrc: ssrcOf(this.#packet, 0),
      payloadType: payloadTypeOf(this.#packet, 0),
    }
  }
}

t.test('one source: its own steps, gaps and disorder, under our numbers', async (t) => {
  const wire = new Wire()
  const first = wire.send(1, 500, 1000, 0)
  t.same(first, { sequence: 0x8000, timestamp: 0xffff_ff00, marker: true, ssrc: 0xabcdef01, payloadType: 0 })
  t.match(wire.send(1, 501, 1160, 20), { sequence: 0x8001, timestamp: 0xffff_ffa0, marker: false })
  t.match(
    wire.send(1, 503, 1480, 60),
    { sequence: 0x8003, timestamp: 0x000000e0 },
    'a loss stays one, and time goes round',
  )
  t.match(wire.send(1, 502, 1320, 61), { sequence: 0x8002, timestamp: 0x00000040 }, 'late')
  t.match(wire.send(1, 504, 1640, 80), { sequence: 0x8004 })
})

t.test('another source is joined on: the next number, and the time that has passed', async (t) => {
  const wire = new Wire()
  const before = wire.send(1, 10, 160, 1000)
  const played = wire.send(2, 0, 0, 1500)
  t.equal(played.sequence, before.sequence + 1)
  t.equal((played.timestamp - before.timestamp) >>> 0, 4000)
  t.equal(played.marker, true)
  t.equal(wire.send(2, 1, 160, 1520).sequence, before.sequence + 2)
  const back = wire.send(1, 36, 4320, 1540)
  t.equal(back.sequence, before.sequence + 3)
  t.equal((back.timestamp - played.timestamp) >>> 0, 320)
  t.equal(back.ssrc, before.ssrc)
})

t.test('a source that is there at once still moves time on', async (t) => {
  const wire = new Wire()
  const before = wire.send(1, 10, 160, 1000)
  t.ok((wire.send(2, 0, 0, 1000).timestamp - before.timestamp) >>> 0 > 0)
})

t.test('time stamps are kept for each clock rate', async (t) => {
  const wire = new Wire()
  const sound = wire.send(1, 10, 48_000, 0, 48_000)
  const event = wire.send(1, 11, 8000, 20, 8000, 101)
  t.equal(event.sequence, sound.sequence + 1)
  t.equal(wire.send(1, 12, 8000, 40, 8000, 101).timestamp, event.timestamp, 'a press keeps its time stamp')
  t.equal((wire.send(1, 13, 48_960, 60, 48_000).timestamp - sound.timestamp) >>> 0, 960)
})

t.test('what is counted', async (t) => {
  const wire = new Wire()
  for (let index = 0; index < 5; index++) wire.send(1, index, index * 160, index * 20)
  t.equal(wire.stream.packets, 5)
  t.equal(wire.stream.bytes, 860)
  t.equal(wire.stream.payloadBytes, 800)
})
