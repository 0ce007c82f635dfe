/**
 * `node scripts/make-prompts.mjs [LANGUAGE]`: speaks every prompt of `media/prompts/LANGUAGE/manifest.json` with
 * espeak-ng and stores it as NAME.wav, G.711 μ-law of 8000 Hz, with the silence at both ends cut off. Needed only when a
 * text changes: the files are part of the repository. Needs espeak-ng and ffmpeg.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const language = process.argv[2] ?? 'en'
const folder = fileURLToPath(new URL(`../media/prompts/${language}/`, import.meta.url))
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
/** `espeak-ng en-gb, 150 words a minute`: which voice, and how fast. */
const [, voice, speed] = /^espeak-ng (\S+), (\d+) words a minute$/.exec(manifest.voice) ?? []
if (voice === undefined) throw new Error(`${folder}manifest.json: this script speaks with espeak-ng only`)

/** Cuts silence at both ends (trailing by way of playing backwards), and brings speech to one loudness. */
const filters = [
  'silenceremove=start_periods=1:start_threshold=-45dB',
  'areverse',
  'silenceremove=start_periods=1:start_threshold=-45dB',
  'areverse',
  'highpass=f=150',
  'lowpass=f=3600',
  'volume=-3dB',
].join(',')

function run(program, args) {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

const work = mkdtempSync(join(tmpdir(), 'ringdown-prompts-'))
const spoken = join(work, 'spoken.wav')
for (const [name, text] of Object.entries(manifest.prompts)) {
  run('espeak-ng', ['-v', voice, '-s', speed, '-w', spoken, text])
  const form = ['-ar', '8000', '-ac', '1', '-c:a', 'pcm_mulaw', '-map_metadata', '-1', '-fflags', '+bitexact']
  run('ffmpeg', ['-loglevel', 'error', '-y', '-i', spoken, '-af', filters, ...form, join(folder, `${name}.wav`)])
}
rmSync(work, { recursive: true })
const known = new Set(Object.keys(manifest.prompts).map((name) => `${name}.wav`))
const stale = readdirSync(folder).filter((name) => name.endsWith('.wav') && !known.has(name))
for (const name of stale) rmSync(join(folder, name))
console.log(`${known.size} prompts in ${folder}, ${stale.length} of former texts removed`)
