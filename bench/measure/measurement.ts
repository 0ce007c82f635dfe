/** One measurement: idle use, a load, the time its transactions take to go, and what that cost the server. */

import { setTimeout as pause } from 'node:timers/promises'
import { ProcessFamily } from '../../load/measure/process-family.ts'
import { receiveBufferDrops } from '../../load/measure/udp-ports.ts'
import type { SippCounts } from '../../load/sipp/statistics.ts'
import type { BenchServer, RunningServer } from '../servers/server.ts'
import type { LoadPlan } from '../sipp/load.ts'
import { runLoad } from '../sipp/load.ts'

export interface Measurement {
  readonly server: string
  /** Calls a second asked for. */
  readonly rate: number
  /** Calls a second that SIPp in fact began. */
  readonly reachedRate: number
  readonly caller: SippCounts
  /** Null where nobody is called. */
  readonly callee: SippCounts | null
  /** User and system time per completed call or registration, idle use subtracted. */
  readonly microsecondsPerCall: number
  /** Processor time while idle, in parts of one processor. */
  readonly idleShare: number
  /** The most memory seen, in bytes. */
  readonly memoryBytes: number
  /** Datagrams the kernel dropped on this machine for want of buffer room. */
  readonly kernelDrops: number
  /** Why no ratio may be made of it; none when all adds up. */
  readonly problems: readonly string[]
}

const IDLE_SECONDS = 5

/** Measures one load against a server that is warm and holds nothing. */
export async function measureLoad(server: BenchServer, running: RunningServer, plan: LoadPlan): Promise<Measurement> {
  const family = new ProcessFamily(running.processId)
  const idleBegin = family.sample()
  const idleBeginTime = performance.now()
  await pause(IDLE_SECONDS * 1000)
  const begin = family.sample()
  const beginTime = performance.now()
  const idleShare =
    (begin.processorNanoseconds - idleBegin.processorNanoseconds) / ((beginTime - idleBeginTime) * 1_000_000)

  const dropsBefore = receiveBufferDrops()
  let memoryBytes = begin.memoryBytes
  let end = begin
  let endTime = beginTime
  const look = (): void => {
    end = family.sample()
    endTime = performance.now()
    memoryBytes = Math.max(memoryBytes, end.memoryBytes)
  }
  const load = await runLoad(plan, {
    tick: look,
    afterCalls: async () => {
      await pause(server.lingerSeconds * 1000)
      look()
    },
  })
  const leftovers = await running.leftovers()

  const elapsedNanoseconds = (endTime - beginTime) * 1_000_000
  const spent = end.processorNanoseconds - begin.processorNanoseconds - idleShare * elapsedNanoseconds
  const problems = [
    ...countProblems(plan.rate * plan.seconds, load.caller, load.callee),
    ...processProblems(begin.processIds, end.processIds),
    ...leftovers,
  ]
  if (problems.length > 0 && load.firstError !== '') problems.push(`SIPp's first error: ${load.firstError}`)
  return {
    server: server.name,
    rate: plan.rate,
    reachedRate: load.caller.offered / load.seconds,
    caller: load.caller,
    callee: load.callee,
    microsecondsPerCall: spent / 1000 / load.caller.completed,
    idleShare,
    memoryBytes,
    kernelDrops: receiveBufferDrops() - dropsBefore,
    problems,
  }
}

/**
 * What does not add up in the counts of both ends. Nothing is tolerated: every call asked for must have been offered,
 * have arrived once, and have been completed at both ends.
 */
export function countProblems(planned: number, caller: SippCounts, callee: SippCounts | null): string[] {
  const problems: string[] = []
  if (caller.offered !== planned) problems.push(`${caller.offered} calls offered instead of ${planned}`)
  if (caller.offered !== caller.completed + caller.failed) {
    problems.push(`caller: ${caller.offered} offered, but ${caller.completed} completed and ${caller.failed} failed`)
  }
  if (caller.failed > 0) problems.push(`caller: ${caller.failed} calls failed`)
  if (callee === null) return problems
  if (callee.failed > 0) problems.push(`callee: ${callee.failed} calls failed`)
  if (callee.offered !== caller.offered) problems.push(`${callee.offered} of ${caller.offered} calls arrived`)
  if (callee.completed !== caller.completed) {
    problems.push(`caller completed ${caller.completed} calls, callee ${callee.completed}`)
  }
  return problems
}

function processProblems(before: readonly number[], after: readonly number[]): string[] {
  if (before.join() === after.join()) return []
  return [`the server's processes changed from ${before.join(' ')} to ${after.join(' ')}`]
}
