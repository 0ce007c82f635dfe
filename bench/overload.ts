/**
 * `npm run bench -- overload`: what is served when once, twice and three times as many calls come as can be. README.md
 * beside this file says what is measured and how.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ControlClient } from '../engine/control/client.ts'
import { ProcessFamily } from '../load/measure/process-family.ts'
import { receiveBufferDrops } from '../load/measure/udp-ports.ts'
import { DelayReader } from '../load/sipp/delays.ts'
import { missingSipp } from '../load/sipp/sipp.ts'
import { thisMachine } from './measure/machine.ts'
import { emergencyPhone } from './overload/emergency.ts'
import type { LoadFolder, OverloadPorts } from './overload/load.ts'
import { Caller, startCallsInProgress, startEmergencyService, startPhones } from './overload/load.ts'
import { overloadPicture } from './overload/picture.ts'
import type { OverloadSecond, PhaseFigures } from './overload/timeline.ts'
import { phaseFigures, recoveryTime, timeline } from './overload/timeline.ts'
import { benchUser, benchUsers, callerCsv } from './population.ts'
import { registerPhones } from './register-phones.ts'
import { startRingdown } from './servers/ringdown-server.ts'

const help = `npm run bench -- overload [options]

What is served when more calls come than can be.

  --capacity CALLS    calls a second that the server can do; without it, found by going up until it cannot
  --factors 1,2,3     offered one after the other, as multiples of the capacity
  --seconds 15        of each
  --minutes 0         of the last, instead of --seconds
  --rest 10           seconds at half of the capacity afterwards
  --calls 200         calls in progress meanwhile, each with one INFO a second
  --users 2000        registered phones
  --port-base 27000   first of 40 UDP ports used on 127.0.0.1
  --udp-socket auto   batching or dgram
  --picture FILE      where the picture (SVG) goes; default none
  --each-second       print what each second brought as well
`

const bufferBytes = 4 * 1024 * 1024
/** Core of the server's processes, and of SIPp and this program. */
const serverCore = '0'
const loadCore = '1'
const rampStart = 1000
const rampFactor = 1.4
const rampSeconds = 4
/** Before anything counts: the server's code is compiled by being used. */
const warmUpSeconds = 5
/** The first seconds after a change of the rate are not counted. */
const settling = 2

interface Options {
  readonly capacity: number
  readonly factors: readonly number[]
  readonly seconds: number
  readonly lastSeconds: number
  readonly rest: number
  readonly calls: number
  readonly users: number
  readonly portBase: number
  readonly udpSocket: string
  readonly picture: string
  readonly eachSecond: boolean
}

interface Phase {
  readonly name: string
  readonly from: number
  readonly to: number
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      capacity: { type: 'string', default: '0' },
      factors: { type: 'string', default: '1,2,3' },
      seconds: { type: 'string', default: '15' },
      minutes: { type: 'string', default: '0' },
      rest: { type: 'string', default: '10' },
      calls: { type: 'string', default: '200' },
      users: { type: 'string', default: '2000' },
      'port-base': { type: 'string', default: '27000' },
      'udp-socket': { type: 'string', default: 'auto' },
      picture: { type: 'string', default: '' },
      'each-second': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const number = (name: string, text: string): number => {
    const value = Number(text)
    if (text === '' || !Number.isFinite(value) || value < 0) throw new Error(`--${name}: "${text}" is no number`)
    return value
  }
  const seconds = number('seconds', values.seconds)
  const minutes = number('minutes', values.minutes)
  return {
    capacity: number('capacity', values.capacity),
    factors: values.factors.split(',').map((factor) => number('factors', factor)),
    seconds,
    lastSeconds: minutes === 0 ? seconds : minutes * 60,
    rest: number('rest', values.rest),
    calls: number('calls', values.calls),
    users: number('users', values.users),
    portBase: number('port-base', values['port-base']),
    udpSocket: values['udp-socket'],
    picture: values.picture,
    eachSecond: values['each-second'],
  }
}

