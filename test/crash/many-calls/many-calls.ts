/**
 * `npm run crash -- --calls 1000 --users 100000`: establishes many calls, kills the engine by kill -9, and ends them all;
 * prints how many ended as they should and how long nobody answered. Exit code 1 where anything was wrong.
 */
import { Command } from 'commander'
import { crashManyCalls } from './crash-many-calls.ts'

const program = new Command('npm run crash --')
  .description('Kills the engine while many calls are in progress, and looks at what becomes of them.')
  .option('--calls <count>', 'calls in progress: plain, held, recorded, transferred, parked; by UDP and TCP', '1000')
  .option('--sipp <count>', 'of them, calls between phones on TCP that SIPp plays and that connect anew', '100')
  .option('--users <count>', 'users in the configuration', '100000')
  .option('--registered <count>', 'further phones that are registered', '0')
  .parse()
const given = program.opts<{
  readonly calls: string
  readonly users: string
  readonly registered: string
  readonly sipp: string
}>()

const count = (name: 'calls' | 'users' | 'registered' | 'sipp', least: number): number => {
  const value = Number(given[name])
  if (!Number.isInteger(value) || value < least) program.error(`--${name} must be a whole number from ${least} on`)
  return value
}

const began = performance.now()
const plan = {
  calls: count('calls', 1),
  users: count('users', 1),
  registered: count('registered', 0),
  sipp: count('sipp', 0),
}
if (plan.sipp > plan.calls) program.error('--sipp must not be more than --calls')
const result = await crashManyCalls({
  ...plan,
  progress: (line) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`),
})
const { gap, faults } = result
for (const fault of faults.slice(0, 20)) console.log(fault)
if (faults.length > 20) console.log(`and ${faults.length - 20} more`)
console.log(`
calls that ended normally, by either side   ${result.ended} of ${plan.calls}
call records that are right                 ${result.rightRecords} of ${plan.calls}
lamps watched                               ${result.lamps}, wrong before, after or at the end: ${result.wrongLamps}
recordings that are complete                ${result.recordings} of ${result.recorded}
from kill -9 to the first answer to OPTIONS ${gap.options} ms
to a BYE of a call in progress              ${gap.bye} ms
to a REGISTER                               ${gap.registration} ms
until a new call rings                      ${gap.newCall} ms
until the last phone by TCP is back         ${gap.lastBack} ms`)
process.exitCode = faults.length === 0 ? 0 : 1
