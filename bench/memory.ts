/**
 * What registered phones and calls in progress take in memory: the whole server runs, phones register and a trunk calls
 * some of them, and the engine's memory is looked at after its garbage was collected. Then phones and calls come and go.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { parseArgs } from 'node:util'
import { ControlClient } from '../engine/control/client.ts'
import { testCertificate, writeCertificate } from '../engine/net/certificates/test-certificate.ts'
import type { MemorySample } from './memory/engine-memory.ts'
import { EngineMemory } from './memory/engine-memory.ts'
import { Exchange, forEachOf, isBusy, untilTaken } from './memory/exchange.ts'
import { phoneAnswers, registerText } from './memory/people.ts'
import { Talks } from './memory/talks.ts'
import { closeAll, registerByTls } from './memory/tls-phones.ts'
import type { BenchUser } from './population.ts'
import { benchUsers } from './population.ts'
import { startRingdown } from './servers/ringdown-server.ts'

const help = `npm run bench -- memory [options]

Resident memory of the engine for each registered phone and each call in progress, after forced collections.

  --phones 100000     registered by UDP through an edge proxy: Path, instance-id, a contact of 120 bytes
  --calls 10000       in progress at the same time
  --tls-phones 2000   registered by TLS, each by a connection of its own
  --churn 3           minutes of phones that register again and calls that end and begin
  --churn-calls 100   calls that end and begin each second of it, with three phones that register again for each
  --port-base 27000   first of 40 ports used on 127.0.0.1
  --json              print one line of JSON instead
`
/**
 * They register and are gone again before the idle engine is looked at: room for new objects and compiled code come with
 * the first of them and are no part of what each takes.
 */
const warmUpPhones = 3000
/** Goals: bytes for each. */
const mostForAPhone = 1024
const mostForACall = 10_240
/** Until no transaction is left and nothing is kept for copies of requests any more (s). */
const settleSeconds = 70
/** How often the idle engine is looked at again while its memory falls. */
const mostLooks = 8
/** Where nothing of that kind is left (s). */
const shortSeconds = 8
const expires = 3600
/** Phones that register again for each call that ends and begins in the churn. */
const churnPhonesForACall = 3

interface Options {
  readonly phones: number
  readonly calls: number
  readonly tlsPhones: number
  readonly churnMinutes: number
  /** Each second. */
  readonly churnCalls: number
  readonly portBase: number
  readonly json: boolean
}

const options = readOptions()
if (options === null) process.stdout.write(help)
else process.exitCode = (await run(options)) ? 0 : 1

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      phones: { type: 'string', default: '100000' },
      calls: { type: 'string', default: '10000' },
      'tls-phones': { type: 'string', default: '2000' },
      churn: { type: 'string', default: '3' },
      'churn-calls': { type: 'string', default: '100' },
      'port-base': { type: 'string', default: '27000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const count = (name: string, text: string, most: number): number => {
    const value = Number(text)
    if (text !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value
    throw new Error(`--${name}: "${text}" is not a whole number up to ${most}`)
  }
  const phones = count('phones', values.phones, 100_000)
  return {
    phones,
    calls: count('calls', values.calls, phones),
    tlsPhones: count('tls-phones', values['tls-phones'], Math.min(phones, 16_000)),
    churnMinutes: count('churn', values.churn, 1440),
    churnCalls: count('churn-calls', values['churn-calls'], 1000),
    portBase: count('port-base', values['port-base'], 65_000),
    json: values.json,
  }
}

