import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const scripts = fileURLToPath(new URL('.', import.meta.url))
const sources = join('engine', 'net', 'batching-socket')
const linux = process.platform === 'linux'
const compiler = linux && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0

function copyScripts(root) {
  for (const name of ['build-batching-socket.mjs', 'native-module.mjs'])
    cpSync(join(scripts, name), join(root, 'scripts', name))
}

/** A tree with the script and the sources; `run` installs in it. */
function tree(t) {
  const root = t.testdir({ scripts: {} })
  copyScripts(root)
  cpSync(join(scripts, '..', sources), join(root, sources), { recursive: true })
  const run = (environment = {}) =>
    spawnSync(process.execPath, [join(root, 'scripts', 'build-batching-socket.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    })
  return {
    root,
    run,
    built: join(root, 'build', 'batching-socket.node'),
    reason: join(root, 'build', 'batching-socket.txt'),
  }
}

t.test(
  'without a compiler the reason is told and kept, and nothing fails',
  { skip: linux ? false : 'needs Linux' },
  async (t) => {
    const { run, built, reason } = tree(t)
    const { status, stderr } = run({ PATH: '/nonexistent', CC: '' })
    t.equal(status, 0)
    t.match(stderr, /not built: no C compiler/)
    t.match(readFileSync(reason, 'utf8'), /^no C compiler \(cc, gcc or clang\) was found\n$/)
    t.notOk(existsSync(built))
  },
)

const skip = compiler ? false : 'needs a C compiler'

t.test('a source that does not compile is a reason too', { skip }, async (t) => {
  const { root, run, built, reason } = tree(t)
  if (run().status === 0 && !existsSync(built)) return t.match(readFileSync(reason, 'utf8'), /headers/)
  writeFileSync(join(root, sources, 'sending.c'), 'this is not C\n')
  t.equal(run().status, 0)
  t.match(readFileSync(reason, 'utf8'), /^the compiler failed: .*error/)
  t.notOk(existsSync(built), 'the old build does not stay beside a new source')
})

t.test('what is newer than its source is left alone', { skip }, async (t) => {
  const { root, run, built, reason } = tree(t)
  const { buildBatchingSocket } = await import(join(root, 'scripts', 'build-batching-socket.mjs'))
  run()
  const result = existsSync(built) ? built : reason
  const before = statSync(result).ino
  buildBatchingSocket({ always: false })
  t.equal(statSync(result).ino, before)
})

t.test('a tree without the sources, as some packages are, is left alone', async (t) => {
  const root = t.testdir({ scripts: {} })
  copyScripts(root)
  mkdirSync(join(root, 'engine'))
  const { buildBatchingSocket } = await import(join(root, 'scripts', 'build-batching-socket.mjs'))
  buildBatchingSocket({ always: true })
  t.notOk(existsSync(join(root, 'build')))
})
