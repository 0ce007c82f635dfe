import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { soundFormOf } from '../sound/sound-file-form.ts'
import { ownPrompts, promptSetFor, readPromptSets } from './prompt-set.ts'
import type { SpeakingRules, Spoken } from './sentence.ts'
import { sentence, sentenceFiles } from './sentence.ts'

const data = mkdtempSync(join(tmpdir(), 'ringdown-prompts-'))
t.teardown(() => rmSync(data, { recursive: true, force: true }))
const english = promptSetFor(readPromptSets(data), 'en-GB')
if (english === null) throw new Error('there is no English')
const { manifest } = english
const said = (...parts: Spoken[]) =>
  sentence(manifest, parts)
    .map((name) => manifest.prompts[name] ?? `<${name}>`)
    .join(' ')

t.test('English numbers, dates and times', async (t) => {
  t.equal(said({ number: 0 }), 'zero')
  t.equal(said({ number: 17 }), 'seventeen')
  t.equal(said({ number: 42 }), 'forty two')
  t.equal(said({ number: 90 }), 'ninety')
  t.equal(said({ number: 100 }), 'one hundred')
  t.equal(said({ number: 701 }), 'seven hundred and one')
  t.equal(said({ number: 1_234_567 }), 'one million two hundred and thirty four thousand five hundred and sixty seven')
  t.equal(said({ number: 5_000_000_000 }), 'five zero zero zero zero zero zero zero zero zero')
  t.equal(said({ number: -1 }, { number: 1.5 }), '')
  t.equal(said({ spell: '+44 20-7' }), 'plus four four two zero dash seven')
  t.equal(said({ spell: '*8Z' }), 'star eight zed')
  t.equal(said({ date: { year: 2026, month: 11, day: 27 } }), 'Friday the twenty seventh November')
  t.equal(said({ date: { year: 2026, month: 3, day: 1 } }), 'Sunday the first March')
  t.equal(said({ time: { hour: 0, minute: 0 } }), "twelve o'clock a m")
  t.equal(said({ time: { hour: 15, minute: 5 } }), 'three oh five p m')
  t.equal(said({ time: { hour: 12, minute: 30 } }), 'twelve thirty p m')
})

t.test(
  'every prompt of the set that comes with Ringdown is there, in the form of telephones, and nothing else',
  async (t) => {
    const names = Object.keys(manifest.prompts)
    for (const name of names) {
      const form = soundFormOf(readFileSync(join(ownPrompts, 'en', `${name}.wav`)))
      if (!form.ok) t.fail(`${name}: ${form.message}`)
      else {
        t.match(form.form, { form: 'mu', channels: 1, rate: 8000 }, name)
        const milliseconds = form.form.length / 8
        t.ok(milliseconds > 100 && milliseconds < 10_000, `${name} takes ${milliseconds} ms`)
      }
    }
    const files = readdirSync(join(ownPrompts, 'en')).filter((file) => file.endsWith('.wav'))
    t.same(files.sort(), names.map((name) => `${name}.wav`).sort())
  },
)

t.test('whatever is to be said has prompts', async () => {
  const spoken = fc.oneof(
    fc.record({ number: fc.integer({ min: 0, max: 999_999_999 }) }),
    fc.record({ spell: fc.string() }),
    fc.record({
      date: fc.record({
        year: fc.integer({ min: 2000, max: 2100 }),
        month: fc.integer({ min: 1, max: 12 }),
        day: fc.integer({ min: 1, max: 28 }),
      }),
    }),
    fc.record({ time: fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) }) }),
  )
  fc.assert(
    fc.property(fc.array(spoken, { maxLength: 5 }), (parts) => {
      const names = sentence(manifest, parts)
      return names.every((name) => Object.hasOwn(manifest.prompts, name))
    }),
  )
})

t.test('another language is a folder: German counts units before tens', async (t) => {
  const folder = join(data, 'prompts', 'de')
  mkdirSync(folder, { recursive: true })
  const rules: SpeakingRules = {
    numbers: [
      { from: 0, to: 12, say: ['='] },
      { from: 13, to: 99, base: 10, say: ['?rest', '?und', 'tens'] },
      { from: 100, to: 999, base: 100, say: ['count', 'hundert', '?rest'] },
    ],
    date: ['weekday', 'day', 'month'],
    time: { hours: 24, whole: ['hour', 'uhr'], small: ['hour', 'uhr', 'minute'], other: ['hour', 'uhr', 'minute'] },
  }
  const prompts = { und: 'und', hundert: 'hundert', uhr: 'Uhr' }
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ version: 1, language: 'de', name: 'Deutsch', prompts, ...rules }),
  )
  const german = promptSetFor(readPromptSets(data), 'de')
  if (german === null) throw new Error('not found')
  t.equal(sentence(german.manifest, [{ number: 342 }]).join(' '), 'number-3 hundert number-2 und number-40')
  t.equal(
    sentence(german.manifest, [{ time: { hour: 15, minute: 5 } }]).join(' '),
    'number-5 und number-10 uhr number-5',
  )
  t.equal(german.file('und'), join(folder, 'und.wav'))
  t.equal(german.file('../en/and'), null)
  t.equal(promptSetFor(readPromptSets(data), 'fr')?.manifest.language, 'en')
})

t.test('an own recording takes the place of a prompt', async (t) => {
  const own = join(data, 'prompts', 'en', 'goodbye.wav')
  const before = english.file('goodbye')
  t.ok(before !== null && existsSync(before))
  mkdirSync(join(data, 'prompts', 'en'), { recursive: true })
  writeFileSync(own, '')
  t.equal(english.file('goodbye'), own)
  t.same(sentenceFiles(english, [{ prompt: 'goodbye' }, { prompt: 'no-such-prompt' }]), [own])
})

t.test('a manifest that is wrong is named', async (t) => {
  const folder = join(data, 'prompts', 'xx')
  mkdirSync(folder, { recursive: true })
  for (const text of [
    '{',
    '{}',
    '{"language":"xx","prompts":{"../x":""},"numbers":[],"date":[],"time":{}}',
    '{"language":"xx","prompts":{}}',
  ]) {
    writeFileSync(join(folder, 'manifest.json'), text)
    t.throws(() => readPromptSets(data), /xx\/manifest\.json/)
  }
  rmSync(folder, { recursive: true })
  const circle: SpeakingRules = { ...manifest, numbers: [{ from: 0, to: 9, base: 1, say: ['count'] }] }
  t.same(sentence(circle, [{ number: 5 }]), [])
})
