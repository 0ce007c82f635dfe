import fc from 'fast-check'
import t from 'tap'
import { payload } from './conversation-recorder.ts'
import { KeptRecording, packetSamples, shareOf, tonePacket } from './sounding.ts'

const silent = (samples: Int16Array, from: number, to: number) => samples.subarray(from, to).every((one) => one === 0)

/** A click every second: the time of the first sample that is loud after each quiet stretch. */
function clicks(samples: Int16Array): number[] {
  const found: number[] = []
  let quiet = 1000
  samples.forEach((sample, index) => {
    if (Math.abs(sample) > 4000) {
      if (quiet > 400) found.push(index)
      quiet = 0
    } else quiet++
  })
  return found
}

t.test('the first 20 ms of each side are there, left and right, and nothing before them', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  for (let index = 0; index < 50; index++) {
    recorder.packet(0, payload.pcmu, tonePacket(440, index * packetSamples), 5000 + index * 160, 1000 + index * 20)
    recorder.packet(1, payload.pcmu, tonePacket(1000, index * packetSamples), 77 + index * 160, 1007 + index * 20)
  }
  recorder.finish(2000)
  const [left, right] = [kept.channel(0), kept.channel(1)]
  t.equal(kept.misplaced, 0)
  t.ok(left[1] !== 0, 'the recording begins with the first packet of the first who speaks')
  t.ok(shareOf(440, left, 0, 160) > 0.99, 'the first 20 ms of the caller')
  t.ok(silent(right, 0, 56))
  t.ok(shareOf(1000, right, 56, 216) > 0.99, 'the first 20 ms of the callee, 7 ms later, as it came')
  t.ok(shareOf(440, left, 0, 8000) > 0.99, 'no click between packets')
  t.ok(shareOf(1000, right, 56, 8000) > 0.99)
})

t.test('first packets that come late stand where they belong, and nothing is left out for them', async (t) => {
  for (const first of [0, 1] as const) {
    // Of who speaks first, which is where the recording begins, and of the other one, a tenth of a second later.
    const kept = new KeptRecording()
    const other = first === 0 ? 1 : 0
    const events: { side: 0 | 1; tone: number; index: number; at: number }[] = []
    for (let index = 0; index < 100; index++) {
      events.push({ side: first, tone: 440, index, at: 1000 + Math.max(index, 4) * 20 })
      events.push({ side: other, tone: 1000, index, at: 1100 + Math.max(index, 7) * 20 })
    }
    events.sort((one, two) => one.at - two.at)
    for (const { side, tone, index, at } of events) {
      kept.recorder.packet(side, payload.pcmu, tonePacket(tone, index * packetSamples), index * 160, at)
    }
    kept.recorder.finish(3200)
    t.equal(kept.misplaced, 0)
    const [one, two] = [kept.channel(first), kept.channel(other)]
    t.ok(shareOf(440, one, 0, 8000) > 0.99, `who spoke first: ${shareOf(440, one, 0, 8000)}`)
    t.ok(shareOf(1000, two, 800, 8800) > 0.99, `the other: ${shareOf(1000, two, 800, 8800)}`)
    t.ok(silent(two, 0, 760), 'who began a tenth of a second later')
  }
})

t.test('ten minutes with clocks that drift: both sides stay within 20 ms', async (t) => {
  // One clock is 200 ppm fast, the other 200 ppm slow: 240 ms apart in the end, if nobody minded.
  const kept = new KeptRecording()
  const { recorder } = kept
  const drift = [1.0002, 0.9998] as const
  const quiet = new Uint8Array(160).fill(0xff)
  /** Five milliseconds of noise from each whole second of the true time on. */
  const sent = (side: 0 | 1, index: number) => {
    const first = (index * 20) / drift[side]
    if (first % 1000 > 5 && (first + 21) % 1000 > 26) return quiet
    return Uint8Array.from({ length: 160 }, (_, sample) => {
      const at = (index * 20 + sample / 8) / drift[side]
      return at % 1000 < 5 ? (sample % 2 === 0 ? 0x00 : 0x80) : 0xff
    })
  }
  let seed = 7
  const jitter = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return (seed / 2 ** 31) * 30
  }
  const events: { side: 0 | 1; index: number; at: number }[] = []
  for (const side of [0, 1] as const) {
    for (let index = 0; index < 30_000; index++) {
      events.push({ side, index, at: (index * 20) / drift[side] + jitter() })
    }
  }
  events.sort((one, other) => one.at - other.at)
  for (const { side, index, at } of events) recorder.packet(side, payload.pcmu, sent(side, index), index * 160, at)
  recorder.finish(600_000)
  const [left, right] = [clicks(kept.channel(0)), clicks(kept.channel(1))]
  t.ok(left.length >= 600 && right.length >= 600, `${left.length} and ${right.length} clicks of 600`)
  let worst = 0
  for (const at of left) {
    const nearest = right.reduce((best, other) => (Math.abs(other - at) < Math.abs(best - at) ? other : best), 1e9)
    worst = Math.max(worst, Math.abs(nearest - at))
  }
  t.ok(worst < 160, `furthest apart: ${worst / 8} ms`)
  t.comment(`furthest apart: ${worst / 8} ms`)
  t.same(recorder.late, [0, 0])
  const end = kept.channel(0).length
  t.ok(Math.abs(end - 600_120 * 8) < 400, `${end} samples`)
})

