/** Compiles the sources when dist/ is missing or older than they are. Also a program of its own. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildBatchingSocket } from './build-batching-socket.mjs'
import { buildHugePages } from './build-huge-pages.mjs'
import { removeStaleOutput } from './stale-output.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['engine', 'media', 'supervisor', 'admin', 'cli', 'load', 'test', 'bench']
/** Its time of change is when the last successful build began. */
const marker = join(root, 'dist', '.built')

/** Whether a source is newer than the last successful build. An installed package has no sources: never. */
export function buildIsNeeded() {
  if (!existsSync(join(root, 'tsconfig.json'))) return false
  if (!existsSync(marker) || !existsSync(join(root, 'dist', 'cli', 'main.js'))) return true
  const built = statSync(marker).mtimeMs
  const newer = (path) => statSync(path).mtimeMs > built
  if (newer(join(root, 'tsconfig.json')) || newer(join(root, 'package.json'))) return true
  return folders.some((folder) => {
    const path = join(root, folder)
    if (!existsSync(path)) return false
    // A folder's own time shows what was deleted or renamed in it.
    return readdirSync(path, { recursive: true, withFileTypes: true }).some(
      (entry) => (entry.isDirectory() || entry.name.endsWith('.ts')) && newer(join(entry.parentPath, entry.name)),
    )
  })
}

/** Builds if needed. When the build fails, the compiler has said why and the process ends with status 1. */
export async function buildWhenNeeded() {
  if (existsSync(join(root, 'tsconfig.json'))) {
    buildBatchingSocket({ always: false })
    buildHugePages({ always: false })
  }
  if (!buildIsNeeded()) return
  let compiler
  try {
    compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc')
  } catch {
    process.stderr.write('ringdown: the compiler is not installed: run npm ci first\n')
    process.exit(1)
  }
  process.stderr.write('Building Ringdown ...\n')
  const began = new Date()
  removeStaleOutput(root)
  const result = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json')], { stdio: 'inherit' })
  if (result.status !== 0) {
    process.stderr.write('ringdown: the build failed\n')
    process.exit(1)
  }
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(marker, '')
  utimesSync(marker, began, began)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await buildWhenNeeded()
