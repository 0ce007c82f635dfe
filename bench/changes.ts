/**
 * What changing the configuration costs the calls that are made meanwhile. 10 000 users, 500 calls a second; then single
 * changes by the API, one after the other; then, for comparison, a program that only takes processor time and gives way
 * as an import does; then an import of 10 000 more users in one go. Prints how long a change takes from the request to
 * the answer that says it is in force, and in each phase the post-dial delay and how long an OPTIONS takes; and, between the
 * changes, how long the same request takes to a program that does nothing but answer.
 *
 * `npm run bench -- changes [SECONDS]`, 10 seconds a phase where it is not given.
 */
import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:http'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { thisMachine } from './measure/machine.ts'
import { OtherPrograms } from './measure/other-programs.ts'
import { benchUser, benchUsers, callerCsv } from './population.ts'
import { ProbeProcess } from './probes/probe-process.ts'
import { registerPhones } from './register-phones.ts'
import type { SendBodyTask, SentBody } from './send-body-thread.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'
import { httpPortOf, startRingdown } from './servers/ringdown-server.ts'
import type { LoadPlan } from './sipp/load.ts'
import { runLoad } from './sipp/load.ts'

const seconds = Number(process.argv[2] ?? 10)
const called = benchUsers(10_000)
/** Whom the probe calls, and nobody else. */
const probed = benchUser(99_999)
const users = [...called, probed]
const portBase = 27_000
const [sipPort, callerPort, phonePort] = [portBase + 10, portBase + 1, portBase + 2]
const [optionsPort, probeTrunkPort, probePhonePort] = [portBase + 3, portBase + 4, portBase + 7]
const httpPort = httpPortOf({ port: sipPort })
const callsPerSecond = 500
const bufferBytes = 4 * 1024 * 1024

/** A kept connection, as programs have it. */
const agent = new Agent({ keepAlive: true })

interface Asked {
  readonly port: number
  readonly token: string
  readonly path: string
  readonly body: string
}

function patch({ port, token, path, body }: Asked): Promise<IncomingHttpHeaders> {
  const [method, type] = ['PATCH', 'application/merge-patch+json']
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': type,
    'content-length': String(Buffer.byteLength(body)),
  }
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part) => {
        text += part
      })
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(answer.headers)
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`))
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Changes one user after the other for so long: from request to in force, and what a program takes that only answers. */
async function singleChanges(
  token: string,
  echoPort: number,
  until: number,
): Promise<{ readonly changes: number[]; readonly echoes: number[] }> {
  const changes: number[] = []
  const echoes: number[] = []
  for (let index = 0; performance.now() < until; index++) {
    const user = called[(index * 7919) % called.length]
    const body = JSON.stringify({ ringSeconds: 20 + (index % 90) })
    const asked = { token, path: `/v1/users/${user?.sipUserName}`, body }
    const begin = performance.now()
    const answer = await patch({ ...asked, port: httpPort })
    changes.push(performance.now() - begin)
    if (answer['ringdown-in-force'] !== 'true') throw new Error('A change was not in force')
    await pause(10)
    const echoBegin = performance.now()
    await patch({ ...asked, port: echoPort })
    echoes.push(performance.now() - echoBegin)
    await pause(10)
  }
  for (const times of [changes, echoes]) times.sort((one, other) => one - other)
  return { changes, echoes }
}

/** A program that answers HTTP and does nothing else. */
async function startEcho(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = fileURLToPath(new URL('./servers/echo-program.js', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** @throws Error unless it is in force */
async function putDocument(document: Pick<SendBodyTask, 'token' | 'body'>): Promise<void> {
  const task: SendBodyTask = { port: httpPort, method: 'PUT', path: '/v1/document', ...document }
  const worker = new Worker(new URL('./send-body-thread.js', import.meta.url), { workerData: task })
  const [{ status }] = (await once(worker, 'message')) as [SentBody]
  if (status !== 200) throw new Error(`The import was answered with ${status}`)
}

async function apiIsReady(): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const ready = await fetch(`http://127.0.0.1:${httpPort}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await pause(100)
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Prints quantiles; gives the 99th percentile. */
function row(name: string, sorted: readonly number[]): number {
  const figures = [0.5, 0.9, 0.99, 1].map((part) => `${quantile(sorted, part).toFixed(2).padStart(9)}`).join('')
  process.stdout.write(`  ${name.padEnd(50)}${figures}  (${sorted.length})\n`)
  return quantile(sorted, 0.99)
}

