import fc from 'fast-check'
import t from 'tap'
import { soundFormOf } from './sound-file-form.ts'
import { monoOf, telephoneSamples } from './telephone-sound.ts'
import { wavHeader } from './wav-header.ts'

/** A WAV file of PCM. */
function wav(tag: number, bits: number, channels: number, rate: number, data: Buffer): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(tag, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt16LE((channels * bits) / 8, 32)
  header.writeUInt16LE(bits, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}

function au(encoding: number, rate: number, channels: number, data: Buffer): Buffer {
  const header = Buffer.alloc(24)
  header.write('.snd', 0, 'latin1')
  for (const [index, value] of [24, data.length, encoding, rate, channels].entries()) {
    header.writeUInt32BE(value, 4 + index * 4)
  }
  return Buffer.concat([header, data])
}

const sine = (frequency: number, rate: number, index: number) =>
  0.5 * Math.sin((2 * Math.PI * frequency * index) / rate)

/** Amplitude of one frequency at 8000 Hz, 1 for the loudest; the ends are left out, where the filter begins. */
function amplitude(frequency: number, samples: Int16Array): number {
  let [real, imaginary] = [0, 0]
  const inner = samples.subarray(400, samples.length - 400)
  inner.forEach((sample, index) => {
    real += sample * Math.cos((2 * Math.PI * frequency * index) / 8000)
    imaginary += sample * Math.sin((2 * Math.PI * frequency * index) / 8000)
  })
  return (2 * Math.hypot(real, imaginary)) / inner.length / 32_768
}

function telephoneOf(file: Buffer): Int16Array {
  const found = soundFormOf(file)
  if (!found.ok) throw new Error(found.message)
  return telephoneSamples(monoOf(file, found.form), found.form.rate)
}

const forms: readonly [string, (rate: number, samples: readonly number[]) => Buffer][] = [
  ['WAV, 8 bits', (rate, all) => wav(1, 8, 1, rate, Buffer.from(all.map((one) => 128 + one * 127)))],
  [
    'WAV, 16 bits',
    (rate, all) =>
      wav(
        1,
        16,
        1,
        rate,
        packed(all, 2, (buffer, one, at) => buffer.writeInt16LE(one * 32_767, at)),
      ),
  ],
  [
    'WAV, 24 bits',
    (rate, all) =>
      wav(
        1,
        24,
        1,
        rate,
        packed(all, 3, (buffer, one, at) => buffer.writeIntLE(one * 8_388_607, at, 3)),
      ),
  ],
  [
    'WAV, 32 bits',
    (rate, all) =>
      wav(
        1,
        32,
        1,
        rate,
        packed(all, 4, (buffer, one, at) => buffer.writeInt32LE(one * 2 ** 30 * 2 - 1, at)),
      ),
  ],
  [
    'WAV, float',
    (rate, all) =>
      wav(
        3,
        32,
        1,
        rate,
        packed(all, 4, (buffer, one, at) => buffer.writeFloatLE(one, at)),
      ),
  ],
  [
    'AU, 16 bits',
    (rate, all) =>
      au(
        3,
        rate,
        1,
        packed(all, 2, (buffer, one, at) => buffer.writeInt16BE(one * 32_767, at)),
      ),
  ],
  [
    'AU, 24 bits',
    (rate, all) =>
      au(
        4,
        rate,
        1,
        packed(all, 3, (buffer, one, at) => buffer.writeIntBE(one * 8_388_607, at, 3)),
      ),
  ],
]

function packed(
  all: readonly number[],
  size: number,
  write: (buffer: Buffer, one: number, at: number) => void,
): Buffer {
  const buffer = Buffer.alloc(all.length * size)
  for (const [index, one] of all.entries()) write(buffer, Math.max(-0.999, Math.min(0.999, one)), index * size)
  return buffer
}

t.test('tones survive in every form and at every rate; what telephones cannot carry does not fold back', async (t) => {
  for (const [name, make] of forms) {
    for (const rate of [8000, 11_025, 16_000, 44_100, 48_000]) {
      const kept = make(
        rate,
        Array.from({ length: rate }, (_, index) => sine(1000, rate, index)),
      )
      const samples = telephoneOf(kept)
      t.ok(Math.abs(samples.length - 8000) <= 1, `${name}, ${rate}: ${samples.length} samples`)
      t.ok(Math.abs(amplitude(1000, samples) - 0.5) < 0.02, `${name}, ${rate}: ${amplitude(1000, samples)}`)
    }
  }
  // 6000 Hz would come out as 2000.
  for (const rate of [16_000, 44_100, 48_000]) {
    const folded = telephoneOf(
      wav(
        3,
        32,
        1,
        rate,
        packed(
          Array.from({ length: rate }, (_, index) => sine(6000, rate, index)),
          4,
          (buffer, one, at) => buffer.writeFloatLE(one, at),
        ),
      ),
    )
    t.ok(amplitude(2000, folded) < 0.005, `${rate}: ${amplitude(2000, folded)}`)
  }
})

t.test('two channels become one', async (t) => {
  const data = packed([0.5, -0.5, 0.5, -0.5], 2, (buffer, one, at) => buffer.writeInt16LE(one * 32_767, at))
  t.same([...telephoneOf(wav(1, 16, 2, 8000, data))], [0, 0])
})

t.test('a file that was cut off, or whose length was never filled in, has what is there', async (t) => {
  const whole = Buffer.concat([wavHeader('mu', 1, 1000), Buffer.alloc(1000, 5)])
  const cut = soundFormOf(whole.subarray(0, 558))
  t.match(cut, { ok: true, form: { length: 500 } })
  whole.writeUInt32LE(0xffff_ffff, 54)
  t.match(soundFormOf(whole), { ok: true, form: { length: 1000 } })
})

t.test('hostile files are refused in words', async (t) => {
  const good = wav(1, 16, 1, 8000, Buffer.alloc(100))
  const changed = (at: number, value: number, size = 4) => {
    const copy = Buffer.from(good)
    copy.writeUIntLE(value, at, size)
    return copy
  }
  for (const [file, message] of [
    [Buffer.alloc(0), /neither WAV nor AU/],
    [Buffer.from('ID3 an mp3'), /neither WAV nor AU/],
    [good.subarray(0, 30), /cut short/],
    [good.subarray(0, 12), /no sound/],
    [changed(22, 0, 2), /0 channels/],
    [changed(22, 60_000, 2), /60000 channels/],
    [changed(24, 1), /1 samples a second/],
    [changed(24, 4_000_000_000), /samples a second/],
    [changed(20, 85, 2), /none that are read/],
    [changed(16, 0xffff_fff0), /no sound/],
    [changed(16, 2), /cut short/],
    [wav(1, 16, 1, 8000, Buffer.alloc(1)), /no sound/],
    [au(1, 8000, 1, Buffer.alloc(0)), /no sound/],
    [au(99, 8000, 1, Buffer.alloc(9)), /encoding 99/],
    [au(1, 8000, 1, Buffer.alloc(9)).subarray(0, 20), /cut short/],
  ] as const) {
    const found = soundFormOf(file)
    t.match(found, { ok: false, message })
  }
})

t.test('whatever is read: nothing is thrown, and no sample comes from beyond the file', async () => {
  const good = [
    wav(1, 24, 2, 11_025, Buffer.alloc(300, 7)),
    au(27, 8000, 1, Buffer.alloc(300, 7)),
    wav(3, 32, 1, 8000, Buffer.alloc(400, 0xff)),
  ]
  const spoilt = fc.record({
    file: fc.constantFrom(...good),
    length: fc.nat(400),
    changes: fc.array(fc.record({ at: fc.nat(60), byte: fc.nat(255) }), { maxLength: 6 }),
  })
  fc.assert(
    fc.property(spoilt, ({ file, length, changes }) => {
      const bytes = Buffer.from(file.subarray(0, Math.max(1, length)))
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte
      const found = soundFormOf(bytes)
      if (!found.ok) return found.message !== ''
      const { form } = found
      const samples = telephoneSamples(monoOf(bytes, form), form.rate)
      return form.offset + form.length <= bytes.length && samples.every((sample) => Number.isInteger(sample))
    }),
    { numRuns: 2000 },
  )
})
