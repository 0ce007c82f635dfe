import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { FrameSource } from '../session-sound.ts'
import { wavHeader } from '../sound/wav-header.ts'
import { sourceOpener } from './open-source.ts'
import { milliwatt, tonesOf } from './tones.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringdown-sources-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
let now = 0
const open = sourceOpener(() => now)

/** All that comes, at most so many frames. */
function played(source: FrameSource, most = 1000): Int16Array {
  const samples: number[] = []
  const frame = new Int16Array(160)
  for (let count = 0; count < most && source.next(frame); count++) samples.push(...frame)
  return Int16Array.from(samples)
}

/** Level of one frequency in dBm0. */
function levelOf(frequency: number, samples: Int16Array): number {
  let [sine, cosine] = [0, 0]
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / 8000
    sine += sample * Math.sin(angle)
    cosine += sample * Math.cos(angle)
  })
  const peak = (2 * Math.hypot(sine, cosine)) / samples.length
  return 20 * Math.log10(peak / 32_767) + 3.14
}

t.test('the milliwatt line has 0 dBm0 at 1004 Hz, second after second without a click', async (t) => {
  const samples = played(open({ kind: 'tones', tones: milliwatt }, true), 150)
  t.equal(samples.length, 24_000)
  t.ok(Math.abs(levelOf(1004, samples)) < 0.1, `${levelOf(1004, samples)} dBm0`)
})

t.test('British ringback: 400 and 450 Hz, twice 400 ms, then two seconds of silence', async (t) => {
  const source = open({ kind: 'tones', tones: tonesOf('GB', 'ringback') }, true)
  const samples = played(source, 150)
  t.ok(Math.abs(levelOf(400, samples.subarray(80, 3120)) + 13) < 0.5)
  t.ok(Math.abs(levelOf(450, samples.subarray(80, 3120)) + 13) < 0.5)
  t.ok(
    samples.subarray(3200, 4800).every((sample) => sample === 0),
    'between',
  )
  t.ok(samples.subarray(4900, 7900).some((sample) => sample !== 0))
  t.ok(samples.subarray(8000, 24_000).every((sample) => sample === 0))
  t.ok(Math.abs(samples[1] ?? 0) < 500, 'it comes softly')
})

t.test('every country has every tone, and each is one that can be played', async (t) => {
  for (const country of [
    'US',
    'GB',
    'DE',
    'FR',
    'IT',
    'ES',
    'NL',
    'BE',
    'CH',
    'AT',
    'SE',
    'JP',
    'AU',
    'NZ',
    'IE',
    'XX',
    '__proto__',
  ]) {
    for (const name of ['dial', 'ringback', 'busy', 'congestion', 'callWaiting', 'special'] as const) {
      const source = open({ kind: 'tones', tones: tonesOf(country, name) }, false)
      const frame = new Int16Array(160)
      t.ok(source.next(frame) && frame.some((sample) => sample !== 0), `${country} ${name}`)
    }
  }
})

t.test('what is no tone has a fault, and does not go on for ever', async (t) => {
  for (const tones of [
    [],
    [{ frequencies: [1], level: 0, milliseconds: 0 }],
    [{ frequencies: [], level: 0, milliseconds: -5 }],
  ]) {
    const source = open({ kind: 'tones', tones }, true)
    t.notOk(source.next(new Int16Array(160)))
    t.match(source.fault, /these are no tones/)
  }
  const nan = open({ kind: 'tones', tones: [{ frequencies: [400], level: 0, milliseconds: Number.NaN }] }, true)
  t.notOk(nan.next(new Int16Array(160)))
})

/** A file of so many samples, all of them the same byte. */
function file(name: string, byte: number, samples: number): string {
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([wavHeader('mu', 1, samples), Buffer.alloc(samples, byte)]))
  return path
}

/** Until all files have been read. */
async function ready(source: FrameSource): Promise<void> {
  const deadline = Date.now() + 5000
  const first = new Int16Array(160)
  const isSilent = () => first.every((sample) => sample === 0)
  while (Date.now() < deadline && source.next(first) && isSilent()) await new Promise((done) => setTimeout(done, 1))
}

t.test(
  'files follow each other without a gap; while they are read there is silence, and nothing is skipped',
  async (t) => {
    const files = [file('a.wav', 0x00, 250), file('b.wav', 0x80, 90)]
    const source = open({ kind: 'files', files }, false)
    const frame = new Int16Array(160)
    t.ok(source.next(frame), 'before they are read')
    t.ok(frame.every((sample) => sample === 0))
    await ready(source)
    const rest = played(source)
    // The first frame was taken by `ready`.
    t.equal(rest.length, 320)
    t.ok(rest.subarray(0, 90).every((sample) => sample === -32_124))
    t.ok(rest.subarray(90, 180).every((sample) => sample === 32_124))
    t.ok(
      rest.subarray(180).every((sample) => sample === 0),
      'silence behind the end',
    )
    t.equal(source.fault, '')
  },
)

t.test('a loop goes on within a frame, and takes a replaced file in its next round after some seconds', async (t) => {
  const source = open({ kind: 'files', files: [file('loop.wav', 0x00, 100)] }, true)
  await ready(source)
  t.ok(played(source, 10).every((sample) => sample === -32_124))
  file('loop.wav', 0x80, 100)
  now += 20_000
  played(source, 2)
  await ready(source)
  t.equal(played(source, 2).at(-1), 32_124)
  source.close()
  t.notOk(source.next(new Int16Array(160)))
})

t.test('a file that is missing, no sound, or not in the form of telephones: a fault that says so', async (t) => {
  const text = join(folder, 'text.wav')
  writeFileSync(text, 'not a sound at all')
  const stereo = join(folder, 'stereo.wav')
  writeFileSync(stereo, Buffer.concat([wavHeader('mu', 2, 100), Buffer.alloc(100)]))
  for (const [path, fault] of [
    [join(folder, 'none.wav'), /ENOENT/],
    [text, /neither WAV nor AU/],
    [stereo, /not in the form of telephones/],
  ] as const) {
    const source = open({ kind: 'files', files: [path] }, true)
    const deadline = Date.now() + 5000
    while (source.next(new Int16Array(160)) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 1))
    t.match(source.fault, fault)
  }
  t.match(open({ kind: 'files', files: [] }, true).fault, /nothing to play/)
})
