import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const program = fileURLToPath(new URL('./record-once.js', import.meta.url))
const hasStrace = spawnSync('strace', ['-V']).status === 0

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'ringdown-recording-'))
  t.teardown(() => rmSync(made, { recursive: true, force: true }))
  return made
}

t.test(
  'file, description and folders are on the disk before a recording is reported complete',
  { skip: hasStrace ? false : 'strace is not installed' },
  async (t) => {
    const data = folder()
    const calls = join(data, 'calls')
    // With -y, descriptors are shown with their paths.
    const traced = ['-f', '-y', '-o', calls, '-e', 'trace=fsync,fdatasync,rename,renameat2,write', process.execPath]
    const run = spawnSync('strace', [...traced, program, data], { encoding: 'utf8', timeout: 60_000 })
    t.match(run.stdout, /^complete \d{4}-\d\d-\d\d\/one\.wav 16\d{3}\n$/, run.stderr)
    const lines = readFileSync(calls, 'utf8').split('\n')
    const first = (form: RegExp) => lines.findIndex((line) => form.test(line))
    const steps = [
      /f(data)?sync\(\d+<[^>]*\/one\.wav>/,
      /f(data)?sync\(\d+<[^>]*\/new\/one\.json\.part>/,
      /rename(at2)?\(.*one\.json\.part.*\/new\/one\.json"/,
      /fsync\(\d+<[^>]*\/recordings\/\d{4}-\d\d-\d\d>/,
      /fsync\(\d+<[^>]*\/recordings\/new>/,
      /fsync\(\d+<[^>]*\/recordings>/,
      /write\(1<[^>]*>, "complete /,
    ]
    const places = steps.map(first)
    t.same(
      places,
      [...places].sort((one, other) => one - other),
      `in this order: ${places.join(' ')}`,
    )
    t.ok(
      places.every((place) => place >= 0),
      `${places.join(' ')}`,
    )
  },
)

t.test('after kill -9 what was said is in the file, and the next start repairs it', async (t) => {
  const data = folder()
  t.equal(spawnSync(process.execPath, [program, data, 'crash'], { timeout: 60_000 }).signal, 'SIGKILL')
  const open = join(data, 'recordings', 'open', 'media-0')
  t.same(readdirSync(open), ['one.json'])
  const { startedAt } = JSON.parse(readFileSync(join(open, 'one.json'), 'utf8')) as { startedAt: number }
  const day = new Date(startedAt).toISOString().slice(0, 10)
  const left = readFileSync(join(data, 'recordings', day, 'one.wav'))
  t.ok(left.length > 58 + 16_000 * 0.6, `${left.length} bytes are on disk, all but the last third of a second`)
})
