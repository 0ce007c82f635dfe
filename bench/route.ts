/**
 * What a decision of the router costs, how that grows with the company, and what the company costs in memory and when it
 * changes. Caller, callee and time are uniformly random, and what is dialled is cut out of a message, so that no string has
 * been looked up before.
 *
 * `npm run bench -- route [USERS,USERS,...]`, 100, 10 000, 100 000 and 1 000 000 where nothing is given. Each size is
 * measured in a process of its own.
 */
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { ChangedEntity } from '../engine/config/compile/changes-by-kind.ts'
import { SnapshotCompiler } from '../engine/config/compile/snapshot-compiler.ts'
import { finish } from '../engine/config/slices.ts'
import type { Snapshot } from '../engine/config/snapshot.ts'
import { HugePages } from '../engine/huge-pages/huge-pages.ts'
import type { Attempt, Live } from '../engine/router/decision.ts'
import { route } from '../engine/router/route.ts'
import { thisMachine } from './measure/machine.ts'
import { beginsChain, isPlain, routeEntities, routeUser, userBody, userId } from './route-company.ts'

const usualSizes = '100,10000,100000,1000000'
const help = `npm run bench -- route [USERS,USERS,...]

What a decision of the router costs, by the size of the company: 100, 10 000, 100 000 and 1 000 000 users unless given.
1 000 000 users take 2 to 5 GB of memory and one to two minutes on a quiet machine; each process may use 12 GB.
`
/** Of Node.js: memory, and new objects collected as in the engine (supervisor/engine-process.ts). */
const options = ['--expose-gc', '--max-old-space-size=12000', '--max-semi-space-size=8', '--no-parallel-scavenge']
/** Attempts that are made before the clock starts, and decided while it runs. */
const batch = 50_000
const batches = 12
const warmUp = 3
/** Changes made before those that count. */
const uncounted = 500
const yearBegins = Date.UTC(2026, 0, 1)
const year = 365 * 86_400_000

const live: Live = {
  registered: () => true,
  linesInUse: () => 0,
  channelsInUse: () => 0,
  trunkState: () => 'up',
  outsideForwards: () => 0,
  tollUse: () => 0,
  lastAnswered: () => 0,
  idleSince: () => 0,
}

async function measure(count: number): Promise<void> {
  // As in the engine.
  const hugePages = new HugePages()
  process.stdout.write(`\n${count} users\n`)
  const before = heap()
  const compiler = new SnapshotCompiler()
  let changes: ChangedEntity[] | null = [...routeEntities(count)]
  const begin = performance.now()
  const processor = process.cpuUsage()
  let snapshot = compiled(compiler, changes, 1)
  const { user, system } = process.cpuUsage(processor)
  row(
    'full compile',
    (user + system) / 1000,
    'ms',
    `of the processor; ${(performance.now() - begin).toFixed(0)} ms passed`,
  )
  changes = null
  row('memory of snapshot and compiler', (heap() - before) / count, 'bytes', 'per user, lists and rules included')
  snapshot = singleChanges(compiler, snapshot, count)
  const swept = performance.now()
  const inHugePages = (await hugePages.swept()) / 1e6
  row('memory in huge pages', inHugePages, 'MB', `after a sweep of ${(performance.now() - swept).toFixed(0)} ms`)

  // Mulberry32: the same draws in every run.
  let state = count
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
  const drawn = (fits: (index: number) => boolean) => {
    for (;;) {
      const index = below(count)
      if (fits(index)) return index
    }
  }
  decisions('extension', snapshot, below, () => extensionFor(below(count), drawn(isPlain)), 'ring')
  if (count >= 100) {
    decisions('three forwards', snapshot, below, () => extensionFor(below(count), drawn(beginsChain)), 'ring', 3)
  }
  decisions('outside number', snapshot, below, () => [below(count), `01632${960_000 + below(999)}`], 'ring')
  decisions('nobody has it', snapshot, below, () => [below(count), `7${below(9)}${below(9)}`], 'refuse')
}

/** What one user dials to reach another. */
function extensionFor(caller: number, callee: number): [number, string] {
  const [from, to] = [routeUser(caller), routeUser(callee)]
  return [caller, from.pbx === to.pbx ? to.extension : to.dialCode + to.extension]
}

