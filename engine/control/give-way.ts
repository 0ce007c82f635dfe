/** Which thread of the engine and the admin process has the processor first: those that calls and people wait for. */
import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Where all processors are busy it gets a third of what the others get: enough to come to an end. */
const lower = 5
const lowest = 19
/** What calls wait for goes before other programs' work too, where the system allows it; what people wait for comes next. */
const first = -10
const second = -5

/**
 * For the thread that serves calls, and once the others of its process are there: threads begin with the priority of
 * whoever starts them. Root may do it, and whom the system lets (systemd: `LimitNICE`); otherwise nothing changes.
 */
export function goFirst(): void {
  setNiceness(first)
}

/** Whether this thread went second, and so may do it again. */
let wentSecond = false
let longWorks = 0

/** For the thread that answers the API, once the others of its process are there: as `goFirst`, but after calls. */
export function goSecond(): void {
  wentSecond = setNiceness(second)
}

/** Runs what takes long, in slices, on a thread that went second: meanwhile it steps aside. */
export async function steppingAside<Result>(work: () => Promise<Result>): Promise<Result> {
  // Who may not go before others could not come back.
  if (!wentSecond) return work()
  if (longWorks++ === 0) setNiceness(lower)
  try {
    return await work()
  } finally {
    if (--longWorks === 0) setNiceness(second)
  }
}

/** For long work that somebody waits for. Only for a thread of its own: there is no way back. */
export function stepAside(): void {
  setNiceness(lower)
}

/**
 * For long work that may take its time: the thread runs only when no other wants the processor. On Linux it becomes an
 * idle thread (SCHED_IDLE), which whoever wakes up takes the processor from at once; a thread of low priority would hold
 * it to the end of its time slice, milliseconds. There is no way back either.
 */
export function giveWay(): void {
  setNiceness(lowest)
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? ''
    execFileSync('chrt', ['--idle', '--pid', '0', thread], { stdio: 'ignore', timeout: 5000 })
  } catch {
    // No such command (util-linux), or not allowed here: the lowest priority has to do.
  }
}

/** False where it is not allowed: the work is done all the same. */
function setNiceness(niceness: number): boolean {
  // Elsewhere it would be that of the whole process.
  if (process.platform !== 'linux') return false
  try {
    setPriority(niceness)
    return true
  } catch {
    return false
  }
}
