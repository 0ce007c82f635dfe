/**
 * Compiles engine/net/batching-socket into build/batching-socket.node, where that is missing or older than its source.
 * npm runs it after the packages are installed; `npm start` and `npm test` when the source has changed.
 *
 * Nothing depends on it: where it cannot be built (no compiler, no headers, no Linux) the reason is printed and kept for
 * `ringdown doctor`, and UDP goes through node:dgram. So it never fails.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceFolder = join(root, 'engine', 'net', 'batching-socket')
const folder = join(root, 'build')
const built = join(folder, 'batching-socket.node')
/** Why it could not be built: one line. */
const reason = join(folder, 'batching-socket.txt')
/** Longest wait for one step, ms: an unreachable network must not hold up an installation. */
const stepLimit = 60_000
const needed = ['node_api.h', 'js_native_api.h', 'uv.h']

/** The files in C, with their headers. */
function sources() {
  if (!existsSync(sourceFolder)) return []
  return readdirSync(sourceFolder)
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => join(sourceFolder, name))
}

function hasHeaders(include) {
  return needed.every((name) => existsSync(join(include, name)))
}

/** Folder of Node's headers; `null` where they are not to be had. */
function findHeaders() {
  const besideNode = join(dirname(process.execPath), '..')
  for (const home of [process.env.npm_config_nodedir, besideNode]) {
    if (home !== undefined && hasHeaders(join(home, 'include', 'node'))) return join(home, 'include', 'node')
  }
  return fetchHeaders()
}

/** What npm would do for any native package: node-gyp, which comes with npm, fetches the headers of this Node. */
function fetchHeaders() {
  const nodeGyp = process.env.npm_config_node_gyp
  if (nodeGyp === undefined || !existsSync(nodeGyp)) return null
  const headers = join(folder, 'headers')
  spawnSync(process.execPath, [nodeGyp, 'install', '--ensure', `--devdir=${headers}`], {
    stdio: 'ignore',
    timeout: stepLimit,
  })
  if (!existsSync(headers)) return null
  const found = readdirSync(headers).map((version) => join(headers, version, 'include', 'node'))
  return found.find(hasHeaders) ?? null
}

function findCompiler() {
  const names = [process.env.CC, 'cc', 'gcc', 'clang'].filter((name) => name !== undefined && name !== '')
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null
}

/** Compiles. Returns why it could not, or `null`. */
function compile() {
  if (process.platform !== 'linux') return 'it needs Linux'
  const compiler = findCompiler()
  if (compiler === null) return 'no C compiler (cc, gcc or clang) was found'
  const include = findHeaders()
  if (include === null) return "Node's headers (include/node) were not found"
  // Renamed at the end: an engine that starts meanwhile finds the old one or the new one, whole.
  const unfinished = `${built}.${process.pid}`
  const options = ['-shared', '-fPIC', '-O2', '-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden']
  const files = sources().filter((name) => name.endsWith('.c'))
  const result = spawnSync(compiler, [...options, '-I', include, ...files, '-o', unfinished], {
    encoding: 'utf8',
    timeout: stepLimit,
  })
  if (result.status === 0) {
    if (result.stderr !== '') process.stderr.write(result.stderr)
    renameSync(unfinished, built)
    return null
  }
  rmSync(unfinished, { force: true })
  const said = (result.stderr ?? '').split('\n').find((line) => line.includes('error')) ?? 'it gave no reason'
  return `the compiler failed: ${said.trim()}`
}

function build() {
  mkdirSync(folder, { recursive: true })
  rmSync(reason, { force: true })
  const why = compile()
  if (why === null) return
  rmSync(built, { force: true })
  writeFileSync(reason, `${why}\n`)
  tell(why)
}

function tell(why) {
  process.stderr.write(
    `The batching UDP socket was not built: ${why}. UDP goes through node:dgram, which costs more.\n`,
  )
}

/**
 * Builds what is missing or older than its source. Never throws. What could not be built is tried again when the source
 * has changed, or with the next `npm ci`.
 */
export function buildBatchingSocket({ always }) {
  const files = sources()
  if (files.length === 0) return
  const changed = Math.max(...files.map((name) => statSync(name).mtimeMs))
  const isNewer = (path) => existsSync(path) && statSync(path).mtimeMs >= changed
  if (!always && (isNewer(built) || isNewer(reason))) return
  try {
    build()
  } catch (error) {
    tell(error.message)
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildBatchingSocket({ always: true })
}
