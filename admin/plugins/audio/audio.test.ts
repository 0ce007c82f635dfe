import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { musicFile } from '../../../media/announcements/audio-library.ts'
import { soundFormOf } from '../../../media/sound/sound-file-form.ts'
import { wavHeader } from '../../../media/sound/wav-header.ts'
import type { TestApplication } from '../../application-under-test.ts'
import { smallCompany, startTestApplication } from '../../application-under-test.ts'
import { isInstalled } from '../../recordings/limited-child.ts'

const company = `${smallCompany.replace('account: {name: Small Company}', 'account: {name: Small Company, musicOnHold: tune}')}
audioFiles:
  - {id: tune, name: Tune}
  - {id: "a.b@c", name: Odd}
`

/** A second of a square wave. */
const wav = Buffer.concat([
  wavHeader('A', 1, 8000),
  Buffer.from(Array.from({ length: 8000 }, (_, index) => (index & 8 ? 0x95 : 0x15))),
])

function upload({ ask }: TestApplication, id: string, body: Buffer, type = 'audio/wav') {
  return ask('PUT', `/v1/audio-files/${encodeURIComponent(id)}/sound`, body, { 'content-type': type })
}

async function started(t: { teardown(done: () => unknown): void }): Promise<TestApplication> {
  const application = await startTestApplication({ document: company })
  t.teardown(() => application.close())
  return application
}

