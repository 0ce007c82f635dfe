/**
 * `npm run bench -- udp`: processor time of a datagram in and a datagram out, by the batching socket and by node:dgram,
 * one after the other in each round, at several rates. This process sends at random moments (exponential pauses, as many
 * independent callers would) and takes the answers.
 */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { udpSocketKind } from '../engine/net/udp.ts'
import { median } from './measure/median.ts'
import type { EchoReport } from './servers/udp-echo.ts'

const help = `npm run bench -- udp [options]

  --rates 1000,5000,20000   datagrams a second
  --rounds 3                rounds; the median counts
  --seconds 3               seconds of each measurement
  --bytes 500               size of a datagram
  --port 26100              UDP port used on 127.0.0.1
`
const kinds = ['dgram', 'batching'] as const
type Kind = (typeof kinds)[number]

interface Figures {
  readonly kind: Kind
  readonly rate: number
  /** Microseconds of processor time for a datagram in and one out. */
  readonly cost: number
  readonly datagramsInBatch: number
  /** From sending to the answer, microseconds. */
  readonly median: number
  readonly p99: number
  readonly lost: number
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '1000,5000,20000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '500' },
    port: { type: 'string', default: '26100' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const rates = values.rates.split(',').map(Number)
const [rounds, seconds, bytes, port] = [values.rounds, values.seconds, values.bytes, values.port].map(Number) as [
  number,
  number,
  number,
  number,
]

async function report(server: ChildProcess): Promise<EchoReport> {
  server.send('report')
  const [answer] = (await once(server, 'message')) as [EchoReport]
  return answer
}

/** Sends for so long at `rate`. Resolves with the round trips in microseconds and how many were sent. */
async function load(rate: number, duration: number): Promise<{ trips: number[]; sent: number }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setRecvBufferSize(4 * 1024 * 1024)
  const trips: number[] = []
  // The moment of sending stands at the beginning of each datagram.
  socket.on('message', (data) => trips.push(Number(process.hrtime.bigint() / 1000n) - data.readDoubleLE(0)))
  const end = performance.now() + duration * 1000
  let next = performance.now()
  let sent = 0
  await new Promise<void>((resolve) => {
    const turn = () => {
      const now = performance.now()
      while (next <= now) {
        const datagram = Buffer.alloc(bytes, 'x')
        datagram.writeDoubleLE(Number(process.hrtime.bigint() / 1000n), 0)
        socket.send(datagram, port, '127.0.0.1')
        sent++
        next += (-Math.log(1 - Math.random()) * 1000) / rate
      }
      if (now < end) setImmediate(turn)
      else resolve()
    }
    turn()
  })
  await pause(200)
  socket.close()
  return { trips, sent }
}

async function measure(kind: Kind): Promise<Figures[]> {
  const script = fileURLToPath(new URL('./servers/udp-echo.js', import.meta.url))
  const server = fork(script, [kind, String(port)], { execArgv: ['--max-semi-space-size=64'] })
  const figures: Figures[] = []
  try {
    await once(server, 'message')
    await load(rates.at(-1) ?? 1000, 1)
    for (const rate of rates) {
      await report(server)
      const { trips, sent } = await load(rate, seconds)
      const { processorTime, datagrams, batches } = await report(server)
      trips.sort((one, other) => one - other)
      figures.push({
        kind,
        rate,
        cost: processorTime / datagrams,
        datagramsInBatch: datagrams / batches,
        median: trips[Math.floor(trips.length / 2)] ?? 0,
        p99: trips[Math.floor(trips.length * 0.99)] ?? 0,
        lost: sent - trips.length,
      })
    }
  } finally {
    server.disconnect()
    await once(server, 'exit')
  }
  return figures
}

if (values.help) process.stdout.write(help)
else if (udpSocketKind('auto').kind === 'dgram') {
  process.stderr.write(`bench udp: there is nothing to compare: ${JSON.stringify(udpSocketKind('auto'))}\n`)
  process.exitCode = 1
} else {
  const all: Figures[] = []
  for (let round = 0; round < rounds; round++) for (const kind of kinds) all.push(...(await measure(kind)))
  for (const rate of rates) {
    for (const kind of kinds) {
      const group = all.filter((one) => one.rate === rate && one.kind === kind)
      const of = (name: 'cost' | 'datagramsInBatch' | 'median' | 'p99') => median(group.map((one) => one[name]))
      const lost = group.reduce((sum, one) => sum + one.lost, 0)
      process.stdout.write(
        `${String(rate).padStart(6)}/s ${kind.padEnd(9)}${of('cost').toFixed(1).padStart(6)} us in and out, ` +
          `${of('datagramsInBatch').toFixed(1)} a batch, answer after ${of('median').toFixed(0)} us ` +
          `(p99 ${of('p99').toFixed(0)}), lost ${lost}\n`,
      )
    }
  }
}
