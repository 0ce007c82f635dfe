/**
 * `npm test`: builds, installs the programs the wire tests need, runs every compiled test file, and ends with one plain
 * line of counts (tap-results.mjs says what counts as a test). `npm test -- engine/sip` runs the files whose path
 * contains one of the words given.
 *
 * Test files are TAP programs and run as plain Node processes. tap's own runner would hook Node's module loader into
 * every Node process that a test starts (about 150 ms each), so that what is measured would not be what users start.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildBatchingSocket } from './build-batching-socket.mjs'
import { buildHugePages } from './build-huge-pages.mjs'
import { removeStaleOutput } from './stale-output.mjs'
import { TapResults } from './tap-results.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Files at once. Tests of one room may share a machine's two cores; more would only stretch timers. */
const roomFilesAtOnce = 2
/** With those of `test/`, which wait for SIP's timers and for other processes most of the time. */
const filesAtOnce = 3
/**
 * Files that take longest, in this order before the others of `test/`: one of them that began last would run alone at the
 * end, with one of two cores idle. The first do little but wait, and so do not disturb tests of rooms beside them.
 */
const longest = [
  'wire/unacknowledged',
  'wire/load',
  'wire/command-line',
  'crash/crash',
  'crash/processes',
  'crash/standby',
  'wire/damage',
  'wire/explain',
  'wire/changes',
  'crash/store',
  'sip-scenarios/scenarios',
  'wire/transports',
  'crash/admin-writes',
  'crash/reconnect',
  'wire/drain',
  'wire/trunks-tls',
  'wire/trunks',
]
/** Longest run of one file, ms. Wire tests wait for SIP's 32 s timers, some of them several times. */
const fileTimeLimit = 600_000
/** How long a file that sets no limit of its own may take, s: tap's 30 are too few on a machine that is busy otherwise. */
const quietLimit = 120
/** More files that fail are no accident of a busy machine. */
const mostDisturbed = 3
/** How long a file's own children may take to go after it ended, ms. */
const leftoverGrace = 2000

/** Groups of processes that run now, by the id of their leader. */
const runningGroups = new Set()

function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal)
    return true
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

function runStep(script, ...options) {
  const result = spawnSync(process.execPath, [join(root, script), ...options], { cwd: root, stdio: 'inherit' })
  if (result.error) throw result.error
  return result.status === 0
}

/** These come after those of the rooms, where a mistake shows before the wire tests have waited out their timers. */
const waits = (file) => file.startsWith('dist/test/')

/** Where a file of `test/` stands in the order. */
function placeOf(file) {
  const place = longest.findIndex((name) => file === `dist/test/${name}.test.js`)
  return place < 0 ? longest.length : place
}

function testFiles(words) {
  const compiled = readdirSync(join(root, 'dist'), { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => `dist/${name}`)
  const scripts = readdirSync(join(root, 'scripts'))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => `scripts/${name}`)
  const files = [...scripts, ...compiled].filter((file) => words.length === 0 || words.some((w) => file.includes(w)))
  return files.sort()
}

/** Whether the group still has members once the grace has passed. */
async function leavesProcesses(leader) {
  const deadline = Date.now() + leftoverGrace
  while (signalGroup(leader, 0)) {
    if (Date.now() > deadline) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

/** Runs one file and resolves with its results; its output is shown only when something failed. */
async function runFile(file) {
  const results = new TapResults(file)
  const output = []
  const started = Date.now()
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    cwd: root,
    detached: true,
    env: { ...process.env, TAP_TIMEOUT: String(quietLimit) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  runningGroups.add(child.pid)
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    results.line(line)
    output.push(line)
  })
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line))
  let timedOut = false
  const limit = setTimeout(() => {
    timedOut = true
    signalGroup(child.pid, 'SIGKILL')
  }, fileTimeLimit)
  const closed = new Promise((resolve) => child.once('close', resolve))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (...ending) => resolve(ending))
  })
  clearTimeout(limit)
  let fault = null
  if (await leavesProcesses(child.pid)) {
    fault = 'left processes running'
    signalGroup(child.pid, 'SIGKILL')
  }
  await closed
  runningGroups.delete(child.pid)
  if (timedOut) fault = `took longer than ${fileTimeLimit / 1000} s`
  else if (signal !== null) fault = `ended by ${signal}`
  else if (code !== 0) fault = `exit code ${code}`
  results.end(fault)
  const verdict = results.failed.length === 0 ? 'ok    ' : 'FAILED'
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${verdict} ${file} (${results.passed} passed, ${seconds} s)`)
  if (results.failed.length > 0) console.log(output.map((line) => `    ${line}`).join('\n'))
  return results
}

async function runAll(files) {
  const all = []
  const ofRooms = files.filter((file) => !waits(file))
  const waiting = files.filter(waits).sort((one, other) => placeOf(one) - placeOf(other))
  const worker = async (next) => {
    for (let file = next(); file !== undefined; file = next()) all.push(await runFile(file))
  }
  // Two that compute, and beside them one that waits; then three that wait.
  await Promise.all(
    Array.from({ length: filesAtOnce }, (_, index) =>
      worker(index < roomFilesAtOnce ? () => ofRooms.shift() ?? waiting.shift() : () => waiting.shift()),
    ),
  )
  return all
}

/**
 * What needs processes and real timers can fail by what runs beside it. Such a file runs once more, alone; that it passes
 * then is said at the end, because a test that passes only sometimes is to be mended. More than a few are no accident.
 */
async function runAgainAlone(all) {
  const disturbed = all.filter(({ file, failed }) => failed.length > 0 && waits(file))
  if (disturbed.length === 0 || disturbed.length > mostDisturbed) return []
  const mended = []
  for (const first of disturbed) {
    console.log(`\nOnce more, alone: ${first.file}`)
    const second = await runFile(first.file)
    if (second.failed.length > 0) continue
    all.splice(all.indexOf(first), 1, second)
    mended.push(...first.failed)
  }
  return mended
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const leader of runningGroups) signalGroup(leader, 'SIGKILL')
    process.exit(1)
  })
}

const words = process.argv.slice(2)
removeStaleOutput(root)
buildBatchingSocket({ always: false })
buildHugePages({ always: false })
const ready =
  runStep('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json') && runStep('scripts/install-test-programs.mjs')
const files = ready && existsSync(join(root, 'dist')) ? testFiles(words) : []
const all = await runAll(files)
const disturbed = await runAgainAlone(all)
const passed = all.reduce((sum, results) => sum + results.passed, 0)
const failed = all.flatMap((results) => results.failed)
const skipped = all.flatMap((results) => results.skipped)
if (!ready) console.log('\nNo test ran: the build or the installation of the test programs failed.')
else if (files.length === 0) console.log(`\nNo test file matches ${words.join(' ')}.`)
if (disturbed.length > 0) {
  console.log(`\nPassed only when run once more, alone:\n${disturbed.map((name) => `  ${name}`).join('\n')}`)
}
if (failed.length > 0) console.log(`\nFailed:\n${failed.map((name) => `  ${name}`).join('\n')}`)
if (skipped.length > 0) console.log(`\nSkipped:\n${skipped.map((name) => `  ${name}`).join('\n')}`)
console.log(`\ntests: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
process.exitCode = ready && failed.length === 0 && passed > 0 ? 0 : 1