/** Decisions a second, of one core. */
function decisions(
  name: string,
  snapshot: Snapshot,
  below: (limit: number) => number,
  draw: () => [caller: number, dialled: string],
  expected: 'ring' | 'refuse',
  forwards = 0,
): void {
  const times: number[] = []
  let all = 0
  for (let round = -warmUp; round < batches; round++) {
    const { attempts, moments } = attemptsOf(snapshot, below, draw)
    ageAttempts()
    // Of the processor, threads that collect garbage included: what others do on this machine shows less in it.
    const begin = process.cpuUsage()
    let found = 0
    for (let index = 0; index < batch; index++) {
      const decision = route(snapshot, live, attempts[index] as Attempt, moments[index] as number, null)
      if (decision.kind === expected && (decision.kind === 'refuse' || decision.diversions.length === forwards)) found++
    }
    const { user, system } = process.cpuUsage(begin)
    const time = ((user + system) * 1000) / batch
    // What an odd caller blocks is no mistake; a company that was made wrongly is.
    if (found < batch * 0.95)
      throw new Error(`${name}: ${batch - found} of ${batch} decisions are not the expected ones`)
    if (round < 0) continue
    times.push(time)
    all += time
  }
  times.sort((one, other) => one - other)
  const mean = all / times.length
  const median = times[times.length >> 1] ?? Number.NaN
  const rate = (1e6 / median).toFixed(0)
  const figures = `median of batches ${median.toFixed(0)} ns, mean ${mean.toFixed(0)} ns, best ${(times[0] ?? Number.NaN).toFixed(0)} ns`
  process.stdout.write(`  ${name.padEnd(36)}${rate.padStart(6)} 000 decisions/s   ${figures}\n`)
}

/**
 * Makes the attempts old objects, as they would not be copied in the time of a real call either. Twice, because an object
 * is young until its second collection; all of a million users would be gone through otherwise.
 */
function ageAttempts(): void {
  for (let time = 0; time < 2; time++) globalThis.gc?.({ type: 'minor' })
}

function attemptsOf(
  snapshot: Snapshot,
  below: (limit: number) => number,
  draw: () => [caller: number, dialled: string],
): { readonly attempts: Attempt[]; readonly moments: number[] } {
  const drawn = Array.from({ length: batch }, draw)
  // As dialled strings come: cut out of messages, never seen before.
  const message = Buffer.from(drawn.map(([, dialled]) => dialled).join('|')).toString('latin1')
  const attempts: Attempt[] = []
  let start = 0
  for (const [caller, dialled] of drawn) {
    const user = snapshot.users.get(userId(caller))
    const device = user?.devices[0]
    if (user === undefined || device === undefined) throw new Error(`There is no user ${caller}`)
    const text = message.slice(start, start + dialled.length)
    start += dialled.length + 1
    attempts.push({ caller: { kind: 'device', device, user }, dialled: text, domain: '', ownDiversions: 0 })
  }
  return { attempts, moments: attempts.map(() => yearBegins + below(year)) }
}

/** Changes one user after the other, far apart; the first ones, in which code is still being compiled, are not counted. */
function singleChanges(compiler: SnapshotCompiler, first: Snapshot, count: number): Snapshot {
  let snapshot = first
  const times: number[] = []
  for (let index = -uncounted; index < 1000; index++) {
    const user = ((index + uncounted) * 7919) % count
    const after = { ...userBody(user, count), ringSeconds: 1 + ((index + uncounted) % 100) }
    const changes: ChangedEntity[] = [{ kind: 'user', id: userId(user), after }]
    const begin = performance.now()
    snapshot = compiled(compiler, changes, index + uncounted + 2)
    if (index >= 0) times.push(performance.now() - begin)
  }
  times.sort((one, other) => one - other)
  const late = times[Math.floor(times.length * 0.99)] ?? Number.NaN
  row('single change', times[times.length >> 1] ?? Number.NaN, 'ms', `99 of 100 below ${late.toFixed(3)} ms`)
  return snapshot
}

function compiled(compiler: SnapshotCompiler, changes: readonly ChangedEntity[], revision: number): Snapshot {
  return finish(compiler.compile(changes, revision))
}

function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function row(name: string, value: number, unit: string, note = ''): void {
  const figure = value < 10 ? value.toFixed(3) : value.toFixed(0)
  process.stdout.write(`  ${name.padEnd(36)}${figure.padStart(10)} ${unit.padEnd(6)} ${note}\n`)
}

const [sizes = usualSizes, one] = process.argv.slice(2)
if (sizes === '--help' || !/^[1-9][0-9]*(,[1-9][0-9]*)*$/.test(sizes)) {
  process.stdout.write(help)
  process.exitCode = sizes === '--help' ? 0 : 1
} else if (one === 'measure') await measure(Number(sizes))
else {
  const machine = thisMachine(null)
  process.stdout.write(`${machine.processors} x ${machine.processor}, Node ${machine.node}, ${machine.date}\n`)
  for (const size of sizes.split(',')) {
    const { status } = spawnSync(process.execPath, [...options, fileURLToPath(import.meta.url), size, 'measure'], {
      stdio: 'inherit',
    })
    if (status !== 0) process.exitCode = status ?? 1
  }
}
