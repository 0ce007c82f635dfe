/** Proves that the borders hold: each snippet breaks one rule and must be refused, or keeps it and must pass. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { checkSource, checkTree } from './borders.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const refusedImports = [
  ['engine/sip/a.ts', "import { route } from '../router/route.ts'"],
  ['engine/sip/transaction/a.ts', "import type { User } from '../../config/snapshot.ts'"],
  ['engine/sip/a.ts', "export { route } from './../router/route.ts'"],
  ['engine/sip/a.ts', "import {\n  createHash,\n  randomBytes,\n} from 'node:crypto'"],
  ['engine/sip/a.ts', "import * as everything from 'node:crypto'"],
  ['engine/sip/a.ts', "import { createSocket } from 'node:dgram'"],
  ['engine/sip/a.ts', "const net = import('node:net')"],
  ['engine/sip/a.ts', 'const any = import(name)'],
  ['engine/sip/a.ts', "import { pino } from 'pino'"],
  ['engine/router/a.ts', "import { compile } from '../config/compile.ts'"],
  ['engine/router/a.ts', "import { parse } from '../sip/message.ts'"],
  ['engine/router/a.ts', "import { readFileSync } from 'node:fs'"],
  ['engine/calls/a.ts', "import { Journal } from '../records/journal.ts'"],
  ['engine/calls/a.ts', "import { setTimeout } from 'node:timers'"],
  ['engine/calls/a.ts', "import { lookup } from 'node:dns/promises'"],
  ['engine/registrar/a.ts', "import type { Decision } from '../router/decision.ts'"],
  ['engine/registrar/a.ts', "import { createHmac, randomUUID } from 'node:crypto'"],
  ['engine/registrar/a.ts', "import { connect } from 'node:tls'"],
  ['engine/net/a.ts', "import { parse } from '../sip/message.ts'"],
  ['engine/net/a.ts', "import { bracketed, parseUri } from '../sip/uri.ts'"],
  ['engine/net/a.ts', "import type { User } from '../config/snapshot.ts'"],
  ['engine/config/a.ts', "import type { Flow } from '../sip/transport.ts'"],
  ['engine/records/a.ts', "import type { Call } from '../calls/call.ts'"],
  ['engine/sip/a.test.ts', "import { route } from '../router/route.ts'"],
  ['cli/a.ts', "import { parse } from '../engine/sip/message.ts'"],
  ['cli/a.ts', "import '../engine/main.ts'"],
  ['engine/a-new-thing/a.ts', "import '../../cli/serve.ts'"],
  ['nowhere/a.ts', ''],
]

const allowedImports = [
  ['engine/sip/a.ts', "import { createHash, timingSafeEqual } from 'node:crypto'"],
  ['engine/sip/transaction/a.ts', "import { parse } from '../message.ts'"],
  ['engine/router/a.ts', "import type { User } from '../config/snapshot.ts'"],
  ['engine/calls/a.ts', "import { route } from '../router/route.ts'\nimport { parse } from '../sip/message.ts'"],
  ['engine/calls/a.ts', "import type { Journal } from '../records/entries.ts'"],
  ['engine/sip/a.test.ts', "import t from 'tap'\nimport { readFileSync } from 'node:fs'"],
  ['engine/router/a.test.ts', "import { compile } from '../config/compile.ts'"],
  ['engine/net/a.ts', "import type { Flow } from '../sip/transport.ts'\nimport { createSocket } from 'node:dgram'"],
  ['engine/net/a.ts', "import { bracketed } from '../sip/uri.ts'\nimport type { Uri } from '../sip/uri.ts'"],
  ['engine/main.ts', "import { Calls } from './calls/calls.ts'\nimport { listen } from './net/udp.ts'"],
  ['cli/a.ts', "import { route } from '../engine/router/route.ts'\nimport { Command } from 'commander'"],
  ['test/a.ts', "import { parse } from '../engine/sip/message.ts'"],
]

t.test('imports over a border are refused', async (t) => {
  for (const [path, text] of refusedImports) t.equal(checkSource(path, text).length, 1, `${path}: ${text}`)
})

t.test('imports inside the borders pass', async (t) => {
  for (const [path, text] of allowedImports) t.same(checkSource(path, text), [], `${path}: ${text}`)
})

t.test('this repository keeps its own borders', async (t) => {
  const { files, faults } = checkTree(root)
  t.ok(files > 0)
  t.same(faults, [])
})

/** Statements that no file of the core may hold, and the rule that must catch them. */
const bannedInCore = {
  'clock-date': ['export const a = () => Date.now()', 'noRestrictedGlobals'],
  'clock-new-date': ['export const a = () => new Date()', 'noRestrictedGlobals'],
  'clock-performance': ['export const a = () => performance.now()', 'noRestrictedGlobals'],
  'timer-timeout': ['export const a = () => setTimeout(() => 1, 5)', 'noRestrictedGlobals'],
  'timer-interval': ['export const a = () => setInterval(() => 1, 5)', 'noRestrictedGlobals'],
  'timer-immediate': ['export const a = () => setImmediate(() => 1)', 'noRestrictedGlobals'],
  'global-object': ['export const a = () => globalThis.setTimeout(() => 1, 5)', 'noRestrictedGlobals'],
  process: ['export const a = () => process.hrtime()', 'noRestrictedGlobals'],
  'web-crypto': ['export const a = () => crypto.randomUUID()', 'noRestrictedGlobals'],
  chance: ['export const a = () => Math.random()', 'noJsRestrictedProperties'],
  'chance-taken-apart': ['const { random } = Math\nexport const a = () => random()', 'noJsRestrictedProperties'],
  'promise-async': ['export async function a() {\n  return 1\n}', 'plugin'],
  'promise-await': ['export const a = async (b: PromiseLike<number>) => 1 + (await b)', 'plugin'],
  'promise-then': ['export const a = (b: PromiseLike<number>) => b.then((c) => c)', 'plugin'],
}

