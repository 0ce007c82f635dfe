/** Rounds of measurements: each server started anew, filled with registered phones, warmed up and measured at each rate. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { udpPortInUse } from '../load/measure/udp-ports.ts'
import type { Machine } from './measure/machine.ts'
import { thisMachine } from './measure/machine.ts'
import type { Measurement } from './measure/measurement.ts'
import { measureLoad } from './measure/measurement.ts'
import { median } from './measure/median.ts'
import type { RoundsOptions } from './options.ts'
import type { BenchUser } from './population.ts'
import { registerPhones } from './register-phones.ts'
import { measurementLine, ratioOf, ratioText, resultTable } from './report.ts'
import { programPath } from './servers/child.ts'
import type { BenchServer, SignIn } from './servers/server.ts'
import type { CallerScenario, LoadPlan } from './sipp/load.ts'
import { runLoad } from './sipp/load.ts'

const PORTS_USED = 16
// A second of the highest rate's datagrams; the kernel cuts it to net.core.rmem_max.
const BUFFER_BYTES = 4 * 1024 * 1024

export interface Rounds {
  readonly options: RoundsOptions
  readonly servers: readonly BenchServer[]
  readonly users: readonly BenchUser[]
  readonly signIn: SignIn
  readonly callerScenario: CallerScenario
  readonly callerCsvFile: string
  /** For all files of the run. */
  readonly directory: string
  /** Of each phone's address of record; one for all unless it is said. */
  readonly domainOf?: (index: number) => string
  /** What is counted: call or registration. */
  readonly unit: string
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What keeps the benchmark from being run here, one line each with the cure. */
export function findObstacles(options: RoundsOptions, servers: readonly BenchServer[]): string[] {
  const obstacles = servers.flatMap((server) => server.missing() ?? [])
  if (programPath('sipp') === null) obstacles.push('sipp is not installed: apt-get install sip-tester (Debian)')
  for (let port = options.portBase; port < options.portBase + PORTS_USED; port += 1) {
    if (udpPortInUse(port)) obstacles.push(`UDP port ${port} is in use: choose others with --port-base`)
  }
  return obstacles
}

/** A folder that goes when the process does. */
export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  return directory
}

/** Reads what it runs on, and says it. */
export function sayMachine(): Machine {
  const machine = thisMachine(programPath('kamailio'))
  const { processors, processor, kernel, node, sipp } = machine
  say(`${processors} x ${processor}, Linux ${kernel}, Node ${node}, SIPp ${sipp}`)
  return machine
}

/** The load of one measurement. */
export function planFor(
  rounds: Pick<Rounds, 'options' | 'callerScenario' | 'callerCsvFile'>,
  rate: number,
  seconds: number,
  targetPort: number,
  folder: string,
): LoadPlan {
  const { portBase } = rounds.options
  return {
    rate,
    seconds,
    targetPort,
    callerPort: portBase + 1,
    calleePort: portBase + 2,
    controlPorts: [portBase + 3, portBase + 4],
    callerScenario: rounds.callerScenario,
    callerCsvFile: rounds.callerCsvFile,
    directory: folder,
    bufferBytes: BUFFER_BYTES,
  }
}

/** Runs all rounds, saying each measurement as it is made. */
export async function runRounds(rounds: Rounds): Promise<Measurement[]> {
  const { options, servers, users, signIn, directory, domainOf, unit } = rounds
  const measurements: Measurement[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`\nRound ${round} of ${options.rounds}`)
    for (const [index, known] of servers.entries()) {
      const server = { ...known, lingerSeconds: options.lingerSeconds ?? known.lingerSeconds }
      const folder = join(directory, `${server.name}-${round}`)
      mkdirSync(folder)
      const port = options.portBase + 10 + index
      const callerPort = options.portBase + 1
      const running = await server.start({
        port,
        callerPort,
        users,
        signIn,
        directory: folder,
        bufferBytes: BUFFER_BYTES,
      })
      try {
        const phonePort = options.portBase + 2
        await registerPhones({ users, serverPort: port, phonePort, ...(domainOf === undefined ? {} : { domainOf }) })
        await warmUp(options, server, planFor(rounds, median(options.rates), options.warmUpSeconds, port, folder))
        for (const rate of options.rates) {
          const plan = planFor(rounds, rate, options.seconds, port, folder)
          const measurement = await measureLoad(server, running, plan)
          measurements.push(measurement)
          say(measurementLine(measurement, unit))
        }
      } finally {
        await running.stop()
      }
    }
  }
  const titles = new Map(servers.map((server) => [server.name, server.title]))
  const table = resultTable(measurements, titles, unit)
  say(`\nMedians of ${options.rounds} rounds of ${options.seconds} s:\n${table}`)
  return measurements
}

async function warmUp(options: RoundsOptions, server: BenchServer, plan: LoadPlan): Promise<void> {
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
export function sayRatios(options: RoundsOptions, measurements: readonly Measurement[], unit: string): boolean {
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
    say(`${measured} at ${rate} ${unit}s/s: ${others.join(', ')}`)
  }
  return failed
}