async function run(options: Options): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'ringdown-memory-'))
  const port = options.portBase
  const users = benchUsers(options.phones)
  const { certificate, key } = writeCertificate(join(directory, 'tls'), testCertificate({ names: ['127.0.0.1'] }))
  const plan = { port, callerPort: port + 2, users, directory, bufferBytes: 0 }
  say(options, `Starting Ringdown with ${users.length} users ...`)
  const tls = ['--tls-cert', certificate, '--tls-key', key, '--tls-port', String(port + 1)]
  const server = await startRingdown(plan, [...tls, '--tcp-per-source', '16000'])
  try {
    const { pid } = await statusOf(directory)
    const memory = await EngineMemory.open(pid)
    try {
      return await measure(options, memory, users, directory)
    } finally {
      memory.close()
    }
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure(
  options: Options,
  memory: EngineMemory,
  users: readonly BenchUser[],
  directory: string,
): Promise<boolean> {
  const port = options.portBase
  const proxy = await Exchange.open(port + 30, port, phoneAnswers)
  const trunk = await Exchange.open(port + 2, port, (request) => phoneAnswers(request).slice(-1))
  let time = 0
  const register = (user: BenchUser, seconds = expires): Promise<void> =>
    untilTaken(async () => {
      const about = { user, time: time++, expires: seconds, proxyPort: proxy.port }
      const challenged = await proxy.ask(registerText(about, ''))
      return isBusy(challenged) ? challenged : proxy.ask(registerText(about, challenged))
    })
  const talks = new Talks(trunk, users)

  for (const seconds of [expires, 0]) {
    await forEachOf(Math.min(warmUpPhones, users.length), (index) => register(users[index] as BenchUser, seconds))
  }
  const idle = await givenBack(memory, options, 'idle, with the configuration in force')
  await forEachOf(users.length, (index) => register(users[index] as BenchUser))
  const registered = await settled(memory, options, `${users.length} phones registered`)
  await forEachOf(options.calls, (index) => talks.begin(index))
  const talking = await settled(memory, options, `${options.calls} calls in progress`)
  const status = await statusOf(directory)
  if (status.registrations !== users.length || status.calls !== options.calls) {
    throw new Error(`The engine has ${status.registrations} registrations and ${status.calls} calls`)
  }

  const churn: MemorySample[] = [talking]
  let oldest = 0
  let next = options.calls
  let phone = 0
  for (let minute = 0; minute < options.churnMinutes; minute++) {
    for (let second = 0; second < 60; second++) {
      const begun = Date.now()
      await forEachOf(Math.min(options.churnCalls * churnPhonesForACall, users.length), async () => {
        await register(users[phone++ % users.length] as BenchUser)
      })
      await forEachOf(Math.min(options.churnCalls, options.calls), async () => {
        await talks.end(oldest++)
        await talks.begin(next++)
      })
      await pause(Math.max(0, begun + 1000 - Date.now()))
    }
    churn.push(await settled(memory, options, `after ${minute + 1} min of churn`, shortSeconds))
  }
  await forEachOf(options.calls, () => talks.end(oldest++))
  proxy.close()
  trunk.close()

  const before = await settled(memory, options, 'all calls ended')
  const connections: TLSSocket[] = await registerByTls(users.slice(0, options.tlsPhones), port + 1, expires)
  const secure = await settled(memory, options, `${options.tlsPhones} more phones by TLS`, shortSeconds)
  closeAll(connections)
  return report(options, { idle, registered, talking, churn, before, secure })
}

/** Looks again until what the start took has been given back: before, that would hide what phones take. */
async function givenBack(memory: EngineMemory, options: Options, what: string): Promise<MemorySample> {
  let sample = await settled(memory, options, what)
  for (let look = 0; look < mostLooks; look++) {
    const { residentBytes } = sample
    sample = await settled(memory, options, what)
    if (sample.residentBytes > 0.99 * residentBytes) break
  }
  return sample
}

async function settled(
  memory: EngineMemory,
  options: Options,
  what: string,
  seconds = settleSeconds,
): Promise<MemorySample> {
  await pause(seconds * 1000)
  const sample = await memory.collected()
  say(options, `${what.padEnd(42)}resident ${mebibytes(sample.residentBytes)}, heap ${mebibytes(sample.heapBytes)}`)
  return sample
}

interface Samples {
  readonly idle: MemorySample
  readonly registered: MemorySample
  readonly talking: MemorySample
  readonly churn: readonly MemorySample[]
  readonly before: MemorySample
  readonly secure: MemorySample
}

/** @returns whether the goals are met */
function report(options: Options, samples: Samples): boolean {
  const { idle, registered, talking, churn, before, secure } = samples
  const each = (from: MemorySample, to: MemorySample, count: number, which: keyof MemorySample): number =>
    Math.round((to[which] - from[which]) / Math.max(1, count))
  const last = churn.at(-1) ?? talking
  // The first minute still fills what later minutes use again.
  const steady = churn[1] ?? talking
  const figures = {
    phoneResident: each(idle, registered, options.phones, 'residentBytes'),
    phoneHeap: each(idle, registered, options.phones, 'heapBytes'),
    callResident: each(registered, talking, options.calls, 'residentBytes'),
    callHeap: each(registered, talking, options.calls, 'heapBytes'),
    tlsPhoneResident: each(before, secure, options.tlsPhones, 'residentBytes'),
    tlsPhoneHeap: each(before, secure, options.tlsPhones, 'heapBytes'),
    churnResident: last.residentBytes - steady.residentBytes,
    churnHeap: last.heapBytes - steady.heapBytes,
  }
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else {
    const line = (name: string, resident: number, heap: number, goal: string): string =>
      `${name.padEnd(42)}${String(resident).padStart(9)} bytes resident, ${String(heap).padStart(9)} in the heap${goal}\n`
    process.stdout.write(
      line('a phone by UDP', figures.phoneResident, figures.phoneHeap, ` (goal ${mostForAPhone})`) +
        line('a call in progress', figures.callResident, figures.callHeap, ` (goal ${mostForACall})`) +
        line('a phone by TLS, with its connection', figures.tlsPhoneResident, figures.tlsPhoneHeap, '') +
        line(`growth in ${options.churnMinutes} min of churn`, figures.churnResident, figures.churnHeap, ''),
    )
  }
  return figures.phoneResident <= mostForAPhone && figures.callResident <= mostForACall
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

function say(options: Options, line: string): void {
  if (!options.json) process.stdout.write(`${line}\n`)
}

async function statusOf(directory: string) {
  const client = await ControlClient.open(join(directory, 'data'))
  try {
    return await client.status()
  } finally {
    client.close()
  }
}