t.test('what is missing is silence, and what comes after stands at its time', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  const loud = tonePacket(440, 0)
  for (let index = 0; index < 500; index++) {
    // Packets 100 to 149 are lost; the clock of time stamps goes on.
    if (index < 100 || index >= 150) recorder.packet(0, payload.pcmu, loud, index * 160, index * 20)
    recorder.packet(1, payload.pcmu, loud, index * 160, index * 20)
  }
  recorder.finish(10_000)
  const left = kept.channel(0)
  t.ok(silent(left, 16_000, 24_000))
  t.notOk(silent(left, 15_840, 16_000))
  t.notOk(silent(left, 24_000, 24_160))
})

t.test('packets that overtake each other stand in order; doubled ones do no harm', async (t) => {
  const kept = new KeptRecording()
  // Packets 1, 4 and 5 are late; 3 comes twice.
  const times = { 0: 0, 2: 40, 1: 45, 3: 60, 6: 120, 4: 125, 5: 126, 7: 140, 8: 160, 9: 180 }
  const arrivals = [...Object.entries(times), ['3', 185] as const]
    .map(([index, at]) => ({ index: Number(index), at }))
    .sort((one, other) => one.at - other.at)
  for (const { index, at } of arrivals) {
    kept.recorder.packet(0, payload.pcmu, tonePacket(500, index * 160), index * 160, at)
  }
  kept.recorder.finish(200)
  t.ok(shareOf(500, kept.channel(0), 0, 1600) > 0.99)
})

t.test(
  'another source, a jump of time stamps, and a sender that stood still: it goes on where it arrives',
  async (t) => {
    for (const jump of [1_000_000, -1_000_000, 2 ** 31, 0x7fff_0000]) {
      const kept = new KeptRecording()
      const { recorder } = kept
      let timestamp = 0xffff_ff00
      for (let index = 0; index < 100; index++) {
        if (index === 50) timestamp = (timestamp + jump) >>> 0
        recorder.packet(0, payload.pcmu, tonePacket(400, index * 160), timestamp, 40 + index * 20)
        timestamp = (timestamp + 160) >>> 0
      }
      recorder.finish(2040)
      const left = kept.channel(0)
      t.ok(Math.abs(left.length - 16_000) <= 160, `jump ${jump}: ${left.length} samples`)
      t.ok(shareOf(400, left, 0, 16_000) > 0.95, `jump ${jump}`)
    }
    const kept = new KeptRecording()
    const { recorder } = kept
    // Time stamps that do not count the three seconds of silence: RFC 3550 forbids it, and phones do it.
    for (let index = 0; index < 100; index++) {
      recorder.packet(0, payload.pcmu, tonePacket(400, index * 160), index * 160, index * 20 + (index < 50 ? 0 : 3000))
    }
    recorder.finish(5000)
    const left = kept.channel(0)
    t.ok(silent(left, 8000, 32_000 - 160))
    t.ok(shareOf(400, left, 32_000, 39_000) > 0.99)
  },
)

t.test('a pause for 60 ms of time stamps that were not counted is noticed within two seconds', async (t) => {
  const kept = new KeptRecording()
  for (let index = 0; index < 300; index++) {
    kept.recorder.packet(0, payload.pcmu, tonePacket(400, 0), index * 160, index * 20 + (index < 50 ? 0 : 100))
  }
  kept.recorder.finish(6100)
  const ends = kept.channel(0)
  t.ok(!silent(ends, ends.length - 320, ends.length), 'the last packet stands at the end, where it arrived')
})

