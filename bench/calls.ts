/**
 * `npm run bench -- calls`: processor time per call of Ringdown, of a bare two-leg script and of Kamailio, in the same
 * run on the same machine, with SIPp at both ends. README.md beside this file says what is compared and why it is fair.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { udpPortInUse } from '../load/measure/udp-ports.ts'
import { thisMachine } from './measure/machine.ts'
import type { Measurement } from './measure/measurement.ts'
import { measureLoad } from './measure/measurement.ts'
import { median } from './measure/median.ts'
import type { CallsOptions } from './options.ts'
import { CALLS_HELP, readCallsOptions } from './options.ts'
import { benchUsers, callerCsv } from './population.ts'
import { registerPhones } from './register-phones.ts'
import type { Calibration } from './report.ts'
import { calibrationTable, measurementLine, ratioOf, ratioText, resultTable } from './report.ts'
import { programPath } from './servers/child.ts'
import { batchingFloorServer, floorServer } from './servers/floor-server.ts'
import { kamailioServer } from './servers/kamailio-server.ts'
import { dgramRingdownServer, ringdownServer } from './servers/ringdown-server.ts'
import type { BenchServer } from './servers/server.ts'
import type { LoadPlan } from './sipp/load.ts'
import { runLoad } from './sipp/load.ts'

const SERVERS: readonly BenchServer[] = [
  floorServer,
  batchingFloorServer,
  kamailioServer,
  dgramRingdownServer,
  ringdownServer,
]
const PORTS_USED = 16
// A second of the highest rate's datagrams; the kernel cuts it to net.core.rmem_max.
const BUFFER_BYTES = 4 * 1024 * 1024
const CALIBRATION_LINGER_MILLISECONDS = 3000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<number> {
  const options = readCallsOptions(
    process.argv.slice(2),
    SERVERS.map((server) => server.name),
  )
  if (options === null) {
    say(CALLS_HELP)
    return 0
  }
  const servers = options.servers.flatMap((name) => SERVERS.filter((server) => server.name === name))
  const obstacles = findObstacles(options, servers)
  if (obstacles.length > 0) {
    for (const obstacle of obstacles) process.stderr.write(`bench calls: ${obstacle}\n`)
    return 1
  }
  const directory = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  return await runBenchmark(options, servers, directory)
}

function findObstacles(options: CallsOptions, servers: readonly BenchServer[]): string[] {
  const obstacles = servers.flatMap((server) => server.missing() ?? [])
  if (programPath('sipp') === null) obstacles.push('sipp is not installed: apt-get install sip-tester (Debian)')
  for (let port = options.portBase; port < options.portBase + PORTS_USED; port += 1) {
    if (udpPortInUse(port)) obstacles.push(`UDP port ${port} is in use: choose others with --port-base`)
  }
  return obstacles
}

async function runBenchmark(
  options: CallsOptions,
  servers: readonly BenchServer[],
  directory: string,
): Promise<number> {
  const machine = thisMachine(programPath('kamailio'))
  say(
    `${machine.processors} x ${machine.processor}, Linux ${machine.kernel}, Node ${machine.node}, SIPp ${machine.sipp}`,
  )
  const users = benchUsers(options.users)
  const callerCsvFile = join(directory, 'caller.csv')
  writeFileSync(callerCsvFile, callerCsv(users))

  const planFor = (rate: number, seconds: number, targetPort: number, folder: string): LoadPlan => ({
    rate,
    seconds,
    targetPort,
    callerPort: options.portBase + 1,
    calleePort: options.portBase + 2,
    controlPorts: [options.portBase + 3, options.portBase + 4],
    callerCsvFile,
    directory: folder,
    bufferBytes: BUFFER_BYTES,
  })

  const calibrations: Calibration[] = []
  if (options.calibrate) {
    const folder = join(directory, 'calibration')
    mkdirSync(folder)
    for (const rate of options.rates) {
      const result = await runLoad(planFor(rate, options.seconds, options.portBase + 2, folder), {
        tick: () => undefined,
        afterCalls: () => pause(CALIBRATION_LINGER_MILLISECONDS),
      })
      calibrations.push({ rate, result })
    }
    say(`\nSIPp against SIPp, no server between:\n${calibrationTable(calibrations)}`)
  }

  const measurements: Measurement[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`\nRound ${round} of ${options.rounds}`)
    for (const [index, server] of servers.entries()) {
      const folder = join(directory, `${server.name}-${round}`)
      mkdirSync(folder)
      const port = options.portBase + 10 + index
      const running = await server.start({
        port,
        callerPort: options.portBase + 1,
        users,
        directory: folder,
        bufferBytes: BUFFER_BYTES,
      })
      try {
        await registerPhones({ users, serverPort: port, phonePort: options.portBase + 2 })
        await warmUp(options, server, planFor(median(options.rates), options.warmUpSeconds, port, folder))
        for (const rate of options.rates) {
          const measurement = await measureLoad(server, running, planFor(rate, options.seconds, port, folder))
          measurements.push(measurement)
          say(measurementLine(measurement))
        }
      } finally {
        await running.stop()
      }
    }
  }

  const titles = new Map(servers.map((server) => [server.name, server.title]))
  say(`\nMedians of ${options.rounds} rounds of ${options.seconds} s:\n${resultTable(measurements, titles)}`)
  const failed = sayRatios(options, measurements)
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, calibrations, measurements }, null, 2)}\n`)
  }
  return failed ? 1 : 0
}

async function warmUp(options: CallsOptions, server: BenchServer, plan: LoadPlan): Promise<void> {
  if (options.warmUpSeconds === 0) return
  await runLoad(
    { ...plan, rate: Math.floor(plan.rate) },
    {
      tick: () => undefined,
      afterCalls: () => pause(server.lingerSeconds * 1000),
    },
  )
}

/** Prints the ratios; true when one of them is none, or any measurement has a problem. */
function sayRatios(options: CallsOptions, measurements: readonly Measurement[]): boolean {
  let failed = measurements.some((measurement) => measurement.problems.length > 0)
  const measured = options.servers.at(-1)
  if (measured === undefined || options.servers.length < 2) return failed
  say('')
  for (const rate of options.rates) {
    const others = options.servers.slice(0, -1).map((other) => {
      const ratio = ratioOf(measurements, rate, measured, other)
      if (ratio.kind === 'fail') failed = true
      return `to ${other} ${ratioText(ratio)}`
    })
    say(`${measured} at ${rate} calls/s: ${others.join(', ')}`)
  }
  return failed
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench calls: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
