/**
 * `npm run bench -- media`: processor time of a relayed packet, and what relaying adds to its delay and jitter, by bare
 * echoes, Ringdown's media process and rtpengine, one after the other in each round. A program in C sends both ways of each
 * call (G.711, 20 ms) and takes what is relayed; it needs a processor of its own.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ProcessFamily } from '../load/measure/process-family.ts'
import { median } from './measure/median.ts'
import type { Relay, RunningRelay } from './media/relays.ts'
import { relays } from './media/relays.ts'

const help = `npm run bench -- media [options]

  --calls 350,700      calls at once, each 100 packets a second
  --rounds 3           rounds; the median counts
  --seconds 4          seconds of each measurement
  --warm-up 4          seconds before it, in which recordings open their files
  --relays NAMES       which, in the order of each round: ${relays.map(({ name }) => name).join(', ')}
  --port-base 30000    first of the UDP ports used on 127.0.0.1
`

interface Figures {
  readonly relay: string
  readonly calls: number
  /** Microseconds of processor time for a packet relayed. */
  readonly cost: number
  /** Microseconds from sending to taking back. */
  readonly delayMedian: number
  readonly delayP99: number
  /** Microseconds by which the delays of two packets that follow each other differ. */
  readonly jitterP99: number
  readonly sent: number
  readonly received: number
}

interface LoadReport {
  readonly sent: number
  readonly received: number
  readonly delayMedian: number
  readonly delayP99: number
  readonly jitterP99: number
}

/** Sockets of the load's program, whose ports stand before those of the relay. */
const loadSockets = 32

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '350,700' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '4' },
    relays: { type: 'string', default: relays.map(({ name }) => name).join(',') },
    'port-base': { type: 'string', default: '30000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const base = Number(values['port-base'])
const first = base + loadSockets + 2

function compile(folder: string, name: string): string {
  // The C files are not compiled with everything else: they stand with the sources.
  const source = fileURLToPath(new URL(`../../bench/media/${name}.c`, import.meta.url))
  const program = join(folder, name)
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', source, '-o', program], { stdio: 'inherit' })
  return program
}

async function load(program: string, ports: readonly number[], seconds: number): Promise<LoadReport> {
  const child = spawn(program, [String(base), String(loadSockets), String(seconds)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (data) => {
    text += String(data)
  })
  child.stdin.end(`${ports.join('\n')}\n`)
  await once(child, 'close')
  return JSON.parse(text) as LoadReport
}

async function measure(relay: Relay, calls: number, programs: { load: string; echo: string }): Promise<Figures> {
  const running: RunningRelay = await relay.start({
    calls,
    first,
    remoteOf: (index) => base + (index % loadSockets),
    programs,
  })
  try {
    await load(programs.load, running.ports, Number(values['warm-up']))
    const family = new ProcessFamily(running.processId)
    const before = family.sample().processorNanoseconds
    const report = await load(programs.load, running.ports, Number(values.seconds))
    const spent = family.sample().processorNanoseconds - before
    return { relay: relay.name, calls, cost: spent / 1000 / report.received, ...report }
  } finally {
    await running.stop()
  }
}

function line(all: readonly Figures[], relay: Relay, calls: number): string {
  const group = all.filter((one) => one.relay === relay.name && one.calls === calls)
  const of = (name: 'cost' | 'delayMedian' | 'delayP99' | 'jitterP99') => median(group.map((one) => one[name]))
  const costs = group.map(({ cost }) => cost)
  const lost = group.reduce((sum, { sent, received }) => sum + sent - received, 0)
  const sent = group.reduce((sum, one) => sum + one.sent, 0)
  const milliseconds = (name: 'delayMedian' | 'delayP99' | 'jitterP99') => (of(name) / 1000).toFixed(2)
  return (
    `${String(calls).padStart(5)} calls  ${relay.title.padEnd(36)} ${of('cost').toFixed(2).padStart(6)} us a packet ` +
    `(${Math.min(...costs).toFixed(2)}-${Math.max(...costs).toFixed(2)}), ${(10_000 / of('cost')).toFixed(0).padStart(5)} calls a core, ` +
    `delay ${milliseconds('delayMedian')} ms (p99 ${milliseconds('delayP99')}), jitter p99 ${milliseconds('jitterP99')} ms, ` +
    `lost ${((100 * lost) / sent).toFixed(2)} %\n`
  )
}

async function run(): Promise<void> {
  const chosen = values.relays.split(',').map((name) => {
    const relay = relays.find((one) => one.name === name)
    if (relay === undefined) throw new Error(`--relays: there is no "${name}"`)
    return relay
  })
  const present = chosen.filter((relay) => {
    const why = relay.missing()
    if (why !== '') process.stdout.write(`${relay.title} is left out: ${why}\n`)
    return why === ''
  })
  const folder = mkdtempSync(join(tmpdir(), 'ringdown-bench-'))
  const all: Figures[] = []
  const counts = values.calls.split(',').map(Number)
  try {
    const programs = { load: compile(folder, 'packet-load'), echo: compile(folder, 'echo') }
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const calls of counts) for (const relay of present) all.push(await measure(relay, calls, programs))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  for (const calls of counts) for (const relay of present) process.stdout.write(line(all, relay, calls))
}

if (values.help) process.stdout.write(help)
else await run()
