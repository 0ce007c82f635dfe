/**
 * `npm run bench -- calls`: processor time per call of Ringdown, of a bare two-leg script and of Kamailio, in the same
 * run on the same machine, with SIPp at both ends; with `--digest` calls of phones that sign in for each, at both servers.
 * README.md beside this file says what is compared and why it is fair.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CallsOptions } from './options.ts'
import { CALLS_HELP, readCallsOptions } from './options.ts'
import { benchUsers, callerCsv, domainOfPbx, phoneCsv } from './population.ts'
import type { Calibration } from './report.ts'
import { calibrationTable } from './report.ts'
import type { Rounds } from './rounds.ts'
import { findObstacles, planFor, runRounds, say, sayMachine, sayRatios, temporaryFolder } from './rounds.ts'
import { batchingFloorServer, floorServer } from './servers/floor-server.ts'
import { kamailioServer } from './servers/kamailio-server.ts'
import { dgramRingdownServer, mediaRingdownServer, ringdownServer } from './servers/ringdown-server.ts'
import type { BenchServer } from './servers/server.ts'
import { runLoad } from './sipp/load.ts'

const SERVERS: readonly BenchServer[] = [
  floorServer,
  batchingFloorServer,
  kamailioServer,
  dgramRingdownServer,
  ringdownServer,
  mediaRingdownServer,
]
const CALIBRATION_LINGER_MILLISECONDS = 3000

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
  return await runBenchmark(options, servers, temporaryFolder())
}

async function runBenchmark(
  options: CallsOptions,
  servers: readonly BenchServer[],
  directory: string,
): Promise<number> {
  const machine = sayMachine()
  const users = benchUsers(options.users)
  const callerCsvFile = join(directory, 'caller.csv')
  writeFileSync(callerCsvFile, options.digest ? phoneCsv(users) : callerCsv(users))
  const rounds: Rounds = {
    options,
    servers,
    users,
    signIn: options.digest ? 'calls' : 'none',
    callerScenario: options.digest ? 'phone-caller' : 'caller',
    callerCsvFile,
    directory,
    unit: 'call',
    ...(options.digest ? { domainOf: domainOfPbx } : {}),
  }
  const calibrations = options.calibrate ? await calibrate(rounds) : []
  const measurements = await runRounds(rounds)
  const failed = sayRatios(options, measurements, 'call')
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, calibrations, measurements }, null, 2)}\n`)
  }
  return failed ? 1 : 0
}

/** SIPp calls SIPp, with nothing between. */
async function calibrate(rounds: Rounds): Promise<Calibration[]> {
  const { options, directory } = rounds
  const folder = join(directory, 'calibration')
  mkdirSync(folder)
  const calibrations: Calibration[] = []
  for (const rate of options.rates) {
    const result = await runLoad(planFor(rounds, rate, options.seconds, options.portBase + 2, folder), {
      tick: () => undefined,
      afterCalls: () => pause(CALIBRATION_LINGER_MILLISECONDS),
    })
    calibrations.push({ rate, result })
  }
  say(`\nSIPp against SIPp, no server between:\n${calibrationTable(calibrations)}`)
  return calibrations
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench calls: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
