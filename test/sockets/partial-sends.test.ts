/** The batching socket when the system takes only part of a batch: the rest waits, in order, and nothing is lost. */
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import t from 'tap'
import { loadNativeSockets } from '../../engine/net/batching-socket/native-socket.ts'

const native = loadNativeSockets()
// Seen from dist/test/sockets.
const source = fileURLToPath(new URL('../../../test/sockets/reluctant-sendmmsg.c', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ringdown-partial-sends-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const library = join(folder, 'reluctant-sendmmsg.so')

function obstacle(): string | false {
  if (native.kind === 'missing') return `no batching socket: ${native.why}`
  const compiled = spawnSync('cc', ['-shared', '-fPIC', source, '-o', library], { encoding: 'utf8' })
  return compiled.status === 0 && existsSync(library) ? false : `no compiler: ${compiled.stderr ?? compiled.error}`
}

/** Runs the sender, which closes after `wait` milliseconds. Resolves with the datagrams heard and its report. */
async function run(t: Test, wait: number): Promise<{ heard: string[]; failures: number }> {
  const socket = createSocket('udp4')
  t.teardown(() => socket.close())
  const heard: string[] = []
  socket.on('message', (data) => heard.push(data.toString('latin1')))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setRecvBufferSize(4_000_000)
  const script = fileURLToPath(new URL('./reluctant-sender.js', import.meta.url))
  const child = spawn(process.execPath, [script, String(socket.address().port), String(wait)], {
    env: { ...process.env, LD_PRELOAD: library },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data) => {
    output += String(data)
  })
  const [status] = await once(child, 'close')
  t.equal(status, 0)
  while (heard.length < 501) await once(socket, 'message')
  return { heard, failures: (JSON.parse(output) as { failures: number }).failures }
}

const skip = obstacle()
const expected = Array.from({ length: 501 }, (_, index) => index)

for (const [wait, when] of [
  [200, 'while the process lives'],
  [0, 'as it closes'],
] as const) {
  t.test(`what the socket did not take at once leaves in order, ${when}`, { skip }, async (t) => {
    const { heard, failures } = await run(t, wait)
    t.same(
      heard.map((text) => Number.parseInt(text, 10)),
      expected,
    )
    t.ok(heard.every((text, index) => index === 500 || text.length === (index % 50 === 0 ? 20_000 : 100)))
    t.equal(failures, 1, 'only the one that is not allowed')
  })
}

t.test('what waits is bounded, and closing does not wait for ever', { skip }, async (t) => {
  const script = fileURLToPath(new URL('./stuck-sender.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env: { ...process.env, LD_PRELOAD: library, SENDMMSG: 'never' },
  })
  t.equal(status, 0)
  const { dropped, failures } = JSON.parse(stdout) as { dropped: number; failures: number }
  // 8 MB are 139 of them.
  t.equal(dropped, 61)
  t.equal(failures, 200)
})