/** A program that computes, at the priority of an import's thread (engine/control/give-way.ts). */
function busyProgram(): ChildProcess {
  const child = spawn('chrt', ['--idle', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  child.on('error', () => process.stdout.write('chrt (util-linux) is not here: nothing to compare with\n'))
  return child
}

try {
  // Whoever starts this first: the server goes before SIPp by what it does itself.
  setPriority(0)
} catch {
  process.stdout.write('All of it runs at the priority this was started with\n')
}
const directory = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
const callerCsvFile = join(directory, 'caller.csv')
writeFileSync(callerCsvFile, callerCsv(called))
const folder = join(directory, 'server')
mkdirSync(folder)
const machine = thisMachine(null)
process.stdout.write(
  `${machine.processors} x ${machine.processor}, Linux ${machine.kernel}, Node ${machine.node}, ${machine.date}\n`,
)
const moreCallerPorts = [probeTrunkPort]
const running = await startRingdown(
  { port: sipPort, callerPort, moreCallerPorts, users, directory: folder, bufferBytes },
  [],
)
const others = new OtherPrograms()
let probes: ProbeProcess | null = null
/** What happened since it was called last; the 99th percentiles. */
async function phase(name: string): Promise<{ readonly postDial: number; readonly options: number }> {
  const { postDial, options } = (await probes?.take()) ?? { postDial: [], options: [] }
  process.stdout.write(`${name} (other programs used ${others.used().toFixed(2)} processors)\n`)
  return { postDial: row('post-dial delay', postDial), options: row('an OPTIONS', options) }
}

/** What the measuring program waits for a processor is no delay of the server. Only root may; threads do not inherit it. */
function takePrecedence(policy: '--rr' | '--other'): void {
  const how = policy === '--rr' ? ['--reset-on-fork', '--rr', '--pid', '1'] : ['--other', '--pid', '0']
  try {
    execFileSync('chrt', [...how, String(process.pid)], { stdio: 'ignore' })
  } catch {
    process.stdout.write('The measuring program has no priority here: its own waiting counts\n')
  }
}

let hog: ChildProcess | null = null
const echo = await startEcho()
try {
  await registerPhones({ users: called, serverPort: sipPort, phonePort })
  await registerPhones({ users: [probed], serverPort: sipPort, phonePort: probePhonePort })
  await apiIsReady()
  const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim()
  const plan = (length: number): LoadPlan => ({
    rate: callsPerSecond,
    seconds: length,
    targetPort: sipPort,
    callerPort,
    calleePort: phonePort,
    controlPorts: [portBase + 5, portBase + 6],
    callerScenario: 'caller',
    callerCsvFile,
    directory: folder,
    bufferBytes,
  })
  const more = benchUsers(20_000).slice(10_000)
  const larger = Buffer.from(JSON.stringify(ringdownDocument([...users, ...more], callerPort, moreCallerPorts)))
  const importSeconds = Math.max(seconds, 10)
  const load = runLoad(plan(5 + 3 * seconds + importSeconds), {
    tick: () => undefined,
    afterCalls: () => pause(1000),
  })
  await pause(3000)
  probes = await ProbeProcess.start({
    calls: {
      serverPort: sipPort,
      trunkPort: probeTrunkPort,
      phonePort: probePhonePort,
      number: probed.phoneNumber,
    },
    options: { server: sipPort, own: optionsPort },
  })
  await pause(2000)
  await phase('warming up')
  process.stdout.write(`\nmilliseconds${' '.repeat(46)}50 %     90 %     99 %  longest\n`)
  await pause(seconds * 1000)
  const alone = await phase('500 calls/s')
  takePrecedence('--rr')
  const times = await singleChanges(token, echo.port, performance.now() + seconds * 1000)
  takePrecedence('--other')
  await phase('500 calls/s and single changes')
  const changed = row('a change, from the request to in force', times.changes)
  row('the same request to a program that only answers', times.echoes)
  hog = busyProgram()
  await pause(seconds * 1000)
  const compared = await phase('500 calls/s and a program that computes and gives way')
  hog.kill('SIGKILL')
  const importBegin = performance.now()
  await putDocument({ token, body: larger })
  const importTime = performance.now() - importBegin
  const imported = await phase('500 calls/s and an import of 10 000 users, until it is in force')
  process.stdout.write(`  from the request to in force: ${(importTime / 1000).toFixed(2)} s\n`)
  const added = (what: 'postDial' | 'options', from: typeof alone) => (imported[what] - from[what]).toFixed(2)
  process.stdout.write(
    `\na change at 99 %: ${changed.toFixed(1)} ms (asked: 10)\n` +
      `an import adds at 99 %: ${added('postDial', alone)} ms of post-dial delay (asked: 1), ` +
      `${added('options', alone)} to an OPTIONS; beyond what the other program added: ` +
      `${added('postDial', compared)} and ${added('options', compared)}\n`,
  )
  await pause(Math.max(0, importSeconds * 1000 - importTime))
  const { caller } = await load
  process.stdout.write(`calls: ${caller.offered} offered, ${caller.completed} completed, ${caller.failed} failed\n`)
} finally {
  hog?.kill('SIGKILL')
  echo.child.kill('SIGKILL')
  agent.destroy()
  others.stop()
  probes?.stop()
  await running.stop()
  rmSync(directory, { recursive: true, force: true })
}