/** Puts all threads of a process on one core. */
function pin(processId: number, core: string): void {
  const result = spawnSync('taskset', ['-acp', core, String(processId)], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`taskset: ${result.error?.message ?? result.stderr} (Debian: util-linux)`)
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options === null) {
    say(help)
    return 0
  }
  const missing = missingSipp()
  if (missing !== null) throw new Error(missing)
  const directory = mkdtempSync(join(tmpdir(), 'ringdown-overload-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const machine = thisMachine(null)
  say(
    `${machine.processors} x ${machine.processor}, Linux ${machine.kernel}, Node ${machine.node}, SIPp ${machine.sipp}`,
  )
  pin(process.pid, loadCore)
  const users = benchUsers(options.users)
  const callerCsvFile = join(directory, 'caller.csv')
  writeFileSync(callerCsvFile, callerCsv(users))
  const { portBase } = options
  const ports: OverloadPorts = {
    server: portBase + 10,
    caller: portBase + 1,
    callee: portBase + 2,
    emergency: portBase + 3,
    control: portBase + 5,
  }
  const server = await startRingdown(
    {
      port: ports.server,
      callerPort: ports.caller,
      moreCallerPorts: [ports.emergency + 1],
      emergencyPort: ports.emergency,
      users,
      directory,
      bufferBytes,
    },
    ['--udp-socket', options.udpSocket],
  )
  try {
    for (const processId of new ProcessFamily(server.processId).sample().processIds) pin(processId, serverCore)
    await registerPhones({ users, serverPort: ports.server, phonePort: ports.callee })
    return await measure(options, ports, { directory, callerCsvFile, bufferBytes }, join(directory, 'data'))
  } finally {
    await server.stop()
  }
}

async function measure(options: Options, ports: OverloadPorts, folder: LoadFolder, data: string): Promise<number> {
  const phones = await startPhones(folder, ports)
  const service = await startEmergencyService(folder, ports)
  try {
    const capacity = options.capacity === 0 ? await findCapacity(folder, ports) : options.capacity
    if (options.capacity === 0) {
      say(`Capacity: ${Math.round(capacity)} calls/s`)
      await pause(5000)
    }
    return await overload(options, Math.round(capacity), ports, folder, data)
  } finally {
    await service.stop()
    await phones.stop()
  }
}

/** Goes up until less is completed than offered; the most that was completed in the seconds of one rate. */
async function findCapacity(folder: LoadFolder, ports: OverloadPorts): Promise<number> {
  let best = 0
  const caller = await Caller.start(folder, ports, 'ramp', rampStart)
  try {
    await pause(warmUpSeconds * 1000)
    for (let rate = rampStart; ; rate = Math.round(rate * rampFactor)) {
      await caller.setRate(rate)
      await pause(rampSeconds * 1000)
      const seconds = timeline(caller.sipp.statistics(), [])
      const last = seconds.slice(-2)
      const completed = last.reduce((sum, of) => sum + of.completed, 0) / Math.max(1, last.length)
      best = Math.max(best, completed)
      say(`  ${rate} calls/s offered: ${Math.round(completed)} completed`)
      if (completed < 0.9 * rate) return best
    }
  } finally {
    await caller.finish()
  }
}

async function overload(
  options: Options,
  capacity: number,
  ports: OverloadPorts,
  folder: LoadFolder,
  data: string,
): Promise<number> {
  const { factors, seconds, lastSeconds, rest } = options
  const total = warmUpSeconds + seconds * (factors.length - 1) + lastSeconds + rest
  const holder = await startCallsInProgress(folder, ports, options.calls, total + 10)
  const emergency = await emergencyPhone(benchUser(0), ports.server)
  await pause(5000)
  const dropsBefore = receiveBufferDrops()
  const begin = performance.now()
  const elapsed = (): number => (performance.now() - begin) / 1000
  const half = Math.max(1, Math.round(capacity / 2))
  const caller = await Caller.start(folder, ports, 'caller', half)
  const phases: Phase[] = []
  const emergencies: string[] = []
  try {
    await pause(warmUpSeconds * 1000)
    for (const [index, factor] of factors.entries()) {
      const from = elapsed()
      await caller.setRate(Math.round(capacity * factor))
      const length = index === factors.length - 1 ? lastSeconds : seconds
      await pause(length * 500)
      if (index === factors.length - 1) {
        for (let count = 0; count < 3; count++) {
          const outcome = await emergency.call()
          emergencies.push(outcome.answered ? `${Math.round(outcome.milliseconds)} ms` : outcome.why)
        }
      }
      await pause(Math.max(0, length * 1000 - (elapsed() - from) * 1000))
      phases.push({ name: `${factor}x`, from, to: elapsed() })
    }
    const from = elapsed()
    await caller.setRate(half)
    await pause(rest * 1000)
    phases.push({ name: 'rest', from, to: elapsed() })
  } finally {
    await caller.finish()
    await emergency.close()
  }
  const ended = await holder.finished((options.calls / 100 + 60) * 1000)
  await holder.stop()
  const held = holder.counts()
  const delays = new DelayReader(caller.sipp.delayFile).more()
  const perSecond = timeline(caller.sipp.statistics(), delays)
  const recovered = recoveryTime(perSecond, phases.at(-1)?.from ?? 0)
  if (options.eachSecond) listSeconds(perSecond)
  report(phases, perSecond, delays)
  say('')
  const inDialog = held.failed === 0 && ended && held.completed === options.calls
  say(
    `Calls in progress: ${held.completed} of ${options.calls} went on to their end, each INFO and BYE answered; ${held.retransmissions} sent again`,
  )
  say(`Emergency calls at ${factors.at(-1)} times: ${emergencies.join(', ')}`)
  say(recovered === null ? 'Not recovered' : `Recovered after ${recovered.toFixed(1)} s`)
  say(`Datagrams lost on this machine: ${receiveBufferDrops() - dropsBefore}`)
  const client = await ControlClient.open(data)
  const { gate } = await client.metrics()
  client.close()
  say(`The gate: ${JSON.stringify(gate)}`)
  if (options.picture !== '') {
    mkdirSync(join(options.picture, '..'), { recursive: true })
    writeFileSync(options.picture, overloadPicture(capacity, perSecond))
  }
  return inDialog && recovered !== null && emergencies.every((outcome) => outcome.endsWith(' ms')) ? 0 : 1
}

function listSeconds(seconds: readonly OverloadSecond[]): void {
  say('second offered completed turned-away failed delay-p50 delay-p99')
  for (const { second, offered, completed, turnedAway, failed, delayP50, delayP99 } of seconds) {
    const figures = [offered, completed, turnedAway, failed, delayP50 ?? 0, delayP99 ?? 0].map(Math.round)
    say([second.toFixed(1), ...figures].join(' '))
  }
}

function report(
  phases: readonly Phase[],
  seconds: readonly OverloadSecond[],
  delays: readonly { at: number; milliseconds: number }[],
): void {
  const figures = phases.map((phase): { phase: Phase; of: PhaseFigures } => ({
    phase,
    of: phaseFigures(seconds, delays, phase.from + settling, phase.to),
  }))
  const peak = Math.max(...figures.map(({ of }) => of.completed))
  say('\n| load | offered/s | completed/s | of the peak | turned away/s | failed/s | post-dial delay p99 |')
  say('|---|---|---|---|---|---|---|')
  for (const { phase, of } of figures) {
    const share = phase.name === 'rest' ? '' : `${Math.round((of.completed / peak) * 100)} %`
    const columns = [of.offered, of.completed].map((value) => Math.round(value))
    const more = [of.turnedAway, of.failed].map((value) => Math.round(value))
    const delay = of.delayP99 === null ? '' : `${Math.round(of.delayP99)} ms`
    say(`| ${phase.name} | ${columns.join(' | ')} | ${share} | ${more.join(' | ')} | ${delay} |`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench overload: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
