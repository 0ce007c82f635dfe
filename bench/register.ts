/**
 * `npm run bench -- register`: processor time per registration of Ringdown and of Kamailio, in the same run on the same
 * machine. SIPp plays 10 000 phones that refresh their registrations, each challenged and answering by digest.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REGISTER_HELP, readRegisterOptions } from './options.ts'
import { benchUsers, registrationCsv } from './population.ts'
import { findObstacles, runRounds, say, sayMachine, sayRatios, temporaryFolder } from './rounds.ts'
import { kamailioServer } from './servers/kamailio-server.ts'
import { dgramRingdownServer, ringdownServer } from './servers/ringdown-server.ts'
import type { BenchServer } from './servers/server.ts'

const SERVERS: readonly BenchServer[] = [kamailioServer, dgramRingdownServer, ringdownServer]

async function main(): Promise<number> {
  const options = readRegisterOptions(
    process.argv.slice(2),
    SERVERS.map((server) => server.name),
  )
  if (options === null) {
    say(REGISTER_HELP)
    return 0
  }
  const servers = options.servers.flatMap((name) => SERVERS.filter((server) => server.name === name))
  const obstacles = findObstacles(options, servers)
  if (obstacles.length > 0) {
    for (const obstacle of obstacles) process.stderr.write(`bench register: ${obstacle}\n`)
    return 1
  }
  const directory = temporaryFolder()
  const machine = sayMachine()
  const users = benchUsers(options.users)
  const callerCsvFile = join(directory, 'phones.csv')
  writeFileSync(callerCsvFile, registrationCsv(users))
  const measurements = await runRounds({
    options,
    servers,
    users,
    signIn: 'registrations',
    callerScenario: 'registering',
    callerCsvFile,
    directory,
    unit: 'registration',
  })
  const failed = sayRatios(options, measurements, 'registration')
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, measurements }, null, 2)}\n`)
  }
  return failed ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench register: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