t.test('bursts stand by their time stamps', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  for (let index = 0; index < 200; index++) {
    // The network holds back eight packets and delivers them at once.
    const at = index >= 100 && index < 108 ? 108 * 20 : index * 20
    recorder.packet(0, payload.pcmu, tonePacket(300, index * 160), index * 160, at)
    recorder.tick(at)
  }
  recorder.finish(4000)
  t.ok(shareOf(300, kept.channel(0), 0, 31_000) > 0.99)
})

t.test('a pause is left out, and a click of neither end of it is heard', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  for (let index = 0; index < 300; index++) {
    const at = index * 20
    if (index === 100) recorder.pause(at)
    if (index === 200) recorder.resume(at)
    const secret = index >= 100 && index < 200
    recorder.packet(0, payload.pcmu, tonePacket(secret ? 1500 : 400, index * 160), index * 160, at + 0.5)
    recorder.packet(1, payload.pcmu, tonePacket(secret ? 1500 : 600, index * 160), index * 160, at + 0.6)
  }
  recorder.finish(6000)
  const [left, right] = [kept.channel(0), kept.channel(1)]
  t.ok(Math.abs(left.length - 32_000) <= 200, `${left.length} samples`)
  t.equal(kept.misplaced, 0)
  for (let at = 0; at < 31_000; at += 800) t.ok(shareOf(1500, left, at, at + 800) < 0.01, 'nothing of the pause')
  t.ok(shareOf(400, left, 16_200, 31_000) > 0.98)
  t.ok(shareOf(600, right, 16_200, 31_000) > 0.98)
  t.notOk(silent(left, 15_900, 16_000), 'up to the pause')
  t.notOk(silent(left, 16_000, 16_200), 'from its end on')
})

t.test('A-law, μ-law and G.722 come together in the law of the first packet; others are counted', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  for (let index = 0; index < 50; index++) {
    recorder.packet(0, payload.pcma, tonePacket(440, index * 160, 'A'), index * 160, index * 20)
    recorder.packet(1, payload.pcmu, tonePacket(880, index * 160, 'mu'), index * 160, index * 20)
    recorder.packet(1, 111, new Uint8Array(60), index * 160, index * 20)
  }
  recorder.finish(1000)
  t.equal(recorder.law, 'A')
  t.ok(shareOf(440, kept.channel(0, 'A'), 0, 8000) > 0.99)
  t.ok(shareOf(880, kept.channel(1, 'A'), 0, 8000) > 0.99)
  t.same(recorder.undecoded, [0, 50])
})

t.test('what one side said in the last moments can be taken back', async (t) => {
  const kept = new KeptRecording()
  const { recorder } = kept
  for (let index = 0; index < 50; index++) {
    recorder.packet(0, payload.pcmu, tonePacket(440, index * 160), index * 160, 20 + index * 20)
    recorder.packet(1, payload.pcmu, tonePacket(440, index * 160), index * 160, 20 + index * 20)
    if (index === 24) recorder.erase(0, 440, 500)
  }
  recorder.finish(1020)
  t.ok(silent(kept.channel(0), 440 * 8, 500 * 8))
  t.notOk(silent(kept.channel(1), 440 * 8, 500 * 8))
})

t.test('whatever comes: pieces follow each other, and the length is that of the time', async () => {
  const step = fc.record({
    side: fc.constantFrom<0 | 1>(0, 1),
    after: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5000 })),
    timestamp: fc.oneof(fc.integer({ min: 0, max: 16_000 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    length: fc.integer({ min: 0, max: 2000 }),
    kind: fc.constantFrom(0, 8, 9, 18),
    act: fc.constantFrom('packet', 'packet', 'packet', 'packet', 'pause', 'resume', 'tick', 'changed'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const kept = new KeptRecording()
      const { recorder } = kept
      let now = 0
      for (const { side, after, timestamp, length, kind, act } of steps) {
        now += after
        if (act === 'packet') recorder.packet(side, kind, new Uint8Array(length).fill(1), timestamp, now)
        else if (act === 'pause') recorder.pause(now)
        else if (act === 'resume') recorder.resume(now)
        else if (act === 'tick') recorder.tick(now)
        else recorder.sourceChanged(side)
      }
      const due = recorder.milliseconds(now)
      recorder.finish(now)
      const samples = kept.channel(0).length
      const nearly = samples >= due * 8 - 8 && samples <= due * 8 + 2000 + 1600 + 8
      return kept.misplaced === 0 && nearly
    }),
    { numRuns: 300 },
  )
})
