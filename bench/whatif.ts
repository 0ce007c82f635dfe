/**
 * What a proposed change costs that is tried on calls of the past: how long it takes on recorded calls and on a list of
 * calls of 10 000 users; then the same list by the API of a server that carries 500 calls a second for a minute and a half, in
 * turns with some seconds without, and what that adds to their post-dial delay.
 *
 * `npm run bench -- whatif [CALLS] [SECONDS] [server]`: 1 000 000 calls and turns of 10 seconds alone where it is not given;
 * with 0 seconds without a server, with `server` only with it. A tenth as many calls are recorded ones in the first part.
 */

import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { WhatIfRuns } from '../admin/plugins/whatif/whatif-runs.ts'
import type { WhatIfTask } from '../admin/plugins/whatif/whatif-task.ts'
import { applyDocument } from '../engine/config/apply-document.ts'
import { openConfigurationWriter } from '../engine/config/configuration-writer.ts'
import { answeredText, beganText, endedText, wentOnText } from '../engine/records/call-event-text.ts'
import { CallRecordWriter } from '../engine/records/call-record-writer.ts'
import { openRecordsDatabase } from '../engine/records/records-database.ts'
import { thisMachine } from './measure/machine.ts'
import { OtherPrograms } from './measure/other-programs.ts'
import type { BenchUser } from './population.ts'
import { benchUser, benchUsers, callerCsv } from './population.ts'
import { ProbeProcess } from './probes/probe-process.ts'
import { registerPhones } from './register-phones.ts'
import type { SendBodyTask, SentBody } from './send-body-thread.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'
import { httpPortOf, startRingdown } from './servers/ringdown-server.ts'
import { runLoad } from './sipp/load.ts'

const count = Number(process.argv[2] ?? 1_000_000)
const seconds = Number(process.argv[3] ?? 10)
const called = benchUsers(10_000)
/** Whom the probe calls, and nobody else. */
const probed = benchUser(99_999)
const portBase = 28_400
const [sipPort, callerPort, phonePort] = [portBase + 10, portBase + 1, portBase + 2]
const [probeTrunkPort, probePhonePort] = [portBase + 4, portBase + 7]
const httpPort = httpPortOf({ port: sipPort })
const bufferBytes = 4 * 1024 * 1024
/** As many turns as fit into it. */
const loadSeconds = 90
/** One user in a thousand rings longer: so many calls change their path. */
const change = { kind: 'user', id: called[0]?.sipUserName ?? '', patch: { ringSeconds: 40 } } as const
const directory = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))

function callee(index: number): BenchUser {
  return called[(index * 7919) % called.length] as BenchUser
}

/** Calls of anybody to anybody, spread over a year. */
function callsList(): string {
  const lines = ['caller,dialled,at']
  for (let index = 0; index < count; index++) {
    const caller = called[(index * 104_729) % called.length] as BenchUser
    const at = new Date(Date.UTC(2026, 0, 1) + index * 31).toISOString()
    lines.push(`${caller.sipUserName},${callee(index).extension},${at}`)
  }
  return lines.join('\n')
}

/** Recorded calls from outside: half of them were answered, the others not. */
function record(folder: string, calls: number): void {
  const database = openRecordsDatabase(join(folder, 'records.db'), false)
  const writer = new CallRecordWriter(database)
  for (let index = 0; index < calls; index++) {
    const { sipUserName, phoneNumber, extension } = callee(index)
    const id = `call${index}`
    const at = Date.UTC(2026, 0, 1) + index * 310
    const facts = `registered:${sipUserName}=1 lines:${sipUserName}=0`
    const title = `${extension} User`
    writer.take(
      beganText({
        id,
        at,
        callId: id,
        fromTag: 'bench',
        sequence: 1,
        source: 'bench',
        dialled: phoneNumber,
        domain: '',
        revision: 1,
        caller: { kind: 'trunk', id: 'trunk', title: '+491701234567' },
        asked: { kind: 'trunk', number: '+491701234567', name: '', anonymous: false, ownDiversions: 0 },
        step: { facts, rules: '', rings: title, targets: `user:${sipUserName}` },
        refusal: null,
      }),
    )
    if (index % 2 === 0) {
      writer.take(answeredText(id, at + 3000, { kind: 'user', id: sipUserName, title }))
      writer.take(endedText(id, at + 60_000, 'caller', 200, 'OK'))
    } else {
      const step = { facts: '', rules: '', rings: '', targets: '' }
      writer.take(wentOnText({ id, at: at + 15_000, outcome: 'noAnswer', detail: '', revision: 1, step }))
      writer.take(endedText(id, at + 15_000, 'server', 480, 'No Answer'))
    }
    if (index % 10_000 === 9999) writer.write({ log: 1, offset: index })
  }
  writer.write({ log: 1, offset: calls })
  database.connection.close()
}

async function withoutServer(csv: string): Promise<void> {
  const folder = join(directory, 'alone')
  mkdirSync(folder)
  const configuration = await openConfigurationWriter(folder)
  const document = JSON.stringify(ringdownDocument(called, callerPort))
  const author = { actor: 'bench', address: '', source: 'start' as const }
  const applied = await applyDocument(configuration, document, 'a.json', author, { prune: true })
  if (!applied.ok) throw new Error(JSON.stringify(applied).slice(0, 300))
  await configuration.close()
  const recorded = Math.ceil(count / 10)
  record(folder, recorded)
  const runs = new WhatIfRuns()
  const task = (calls: WhatIfTask['calls']): WhatIfTask => ({ dataFolder: folder, change, calls, limit: 100, now: 0 })
  for (const [name, calls] of [
    ['one recorded call: the configuration alone', { last: 1 }],
    [`${recorded} recorded calls`, { last: recorded }],
    [`${count} calls of a list`, { csv }],
  ] as const) {
    const begin = performance.now()
    const answer = await runs.answer(task(calls))
    if (answer.kind !== 'compared') throw new Error(JSON.stringify(answer).slice(0, 300))
    const { calls: tried, changed, skipped } = answer.comparison
    if (skipped.length > 0) throw new Error(JSON.stringify(skipped))
    const time = ((performance.now() - begin) / 1000).toFixed(2)
    process.stdout.write(`  ${name.padEnd(48)}${time.padStart(8)} s   ${changed} of ${tried} change\n`)
  }
  await runs.close()
}

