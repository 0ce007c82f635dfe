/** One load: phones registered, SIPp as the phones, SIPp as who calls them, and what came of it. */

import { join, resolve } from 'node:path'
import { LoadError } from '../load-error.ts'
import { ServerUse } from '../measure/server-use.ts'
import { receiveBufferDrops, udpPortInUse } from '../measure/udp-ports.ts'
import type { Failure, LoadReport, SecondFigures } from '../report/load-report.ts'
import { delayFigures } from '../report/load-report.ts'
import type { Progress } from '../report/report-text.ts'
import { secondsOf } from '../report/seconds.ts'
import type { Scenario } from '../scenarios.ts'
import { scenarioPath } from '../scenarios.ts'
import type { Delay } from '../sipp/delays.ts'
import { DelayReader } from '../sipp/delays.ts'
import { missingSipp, Sipp } from '../sipp/sipp.ts'
import type { SippCounts } from '../sipp/statistics.ts'
import { readAllCounts, readOtherFailures } from '../sipp/statistics.ts'
import { readUnexpectedAnswers } from '../sipp/unexpected-answers.ts'
import { injectionFields } from '../users/injection-files.ts'
import type { Carrier, Phone } from '../users/user-folder.ts'
import { documentFile, phonesOf, readCarrier, readRows } from '../users/user-folder.ts'
import { registerPhones } from './register-phones.ts'
import type { ServerUnderLoad } from './server-under-load.ts'

export interface LoadPlan {
  readonly scenario: Scenario
  readonly server: ServerUnderLoad
  /** Folder that `writeUserFolder` wrote. */
  readonly users: string
  /** Calls a second. */
  readonly rate: number
  readonly calls: number
  /** How long an answered call lasts. */
  readonly talkMilliseconds: number
  /** Process whose family is the server's; `null` where it is not on this machine. */
  readonly serverProcessId: number | null
  /** For SIPp's own files. */
  readonly workFolder: string
}

/** What happens meanwhile. */
export interface LoadWatch {
  /** What is done now, before calls begin. */
  step(text: string): void
  /** Once a second. */
  progress(progress: Progress): void
  /** Ends the load early. */
  readonly stopped: AbortSignal
}

// A request that gets no answer fails by SIPp's own retransmissions after about 32 s.
const patienceMilliseconds = 45_000
// More calls at once than so many seconds' worth: SIPp waits; no limit for a server that keeps up.
const secondsAtOnce = 20
// A second of a high rate's datagrams; the kernel cuts it to net.core.rmem_max.
const bufferBytes = 4 * 1024 * 1024
const expiresSeconds = 3600
/** Beyond so many calls SIPp writes its delays in bundles of so many. */
const mostDelaysAtOnce = 200
const counted: SippCounts = { offered: 0, completed: 0, failed: 0, retransmissions: 0 }

/** Ports used from the carrier's on: the carrier, all called phones, all calling phones, and SIPp's two control ports. */
const portsUsed = 5

/**
 * Runs one load to its end, or until it is stopped.
 *
 * @throws LoadError where it cannot begin: SIPp, a port, a file, or users that the server does not know
 */
export async function runLoad(plan: LoadPlan, watch: LoadWatch): Promise<LoadReport> {
  const { scenario, server, users } = plan
  if (process.platform !== 'linux') throw new LoadError('Loads need Linux: run them there, against this server')
  const missing = missingSipp()
  if (missing !== null) throw new LoadError(missing)
  const carrier = readCarrier(users)
  checkCarrier(plan, carrier)
  const rows = readRows(users, scenario.lines)
  const calling = scenario.phones === null ? new Set<string>() : ringingNames(scenario, rows)
  const called = phonesOf(users, calling)
  // Those that register under load leave their contacts behind; all others are taken away as they came.
  const leftBehind = scenario.name === 'register' ? phonesOf(users, new Set(rows.map(([name = '']) => name))) : called
  const register = (phones: readonly Phone[], port: number, seconds: number) =>
    registerPhones({
      phones,
      ...{ serverAddress: server.address, serverPort: server.port, address: server.ownAddress, port },
      expiresSeconds: seconds,
      cure: `"ringdown apply ${join(users, documentFile)}" makes them known to it`,
    })
  const phonesPort = carrier.port + 1
  if (scenario.name === 'register') await register(leftBehind.slice(0, 1), carrier.port + 2, 0)
  if (called.length > 0) watch.step(`Registering ${called.length} phones`)
  await register(called, phonesPort, expiresSeconds)
  let report: LoadReport | null = null
  try {
    report = await runCalls(plan, watch, carrier, rows)
  } finally {
    // A contact that stayed would ring in the next load, where nobody answers.
    const takenAway = register(leftBehind, scenario.name === 'register' ? carrier.port + 2 : phonesPort, 0)
    const problem = await takenAway.then(() => null, String)
    if (problem !== null) watch.step(`The phones stay registered for up to an hour: ${problem}`)
  }
  return report
}

