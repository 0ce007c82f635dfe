import t from 'tap'
import type { Recording } from './tone.ts'
import { readWav, toneShare } from './tone.ts'

function sine(frequency: number, loudness = 0.5): Recording {
  const samples = Array.from({ length: 8000 }, (_, n) => loudness * Math.sin((2 * Math.PI * frequency * n) / 8000))
  return { samplesPerSecond: 8000, samples }
}

t.test('a tone is found at its frequency and nowhere else', async (t) => {
  t.ok(toneShare(sine(440), 440) > 0.99)
  t.ok(toneShare(sine(440), 880) < 0.01)
  t.ok(toneShare(sine(440), 660) < 0.01)
})

t.test('silence holds no tone', async (t) => {
  t.equal(toneShare(sine(440, 0), 440), 0)
  t.equal(toneShare({ samplesPerSecond: 8000, samples: [] }, 440), 0)
})

t.test('a WAV file is read', async (t) => {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8000, 24)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  const recording = readWav(Buffer.concat([header, Buffer.from([0, 0x40, 0, 0xc0])]))
  t.same(recording, { samplesPerSecond: 8000, samples: [0.5, -0.5] })
  t.throws(() => readWav(Buffer.from('something else')), /No WAV file/)
})