t.test('a sound is uploaded, heard, used, and goes with its audio file', async (t) => {
  const application = await started(t)
  const { ask, dataFolder } = application
  t.equal((await ask('GET', '/v1/audio-files/tune/sound')).statusCode, 404, 'nothing was uploaded yet')
  t.equal(musicFile(dataFolder, 'tune'), musicFile(dataFolder, ''), 'and the default music is heard')
  const answer = await upload(application, 'tune', wav)
  t.equal(answer.statusCode, 200, answer.body)
  t.match(answer.json(), { id: 'tune', format: 'wav', file: 'tune.wav', sha256: /^[0-9a-f]{64}$/ })
  const heard = await ask('GET', '/v1/audio-files/tune/sound')
  t.match(soundFormOf(heard.rawPayload), { ok: true, form: { form: 'mu', rate: 8000, channels: 1, length: 8000 } })
  t.match(musicFile(dataFolder, 'tune'), /audio\/tune\.wav$/)
  const part = await ask('GET', '/v1/audio-files/tune/sound', undefined, { range: 'bytes=58-67' })
  t.equal(part.statusCode, 206)
  t.same(part.rawPayload, heard.rawPayload.subarray(58, 68))
  t.match((await ask('GET', '/v1/audio-files/tune/uses')).json(), { items: [{ kind: 'account', path: 'musicOnHold' }] })
  t.equal((await ask('DELETE', '/v1/audio-files/tune')).statusCode, 409)
  t.equal((await upload(application, 'a.b@c', wav)).statusCode, 200)
  t.ok(existsSync(join(dataFolder, 'audio', 'x-612e624063.wav')), 'an id that cannot name a file has another name')
  t.equal((await ask('DELETE', '/v1/audio-files/a.b%40c')).statusCode, 204)
  for (let tries = 0; tries < 100 && existsSync(join(dataFolder, 'audio', 'x-612e624063.wav')); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.notOk(existsSync(join(dataFolder, 'audio', 'x-612e624063.wav')))
  t.equal((await upload(application, 'none', wav)).statusCode, 404)
})

t.test('what is no sound is refused in words, and what was there stays', async (t) => {
  const application = await started(t)
  await upload(application, 'tune', wav)
  const before = readFileSync(join(application.dataFolder, 'audio', 'tune.wav'))
  for (const [bytes, words] of [
    [Buffer.from('hello'), /neither WAV nor AU/],
    [wav.subarray(0, 40), /no sound/],
    [Buffer.concat([wavHeader('mu', 1, 60_000_000), Buffer.alloc(1900 * 8000)]), /at most 1800 s/],
  ] as const) {
    const answer = await upload(application, 'tune', bytes)
    t.equal(answer.statusCode, 422)
    t.match(answer.json(), { detail: words })
  }
  t.equal((await upload(application, 'tune', wav, 'text/plain')).statusCode, 415)
  t.same(readFileSync(join(application.dataFolder, 'audio', 'tune.wav')), before)
})

t.test('prompts are listed, replaced and restored', async (t) => {
  const application = await started(t)
  const { ask, dataFolder } = application
  const list = (await ask('GET', '/v1/prompts/en')).json() as {
    items: { name: string; text: string; isReplaced: boolean }[]
  }
  t.match(
    list.items.find(({ name }) => name === 'call-recorded'),
    { text: 'This call is being recorded.', isReplaced: false },
  )
  t.equal((await ask('PUT', '/v1/prompts/en/goodbye', { audioFile: 'tune' })).statusCode, 422, 'it has no sound')
  await upload(application, 'tune', wav)
  t.match((await ask('PUT', '/v1/prompts/en/goodbye', { audioFile: 'tune' })).json(), {
    name: 'goodbye',
    isReplaced: true,
  })
  t.ok(existsSync(join(dataFolder, 'prompts', 'en', 'goodbye.wav')))
  t.equal((await ask('PUT', '/v1/prompts/en/..%2F..%2Fx', { audioFile: 'tune' })).statusCode, 404)
  t.equal((await ask('PUT', '/v1/prompts/en/constructor', { audioFile: 'tune' })).statusCode, 404)
  t.equal((await ask('GET', '/v1/prompts/tlh')).statusCode, 404)
  t.match((await ask('DELETE', '/v1/prompts/en/goodbye')).json(), { isReplaced: false })
  t.notOk(existsSync(join(dataFolder, 'prompts', 'en', 'goodbye.wav')))
  const audited = await application.services.store.audit.list({ action: 'prompt-change' })
  t.equal(audited.length, 2)
})

t.test(
  'MP3 and Ogg are converted, and hostile ones refused',
  { skip: isInstalled('ffmpeg') ? false : 'ffmpeg is not installed' },
  async (t) => {
    const application = await started(t)
    const folder = mkdtempSync(join(tmpdir(), 'ringdown-audio-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    for (const [name, codec] of [
      ['mp3', 'libmp3lame'],
      ['ogg', 'libopus'],
    ] as const) {
      const file = join(folder, `tone.${name}`)
      const tone = ['-f', 'lavfi', '-i', 'sine=frequency=700:duration=2', '-ar', '48000', '-c:a', codec, file]
      spawnSync('ffmpeg', ['-loglevel', 'error', ...tone])
      const bytes = readFileSync(file)
      const answer = await upload(application, 'tune', bytes, 'application/octet-stream')
      t.equal(answer.statusCode, 200, answer.body)
      t.match(answer.json(), { format: name })
      const stored = readFileSync(join(application.dataFolder, 'audio', 'tune.wav'))
      t.ok(stored.length > 15_000 && stored.length < 17_500, `${stored.length} bytes of two seconds`)
      // A little of the beginning, and then anything.
      const spoilt = Buffer.concat([
        bytes.subarray(0, 200),
        Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) & 0xff)),
      ])
      const refused = await upload(application, 'tune', spoilt, 'application/octet-stream')
      t.ok(refused.statusCode === 422 || refused.statusCode === 200, `spoilt ${name}: ${refused.statusCode}`)
      t.equal(
        (await upload(application, 'tune', bytes.subarray(0, 60), 'audio/mpeg')).statusCode,
        422,
        `cut off ${name}`,
      )
    }
    // What tries to make the program read files or the network is taken for sound that it is not.
    const playlist = Buffer.concat([
      Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1'),
      Buffer.from('#EXTM3U\nfile:///etc/passwd\n'),
    ])
    t.equal((await upload(application, 'tune', playlist, 'audio/mpeg')).statusCode, 422)
  },
)
