/**
 * What changing the configuration costs the calls that are made meanwhile. 10 000 users, 500 calls a second; then single
 * changes by the API, one after the other; then an import of 10 000 more users in one go. Prints how long a change takes
 * from the request to the answer that says it is in force, and how long the engine takes to answer an OPTIONS in each of
 * the phases: what makes that wait makes a call wait.
 *
 * `npm run bench -- changes [SECONDS]`, 20 seconds a phase where it is not given.
 */
import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { thisMachine } from './measure/machine.ts'
import { benchUsers, callerCsv } from './population.ts'
import { registerPhones } from './register-phones.ts'
import { ringdownDocument } from './servers/ringdown-document.ts'
import { httpPortOf, startRingdown } from './servers/ringdown-server.ts'
import type { LoadPlan } from './sipp/load.ts'
import { runLoad } from './sipp/load.ts'

const seconds = Number(process.argv[2] ?? 20)
const users = benchUsers(10_000)
const portBase = 27_000
const [sipPort, callerPort, phonePort] = [portBase + 10, portBase + 1, portBase + 2]
const httpPort = httpPortOf({ port: sipPort })
const callsPerSecond = 500
const bufferBytes = 4 * 1024 * 1024
/** Milliseconds between two questions of the probe. */
const probeEvery = 5

/** Asks the engine by OPTIONS, again and again, how long it takes to answer. */
class Probe {
  readonly #socket = createSocket('udp4')
  readonly #asked = new Map<string, number>()
  readonly #times: number[] = []
  #count = 0
  #timer: NodeJS.Timeout | null = null

  async start(): Promise<void> {
    this.#socket.on('message', (data) => {
      const id = /branch=z9hG4bK-probe-(\d+)/.exec(data.toString('latin1'))?.[1] ?? ''
      const since = this.#asked.get(id)
      if (since === undefined) return
      this.#asked.delete(id)
      this.#times.push(performance.now() - since)
    })
    await new Promise<void>((resolve) => this.#socket.bind(portBase + 3, '127.0.0.1', resolve))
    this.#timer = setInterval(() => this.#ask(), probeEvery)
  }

  /** Times since this was asked last, in milliseconds, the lowest first; what was not answered counts as a second. */
  take(): number[] {
    const now = performance.now()
    for (const [id, since] of this.#asked) {
      if (now - since < 1000) continue
      this.#asked.delete(id)
      this.#times.push(1000)
    }
    return this.#times.splice(0).sort((one, other) => one - other)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#socket.close()
  }

  #ask(): void {
    const id = String(++this.#count)
    const here = `127.0.0.1:${portBase + 3}`
    this.#asked.set(id, performance.now())
    this.#socket.send(
      `OPTIONS sip:127.0.0.1:${sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP ${here};branch=z9hG4bK-probe-${id}\r\n` +
        `From: <sip:probe@${here}>;tag=p${id}\r\nTo: <sip:127.0.0.1:${sipPort}>\r\nCall-ID: probe-${id}\r\n` +
        'CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
      sipPort,
      '127.0.0.1',
    )
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function row(name: string, sorted: readonly number[]): void {
  const figures = [0.5, 0.99, 1].map((part) => `${quantile(sorted, part).toFixed(2).padStart(9)}`).join('')
  process.stdout.write(`${name.padEnd(52)}${figures}  (${sorted.length})\n`)
}

async function ask(token: string, method: string, path: string, type: string, body: string): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body,
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`)
  return answer
}

/** Changes one user after the other for so long; milliseconds from request to in force, the lowest first. */
async function singleChanges(token: string, until: number): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; performance.now() < until; index++) {
    const user = users[(index * 7919) % users.length]
    const begin = performance.now()
    const body = JSON.stringify({ ringSeconds: 20 + (index % 90) })
    const answer = await ask(token, 'PATCH', `/v1/users/${user?.sipUserName}`, 'application/merge-patch+json', body)
    times.push(performance.now() - begin)
    if (answer.headers.get('ringdown-in-force') !== 'true') throw new Error('A change was not in force')
    await pause(20)
  }
  return times.sort((one, other) => one - other)
}

const directory = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
const callerCsvFile = join(directory, 'caller.csv')
writeFileSync(callerCsvFile, callerCsv(users))
const folder = join(directory, 'server')
mkdirSync(folder)
const machine = thisMachine(null)
process.stdout.write(`${machine.processors} x ${machine.processor}, Node ${machine.node}, ${machine.date}\n`)
const running = await startRingdown({ port: sipPort, callerPort, users, directory: folder, bufferBytes }, [])
const probe = new Probe()
try {
  await registerPhones({ users, serverPort: sipPort, phonePort })
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`http://127.0.0.1:${httpPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    await pause(100)
  }
  const token = readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim()
  const plan = (length: number): LoadPlan => ({
    rate: callsPerSecond,
    seconds: length,
    targetPort: sipPort,
    callerPort,
    calleePort: phonePort,
    controlPorts: [portBase + 5, portBase + 6],
    callerCsvFile,
    directory: folder,
    bufferBytes,
  })
  const more = benchUsers(20_000).slice(10_000)
  const larger = JSON.stringify(ringdownDocument([...users, ...more], callerPort))
  const importSeconds = Math.max(seconds, 15)
  const load = runLoad(plan(5 + 2 * seconds + importSeconds), {
    tick: () => undefined,
    afterCalls: () => pause(1000),
  })
  await pause(5000)
  await probe.start()
  process.stdout.write(`\nmilliseconds${' '.repeat(46)}50 %     99 %  longest\n`)
  await pause(seconds * 1000)
  row('OPTIONS, 500 calls/s', probe.take())
  const times = await singleChanges(token, performance.now() + seconds * 1000)
  row('OPTIONS, 500 calls/s and single changes', probe.take())
  const importBegin = performance.now()
  await ask(token, 'PUT', '/v1/document', 'application/json', larger)
  const importTime = performance.now() - importBegin
  await pause(Math.max(0, importSeconds * 1000 - importTime))
  row('OPTIONS, 500 calls/s and an import of 10 000 users', probe.take())
  row('a change, from the request to in force', times)
  process.stdout.write(`the import, from the request to in force: ${(importTime / 1000).toFixed(2)} s\n`)
  const { caller } = await load
  process.stdout.write(`calls: ${caller.offered} offered, ${caller.completed} completed, ${caller.failed} failed\n`)
} finally {
  probe.stop()
  await running.stop()
  rmSync(directory, { recursive: true, force: true })
}