function checkCarrier({ server, users }: LoadPlan, carrier: Carrier): void {
  if (carrier.address !== server.ownAddress) {
    throw new LoadError(
      `The users in ${users} were made for calls from ${carrier.address}, and ${server.address} is reached from ` +
        `${server.ownAddress}: make them anew with --from ${server.ownAddress}:${carrier.port}`,
    )
  }
  for (let port = carrier.port; port < carrier.port + portsUsed; port++) {
    if (udpPortInUse(port)) {
      throw new LoadError(
        `UDP port ${port} is in use: another load, or make the users anew with another port after --from`,
      )
    }
  }
}

function ringingNames(scenario: Scenario, rows: readonly (readonly string[])[]): Set<string> {
  const fields: readonly string[] = injectionFields[scenario.lines]
  const column = fields.indexOf('SIP user name that rings')
  return new Set(rows.map((row) => row[column] ?? '').filter((name) => name !== ''))
}

async function runCalls(
  plan: LoadPlan,
  watch: LoadWatch,
  carrier: Carrier,
  rows: readonly (readonly string[])[],
): Promise<LoadReport> {
  const { scenario, server } = plan
  const shared = { directory: plan.workFolder, address: server.ownAddress, bufferBytes }
  const phones =
    scenario.phones === null
      ? null
      : await Sipp.start({
          ...shared,
          name: 'phones',
          scenarioFile: scenarioPath(scenario.phones),
          port: carrier.port + 1,
          controlPort: carrier.port + 3,
          options: ['-aa'],
        })
  let caller: Sipp | null = null
  try {
    if (plan.serverProcessId !== null) watch.step('Watching the server at rest')
    const use = plan.serverProcessId === null ? null : await ServerUse.begin(plan.serverProcessId)
    const dropsBefore = receiveBufferDrops()
    const startedAt = new Date().toISOString()
    const begin = performance.now()
    const seconds = () => (performance.now() - begin) / 1000
    watch.step(`Calling ${server.address}:${server.port}`)
    caller = await Sipp.start({
      ...shared,
      name: 'caller',
      scenarioFile: scenarioPath(scenario.caller),
      port: scenario.from === 'carrier' ? carrier.port : carrier.port + 2,
      controlPort: carrier.port + 4,
      options: callerOptions(plan, rows),
    })
    const delays = await follow(plan, watch, caller, use, seconds)
    const elapsed = seconds()
    use?.look()
    await caller.stop()
    await phones?.stop()
    const perSecond = secondsOf(readAllCounts(caller.statistics()), delays)
    const counts = countsOf(caller)
    const reached = reachedRate(plan, counts.offered, perSecond)
    const atPhones = phones === null ? null : countsOf(phones)
    return {
      version: 1,
      scenario: scenario.name,
      server: `${server.address}:${server.port}`,
      startedAt,
      seconds: elapsed,
      rate: { wanted: plan.rate, reached },
      calls: { planned: plan.calls, offered: counts.offered, completed: counts.completed, failed: counts.failed },
      failures: await failuresOf(caller, counts.failed),
      phones:
        phones === null || atPhones === null
          ? null
          : {
              called: atPhones.offered,
              failed: atPhones.failed,
              failures: await failuresOf(phones, atPhones.failed),
            },
      retransmissions: counts.retransmissions + (atPhones?.retransmissions ?? 0),
      kernelDrops: receiveBufferDrops() - dropsBefore,
      delay: delayFigures(
        scenario.delay,
        delays.map(({ milliseconds }) => milliseconds),
      ),
      serverProcesses: use?.figures(counts.offered) ?? null,
      perSecond,
      remarks: remarksOn(plan, counts, reached, mostAtOnce(scenario, rows.length), watch.stopped.aborted),
    }
  } finally {
    await caller?.stop()
    await phones?.stop()
  }
}

function callerOptions(plan: LoadPlan, rows: readonly (readonly string[])[]): string[] {
  const { scenario, server, rate } = plan
  const atOnce = Math.min(
    mostAtOnce(scenario, rows.length),
    Math.ceil(rate * (secondsAtOnce + plan.talkMilliseconds / 1000)),
  )
  const dialled = scenario.lines === 'dial-code.csv' ? dialledByAll(plan, rows) : null
  return [
    ...[
      '-inf',
      resolve(plan.users, scenario.lines),
      '-r',
      String(rate),
      '-m',
      String(plan.calls),
      '-l',
      String(atOnce),
    ],
    ...['-d', String(plan.talkMilliseconds), '-trace_rtt'],
    ...['-rtt_freq', String(Math.min(mostDelaysAtOnce, Math.max(1, Math.floor(rate / 4))))],
    // The digest's URI has to be what is dialled (RFC 7616 §3.4.6); by itself SIPp writes the server's address.
    ...(dialled === null ? [] : ['-auth_uri', `${dialled}@${server.address}:${server.port}`]),
    `${server.address}:${server.port}`,
  ]
}

