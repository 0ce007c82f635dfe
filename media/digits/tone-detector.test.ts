import t from 'tap'
import type { Law } from '../sound/g711.ts'
import { encoded, linear } from '../sound/g711.ts'
import { ToneDetector } from './tone-detector.ts'

const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]
const keys = '123A456B789C*0#D'

interface Sound {
  readonly milliseconds: number
  readonly parts: readonly (readonly [frequency: number, amplitude: number])[]
  /** Amplitude of noise. */
  readonly noise?: number
}

let seed = 3
function chance(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return (seed >>> 8) / 0x100_0000 - 0.5
}

function hear(sounds: readonly Sound[], law: Law = 'A'): string {
  const detector = new ToneDetector()
  let heard = ''
  let time = 0
  for (const { milliseconds, parts, noise = 0 } of sounds) {
    const bytes = Buffer.alloc(milliseconds * 8)
    for (const [index] of bytes.entries()) {
      let sample = chance() * 2 * noise
      for (const [frequency, amplitude] of parts)
        sample += amplitude * Math.sin((2 * Math.PI * frequency * time) / 8000)
      bytes[index] = encoded[law][Math.round(sample) & 0xffff]!
      time++
    }
    heard += detector.take(bytes, 0, bytes.length, linear[law])
  }
  return heard
}

function press(key: string, milliseconds: number, amplitude = 6000, noise = 0): Sound {
  const place = keys.indexOf(key)
  const parts = [
    [rows[place >> 2]!, amplitude],
    [columns[place & 3]!, amplitude],
  ] as const
  return { milliseconds, parts, noise }
}

const pause: Sound = { milliseconds: 50, parts: [] }

t.test('all sixteen keys, by both laws', async (t) => {
  const sounds = [...keys].flatMap((key) => [press(key, 60), pause])
  t.equal(hear(sounds, 'A'), keys)
  t.equal(hear(sounds, 'mu'), keys)
})

t.test('40 ms are enough, wherever they begin; the same key twice is two presses (ITU-T Q.24)', async (t) => {
  for (let shift = 0; shift < 13; shift++) {
    const silence: Sound = { milliseconds: 20 + shift, parts: [] }
    t.equal(hear([silence, press('5', 40), pause, press('5', 40), pause]), '55', `after ${shift} ms`)
  }
})

t.test('a long press is one, and so is one with a hole of a few milliseconds', async (t) => {
  t.equal(hear([press('7', 3000), pause]), '7')
  t.equal(hear([press('7', 100), { milliseconds: 5, parts: [] }, press('7', 100)]), '7')
})

t.test('quiet and noisy', async (t) => {
  t.equal(hear([pause, press('3', 100, 500), pause]), '3')
  t.equal(hear([pause, press('3', 100, 6000, 1500), pause]), '3')
})

t.test('what is none: one tone, three, wrong pairs, noise, a gliding voice', async (t) => {
  t.equal(hear([{ milliseconds: 500, parts: [[770, 8000]] }]), '')
  t.equal(
    hear([
      {
        milliseconds: 500,
        parts: [
          [350, 5000],
          [440, 5000],
        ],
      },
    ]),
    '',
    'dial tone',
  )
  t.equal(
    hear([
      {
        milliseconds: 500,
        parts: [
          [697, 5000],
          [770, 5000],
          [1209, 5000],
        ],
      },
    ]),
    '',
  )
  t.equal(
    hear([
      {
        milliseconds: 500,
        parts: [
          [770, 8000],
          [1336, 500],
        ],
      },
    ]),
    '',
    'one much louder',
  )
  t.equal(hear([{ milliseconds: 5000, parts: [], noise: 12_000 }]), '')
  const voice = Array.from({ length: 200 }, (_, index): Sound => {
    const pitch = 120 + 80 * Math.sin(index / 9)
    return {
      milliseconds: 20,
      parts: Array.from({ length: 20 }, (_, harmonic) => [pitch * (harmonic + 1), 4000 / (harmonic + 1)]),
    }
  })
  t.equal(hear(voice), '')
})