async function ask(token: string, body: Uint8Array): Promise<string> {
  const task: SendBodyTask = { port: httpPort, token, method: 'POST', path: '/v1/whatif', body }
  const worker = new Worker(new URL('./send-body-thread.js', import.meta.url), { workerData: task })
  const [{ status, text }] = (await once(worker, 'message')) as [SentBody]
  if (status !== 200) throw new Error(text.slice(0, 300))
  return text
}

async function withServer(csv: string): Promise<void> {
  const folder = join(directory, 'server')
  mkdirSync(folder)
  const callerCsvFile = join(directory, 'caller.csv')
  writeFileSync(callerCsvFile, callerCsv(called))
  const users = [...called, probed]
  const moreCallerPorts = [probeTrunkPort]
  const plan = { port: sipPort, callerPort, moreCallerPorts, users, directory: folder, bufferBytes }
  const running = await startRingdown(plan, [])
  const others = new OtherPrograms()
  let probes: ProbeProcess | null = null
  const row = (name: string, sorted: readonly number[]): number => {
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
    const figures = [0.5, 0.9, 0.99, 1].map((part) => at(part).toFixed(2).padStart(9)).join('')
    process.stdout.write(`  ${name.padEnd(48)}${figures}  (${sorted.length})\n`)
    return at(0.99)
  }
  try {
    await registerPhones({ users: called, serverPort: sipPort, phonePort })
    await registerPhones({ users: [probed], serverPort: sipPort, phonePort: probePhonePort })
    const ready = () => fetch(`http://127.0.0.1:${httpPort}/readyz`).then((answer) => answer.ok)
    while (!(await ready().catch(() => false))) await pause(100)
    const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim()
    const body = Buffer.from(JSON.stringify({ entity: change, csv }))
    let over = false
    const load = runLoad(
      {
        ...{ rate: 500, seconds: 5 + loadSeconds, targetPort: sipPort, callerPort, calleePort: phonePort },
        ...{ controlPorts: [portBase + 5, portBase + 6], callerScenario: 'caller', callerCsvFile },
        ...{ directory: folder, bufferBytes },
      },
      { tick: () => undefined, afterCalls: () => pause(1000) },
    ).finally(() => {
      over = true
    })
    await pause(3000)
    probes = await ProbeProcess.start({
      calls: {
        serverPort: sipPort,
        trunkPort: probeTrunkPort,
        phonePort: probePhonePort,
        number: probed.phoneNumber,
      },
      options: null,
    })
    await pause(2000)
    process.stdout.write(`  milliseconds of post-dial delay${' '.repeat(22)}50 %     90 %     99 %  longest\n`)
    // In turns, because other programs on this machine come and go; each what-if goes on to its end before the next turn.
    const times: { readonly alone: number[]; readonly during: number[] } = { alone: [], during: [] }
    const begin = performance.now()
    let longest = 0
    let asked = 0
    while (performance.now() - begin + 1000 * seconds + longest < 1000 * loadSeconds) {
      await probes.take()
      await pause(1000 * seconds)
      times.alone.push(...(await probes.take()).postDial)
      const turn = performance.now()
      const { comparison } = JSON.parse(await ask(token, body)) as { comparison: { calls: number } }
      if (over) throw new Error(`The calls ended before the what-if: it takes more than ${loadSeconds} s`)
      if (comparison.calls !== count) throw new Error(`${comparison.calls} calls of ${count} were tried`)
      times.during.push(...(await probes.take()).postDial)
      longest = Math.max(longest, performance.now() - turn)
      asked++
    }
    for (const each of [times.alone, times.during]) each.sort((a, b) => a - b)
    const alone = row('500 calls/s', times.alone)
    const during = row(`500 calls/s and ${count} calls tried`, times.during)
    const used = others.used().toFixed(2)
    process.stdout.write(`  other programs used ${used} processors\n`)
    const longestRun = (longest / 1000).toFixed(1)
    process.stdout.write(`  ${asked} what-ifs, the longest ${longestRun} s, in turns with ${seconds} s without\n`)
    const middle = (sorted: readonly number[]) => sorted[sorted.length >> 1] ?? Number.NaN
    const added = [middle(times.during) - middle(times.alone), during - alone].map((each) => each.toFixed(2))
    process.stdout.write(`  they add ${added[0]} ms at 50 % and ${added[1]} ms at 99 % (asked: 2)\n`)
    const { caller } = await load
    process.stdout.write(`  calls: ${caller.offered} offered, ${caller.completed} completed, ${caller.failed} failed\n`)
  } finally {
    others.stop()
    probes?.stop()
    await running.stop()
  }
}

const machine = thisMachine(null)
process.stdout.write(`${machine.processors} x ${machine.processor}, Node ${machine.node}, ${machine.date}\n\n`)
try {
  const csv = callsList()
  if (process.argv[4] !== 'server') await withoutServer(csv)
  if (seconds > 0) await withServer(csv)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
