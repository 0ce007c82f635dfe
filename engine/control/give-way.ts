/** How threads of the engine and the admin process leave the processor to those that calls and people wait for. */
import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Where all processors are busy it gets a third of what the others get: enough to come to an end. */
const lower = 5
const lowest = 19

/** For long work that somebody waits for. Only for a thread of its own: there is no way back. */
export function stepAside(): void {
  lowerPriority(lower)
}

/**
 * For long work that may take its time: the thread runs only when no other wants the processor. On Linux it becomes an
 * idle thread (SCHED_IDLE), which whoever wakes up takes the processor from at once; a thread of low priority would hold
 * it to the end of its time slice, milliseconds. There is no way back either.
 */
export function giveWay(): void {
  lowerPriority(lowest)
  try {
    const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? ''
    execFileSync('chrt', ['--idle', '--pid', '0', thread], { stdio: 'ignore', timeout: 5000 })
  } catch {
    // No such command (util-linux), or not allowed here: the lowest priority has to do.
  }
}

function lowerPriority(niceness: number): void {
  // Elsewhere it would be that of the whole process.
  if (process.platform !== 'linux') return
  try {
    setPriority(niceness)
  } catch {
    // Not allowed here: the work is done all the same.
  }
}