/** Calls at once that the lines of the users allow. */
function mostAtOnce({ callsAtOnce }: Scenario, rows: number): number {
  if (callsAtOnce === null) return Infinity
  return callsAtOnce.lines === 'each' ? rows * callsAtOnce.calls : callsAtOnce.calls
}

function dialledByAll(plan: LoadPlan, rows: readonly (readonly string[])[]): string {
  const column = injectionFields['dial-code.csv'].indexOf('what is dialled')
  const dialled = new Set(rows.map((row) => row[column] ?? ''))
  const [first = ''] = dialled
  if (dialled.size === 1) return first
  throw new LoadError(
    `${join(plan.users, 'dial-code.csv')}: all lines have to dial the same, for SIPp has one digest URI in a whole run`,
  )
}

/** Looks once a second until the calls are over; gives all delays. */
async function follow(
  plan: LoadPlan,
  watch: LoadWatch,
  caller: Sipp,
  use: ServerUse | null,
  seconds: () => number,
): Promise<Delay[]> {
  const reader = new DelayReader(caller.delayFile)
  const delays: Delay[] = []
  const limit = (plan.calls / plan.rate) * 1000 * 2 + plan.talkMilliseconds + patienceMilliseconds
  for (let second = 1; seconds() * 1000 < limit; second++) {
    const ended = await caller.finished(Math.max(1, second * 1000 - seconds() * 1000), watch.stopped)
    if (ended || watch.stopped.aborted) break
    const more = reader.more()
    for (const delay of more) delays.push(delay)
    const [before, now] = [counted, ...readAllCounts(caller.statistics())].slice(-2)
    watch.progress({
      seconds: second,
      offered: now?.offered ?? 0,
      completed: now?.completed ?? 0,
      failed: now?.failed ?? 0,
      lately: (now?.offered ?? 0) - (before?.offered ?? 0),
      delay: delayFigures(
        '',
        more.map(({ milliseconds }) => milliseconds),
      ),
      processorShare: use?.look() ?? null,
    })
  }
  for (const delay of reader.more()) delays.push(delay)
  return delays
}

/** While calls began. Where none was held back they took as long as planned, whatever the last second's count says. */
function reachedRate(plan: LoadPlan, offered: number, perSecond: readonly SecondFigures[]): number {
  const planned = offered / plan.rate
  const lastSecond = perSecond.findLast((second) => second.offered > 0)?.second ?? 0
  return lastSecond <= Math.ceil(planned) + 1 ? plan.rate : offered / lastSecond
}

/** Before SIPp has written its first line nothing has happened. */
function countsOf(sipp: Sipp): SippCounts {
  return sipp.statistics().split('\n').length > 2 ? sipp.counts() : counted
}

async function failuresOf(sipp: Sipp, failed: number): Promise<Failure[]> {
  const reasons = new Map(await readUnexpectedAnswers(sipp.errorFile))
  for (const [why, count] of readOtherFailures(sipp.statistics())) reasons.set(why, (reasons.get(why) ?? 0) + count)
  const named = [...reasons.values()].reduce((sum, count) => sum + count, 0)
  if (named < failed) reasons.set('other reasons, see the errors of SIPp (--out)', failed - named)
  return [...reasons].map(([why, count]) => ({ why, count })).sort((one, other) => other.count - one.count)
}

function remarksOn(plan: LoadPlan, counts: SippCounts, reached: number, atOnce: number, stopped: boolean): string[] {
  const remarks: string[] = []
  if (stopped) remarks.push('It was stopped before its end; calls that were in progress are in no figure.')
  else if (counts.offered < plan.calls)
    remarks.push(`${plan.calls - counts.offered} of ${plan.calls} calls were not begun.`)
  if (reached < plan.rate * 0.95 && !stopped) {
    const users = atOnce === Infinity ? '' : `: the users let ${atOnce} calls be up at once; more users let more`
    remarks.push(`SIPp held calls back${users}.`)
  }
  if (plan.serverProcessId === null) {
    remarks.push(
      'Processor and memory of the server are not known: it is not on this machine, or name it by --pid or --data.',
    )
  }
  remarks.push("SIPp's clock goes in steps of up to 4 ms: so do the delays.")
  return remarks
}
