/**
 * Compiles native code in C: a folder of sources into build/NAME.node, where that is missing or older than they are.
 *
 * Nothing depends on what is built: where it cannot be (no compiler, no headers, no Linux) the reason is printed and kept
 * in build/NAME.txt for `ringdown doctor`. So it never fails.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'build')
/** Longest wait for one step, ms: an unreachable network must not hold up an installation. */
const stepLimit = 60_000
const needed = ['node_api.h', 'js_native_api.h', 'uv.h']

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

/** A native module by name, with the folder of its sources below the root, and a sentence for people who do without it. */
export class NativeModule {
  #sourceFolder
  #built
  /** Why it could not be built: one line. */
  #reason
  #without

  constructor({ name, sources, without }) {
    this.#sourceFolder = join(root, ...sources)
    this.#built = join(folder, `${name}.node`)
    this.#reason = join(folder, `${name}.txt`)
    this.#without = without
  }

  /**
   * Builds what is missing or older than its source. Never throws. What could not be built is tried again when the source
   * has changed, or with the next `npm ci`.
   */
  build({ always }) {
    const files = this.#sources()
    if (files.length === 0) return
    const changed = Math.max(...files.map((name) => statSync(name).mtimeMs))
    const isNewer = (path) => existsSync(path) && statSync(path).mtimeMs >= changed
    if (!always && (isNewer(this.#built) || isNewer(this.#reason))) return
    try {
      mkdirSync(folder, { recursive: true })
      rmSync(this.#reason, { force: true })
      const why = this.#compile(files)
      if (why === null) return
      rmSync(this.#built, { force: true })
      writeFileSync(this.#reason, `${why}\n`)
      this.#tell(why)
    } catch (error) {
      this.#tell(error.message)
    }
  }

  /** The files in C, with their headers. */
  #sources() {
    if (!existsSync(this.#sourceFolder)) return []
    return readdirSync(this.#sourceFolder)
      .filter((name) => /\.[ch]$/.test(name))
      .map((name) => join(this.#sourceFolder, name))
  }

  /** Compiles. Returns why it could not, or `null`. */
  #compile(sources) {
    if (process.platform !== 'linux') return 'it needs Linux'
    const compiler = findCompiler()
    if (compiler === null) return 'no C compiler (cc, gcc or clang) was found'
    const include = findHeaders()
    if (include === null) return "Node's headers (include/node) were not found"
    // Renamed at the end: an engine that starts meanwhile finds the old one or the new one, whole.
    const unfinished = `${this.#built}.${process.pid}`
    const options = ['-shared', '-fPIC', '-pthread', '-O2', '-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden']
    const files = sources.filter((name) => name.endsWith('.c'))
    const result = spawnSync(compiler, [...options, '-I', include, ...files, '-o', unfinished], {
      encoding: 'utf8',
      timeout: stepLimit,
    })
    if (result.status === 0) {
      if (result.stderr !== '') process.stderr.write(result.stderr)
      renameSync(unfinished, this.#built)
      return null
    }
    rmSync(unfinished, { force: true })
    const said = (result.stderr ?? '').split('\n').find((line) => line.includes('error')) ?? 'it gave no reason'
    return `the compiler failed: ${said.trim()}`
  }

  #tell(why) {
    process.stderr.write(this.#without(why))
  }
}
