/**
 * What the snapshot costs: compiling everything and one change, how long a slice of it holds up calls, what a user takes
 * in memory, and looking somebody up. `node --expose-gc` is needed for memory: the script starts itself so.
 *
 * `npm run bench -- compile [USERS]`, 100 000 where it is not given.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BucketMap } from '../engine/config/compile/bucket-map.ts'
import type { ChangedEntity } from '../engine/config/compile/changes-by-kind.ts'
import { entitiesOf } from '../engine/config/compile/compile-document.ts'
import { SnapshotCompiler } from '../engine/config/compile/snapshot-compiler.ts'
import type { Document } from '../engine/config/document.ts'
import type { Snapshot } from '../engine/config/snapshot.ts'
import { benchUsers } from './population.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'

const collect = globalThis.gc
if (collect === undefined) {
  const again = [...process.execArgv, '--expose-gc', fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1)
}

const count = Number(process.argv[2] ?? 100_000)

interface Run {
  readonly snapshot: Snapshot
  readonly milliseconds: number
  /** On processors, threads that collect garbage included: what others do on this machine shows less in it. */
  readonly processor: number
  /** Longest time between two pauses. */
  readonly longest: number
  readonly steps: number
}

function run(compiler: SnapshotCompiler, changes: readonly ChangedEntity[], revision: number): Run {
  const compilation = compiler.compile(changes, revision)
  const processor = process.cpuUsage()
  const begin = performance.now()
  let longest = 0
  let steps = 0
  for (let last = begin; ; steps++) {
    const step = compilation.next()
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (step.done !== true) continue
    const { user, system } = process.cpuUsage(processor)
    return { snapshot: step.value, milliseconds: now - begin, processor: (user + system) / 1000, longest, steps }
  }
}

function heap(): number {
  collect?.()
  collect?.()
  return process.memoryUsage().heapUsed
}

const row = (name: string, value: number, unit: string, note = '') =>
  process.stdout.write(`${name.padEnd(44)}${value.toFixed(value < 10 ? 3 : 0).padStart(9)} ${unit.padEnd(6)} ${note}\n`)

// As they come from the database: read from JSON, and nothing shared.
const text = JSON.stringify([...entitiesOf(ringdownDocument(benchUsers(count), 5090) as Document)])
const readAll = () => JSON.parse(text) as ChangedEntity[]

run(
  new SnapshotCompiler(),
  readAll()
    .slice(0, 20_000)
    .filter(({ kind }) => kind !== 'device' && kind !== 'phoneNumber'),
  0,
)
const before = heap()
const compiler = new SnapshotCompiler()
const first = run(compiler, readAll(), 1)
const used = heap() - before
row(
  `compile ${count} users, phones and numbers`,
  first.milliseconds,
  'ms',
  `processor time ${first.processor.toFixed(0)} ms`,
)
row('longest step of it, garbage included', first.longest, 'ms', `${first.steps} steps`)
row('memory of snapshot and compiler', used / count, 'bytes', 'per user with one phone and one number')

const users = [...first.snapshot.users.values()].map(({ id }) => id)
const bodies = new Map(readAll().map((change) => [`${change.kind} ${change.id}`, change.after]))
let revision = 1
let snapshot = first.snapshot

/** Median and 99th percentile of many single changes. */
function changes(name: string, times: number, changeOf: (index: number) => ChangedEntity[]): void {
  const taken: number[] = []
  for (let index = 0; index < times; index++) {
    const change = changeOf(index)
    const done = run(compiler, change, ++revision)
    snapshot = done.snapshot
    taken.push(done.milliseconds)
  }
  taken.sort((a, b) => a - b)
  row(name, taken[times >> 1] ?? 0, 'ms', `99 of 100 below ${(taken[Math.floor(times * 0.99)] ?? 0).toFixed(3)} ms`)
}

const pick = (index: number) => users[(index * 7919) % users.length] ?? ''
const body = (kind: string, id: string) => bodies.get(`${kind} ${id}`) ?? {}
changes('change one user', 2000, (index) => {
  const id = pick(index)
  return [{ kind: 'user', id, after: { ...body('user', id), ringSeconds: 1 + (index % 100) } }]
})
const oldest = snapshot
const keep: Snapshot[] = []
const beforeChanges = heap()
for (let index = 0; index < 1000; index++) {
  const id = pick(index)
  keep.push(run(compiler, [{ kind: 'user', id, after: { ...body('user', id), ringSeconds: 7 } }], ++revision).snapshot)
}
row('copied for one changed user', (heap() - beforeChanges) / keep.length, 'bytes', 'every snapshot kept')
changes('change one extension', 2000, (index) => {
  const id = pick(index)
  return [{ kind: 'user', id, after: { ...body('user', id), extension: `9${100_000 + index}` } }]
})
const [site] = [...bodies.keys()].filter((key) => key.startsWith('site ')).map((key) => key.slice(5))
if (site !== undefined) {
  const { milliseconds, longest } = run(
    compiler,
    [{ kind: 'site', id: site, after: { ...body('site', site), areaCode: '30' } }],
    ++revision,
  )
  row('change the site where all users are', milliseconds, 'ms', `longest step ${longest.toFixed(3)} ms`)
}

function lookUps(name: string, map: { get(key: string): unknown }, keys: readonly string[]): void {
  let found = 0
  for (const key of keys) if (map.get(key) !== undefined) found++
  const begin = process.hrtime.bigint()
  for (const key of keys) if (map.get(key) !== undefined) found++
  row(name, Number(process.hrtime.bigint() - begin) / keys.length, 'ns', found === 2 * keys.length ? '' : 'NOT FOUND')
}

const plain = new Map([...oldest.users.values()].map((user) => [user.id, user]))
const editor = BucketMap.empty<unknown>().edit()
for (const [id, user] of plain) editor.set(id, user)
const buckets = editor.finish()
const asked = Array.from({ length: 300_000 }, (_, index) => pick(index))
// As dialled strings come: cut out of messages, never seen before.
const message = Buffer.from(asked.join('|')).toString('latin1')
const cut = (): string[] => {
  const keys: string[] = []
  for (let start = 0; start < message.length; ) {
    const end = message.indexOf('|', start)
    keys.push(message.slice(start, end < 0 ? message.length : end))
    start = end < 0 ? message.length : end + 1
  }
  return keys
}
for (const [what, keys] of [
  ['known keys', () => asked],
  ['keys cut out of messages', cut],
] as const) {
  lookUps(`look up ${what}: plain Map`, plain, keys())
  lookUps(`look up ${what}: buckets`, buckets, keys())
}
if (keep.length === 0) process.exitCode = 1