/** Lints files of a small tree under this repository's own settings; returns the rules broken, by path. */
function lint(t, files) {
  const folder = t.testdir({})
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${text}\n`)
  }
  const program = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', 'engine']
  const result = spawnSync(process.execPath, [program, ...options], { cwd: folder, encoding: 'utf8' })
  const broken = {}
  for (const path of Object.keys(files)) broken[path] = []
  for (const found of JSON.parse(result.stdout).diagnostics) {
    const path = found.location.path.file ?? found.location.path
    broken[path]?.push(found.category.split('/').at(-1))
  }
  return broken
}

t.test('clocks, timers, chance and promises are refused in the core', async (t) => {
  const files = {}
  for (const room of ['sip', 'router', 'calls', 'registrar']) {
    for (const [name, [text]] of Object.entries(bannedInCore)) files[`engine/${room}/${name}.ts`] = text
  }
  const broken = lint(t, files)
  for (const path of Object.keys(files)) {
    const [, rule] = bannedInCore[path.replace(/^.*\/(.*)\.ts$/, '$1')]
    t.ok(broken[path].includes(rule), `${path}: ${rule}`)
  }
})

t.test('they are allowed in tests of the core and outside it', async (t) => {
  const files = {}
  for (const [name, [text]] of Object.entries(bannedInCore)) {
    files[`engine/net/${name}.ts`] = text
    files[`engine/sip/${name}.test.ts`] = text
  }
  const broken = lint(t, files)
  for (const path of Object.keys(files)) t.same(broken[path], [], path)
})

t.test('the rules that hold everywhere', async (t) => {
  const broken = lint(t, {
    'engine/net/default-export.ts': 'export default 1',
    'engine/net/any.ts': 'export const a: any = 1',
    'engine/net/floating.ts': 'async function a(): Promise<void> {}\nexport function b(): void {\n  a()\n}',
    'engine/net/cycle-one.ts': "import { b } from './cycle-two.ts'\nexport const a = (): number => b()",
    'engine/net/cycle-two.ts': "import { a } from './cycle-one.ts'\nexport const b = (): number => a()",
    'engine/net/exhaustive.ts':
      "export function a(b: 'x' | 'y'): number {\n  switch (b) {\n    case 'x':\n      return 1\n  }\n  return 0\n}",
    'engine/config/assertion.ts': 'export const a = (b: number | null): number => b!',
  })
  t.ok(broken['engine/net/default-export.ts'].includes('noDefaultExport'))
  t.ok(broken['engine/net/any.ts'].includes('noExplicitAny'))
  t.ok(broken['engine/net/floating.ts'].includes('noFloatingPromises'))
  t.ok(broken['engine/net/cycle-one.ts'].includes('noImportCycles'))
  t.ok(broken['engine/net/exhaustive.ts'].includes('useExhaustiveSwitchCases'))
  t.ok(broken['engine/config/assertion.ts'].includes('noNonNullAssertion'))
})
