/** Looks twice a second what programs outside of this process's family use of the processors (Linux; elsewhere nothing). */
import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { familyOf } from '../../load/measure/process-family.ts'
import type { Moment } from './other-programs.ts'

const lookEvery = 500
/** Linux counts processor time in these, for programs to see. */
const ticksPerSecond = 100

/** Ticks of each process of the family when it was last looked at. */
let known = new Map<number, number>()
let all = 0
let last = 0

/** user and system time stand after the name, which may hold anything. */
function ticksOf(processId: number): number {
  const [, , , , , , , , , , , user = 0, system = 0] = fields(`/proc/${processId}/stat`, ') ')
  return user + system
}

/** Ticks in which any processor was busy: user nice system, irq softirq steal. */
function busyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields('/proc/stat', 'cpu  ')
  return user + nice + system + irq + softirq + steal
}

function fields(path: string, after: string): number[] {
  try {
    const text = readFileSync(path, 'latin1')
    return text
      .slice(text.lastIndexOf(after, 400) + after.length)
      .split('\n', 1)
      .flatMap((line) => line.split(' ').map(Number))
  } catch {
    return []
  }
}

function look(): void {
  const now = Date.now()
  const busy = busyTicks()
  const found = new Map<number, number>()
  let own = 0
  for (const processId of familyOf(process.pid)) {
    const ticks = ticksOf(processId)
    found.set(processId, ticks)
    own += ticks - (known.get(processId) ?? 0)
  }
  if (last > 0) {
    const used = (busy - all - own) / ticksPerSecond / ((now - last) / 1000)
    parentPort?.postMessage({ from: last, to: now, used } satisfies Moment)
  }
  known = found
  all = busy
  last = now
}

look()
setInterval(look, lookEvery)
