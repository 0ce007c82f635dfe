/** One load: SIPp as the trunk calls, SIPp as all the phones answers. */

import { fileURLToPath } from 'node:url'
import { Sipp } from '../../load/sipp/sipp.ts'
import type { SippCounts } from '../../load/sipp/statistics.ts'

export interface LoadPlan {
  /** Calls a second. */
  readonly rate: number
  readonly seconds: number
  /** Where the caller sends. */
  readonly targetPort: number
  readonly callerPort: number
  readonly calleePort: number
  /** Two of SIPp's own control ports. */
  readonly controlPorts: readonly [number, number]
  readonly callerCsvFile: string
  readonly directory: string
  readonly bufferBytes: number
}

export interface LoadResult {
  readonly caller: SippCounts
  readonly callee: SippCounts
  /** The first thing that either end did not expect, or ''. */
  readonly firstError: string
  /** Seconds from the first call to the caller's end. */
  readonly seconds: number
}

/** What happens while the load runs and after it. */
export interface LoadWatch {
  /** Once a second. */
  tick(): void
  /** When the caller has ended and the callee still answers; the callee is stopped when this is over. */
  afterCalls(): Promise<void>
}

const SCENARIOS = new URL('../../../bench/sipp/', import.meta.url)
// Calls that got no answer fail by SIPp's own retransmissions after about 32 s.
const PATIENCE_MILLISECONDS = 45_000
// More calls at once than this and SIPp holds back; it is no limit for a server that keeps up.
const CALLS_AT_ONCE_SECONDS = 20

/** Runs one load to its end. @throws Error when SIPp does not start. */
export async function runLoad(plan: LoadPlan, watch: LoadWatch): Promise<LoadResult> {
  const shared = { address: '127.0.0.1', directory: plan.directory, bufferBytes: plan.bufferBytes }
  const callee = await Sipp.start({
    ...shared,
    name: 'callee',
    scenarioFile: fileURLToPath(new URL('callee.xml', SCENARIOS)),
    port: plan.calleePort,
    controlPort: plan.controlPorts[0],
    options: ['-aa'],
  })
  let caller: Sipp | null = null
  const ticking = setInterval(() => watch.tick(), 1000)
  try {
    const begin = performance.now()
    caller = await Sipp.start({
      ...shared,
      name: 'caller',
      scenarioFile: fileURLToPath(new URL('caller.xml', SCENARIOS)),
      port: plan.callerPort,
      controlPort: plan.controlPorts[1],
      options: [
        ...['-inf', plan.callerCsvFile, '-r', String(plan.rate), '-m', String(plan.rate * plan.seconds)],
        ...['-l', String(plan.rate * CALLS_AT_ONCE_SECONDS), `127.0.0.1:${plan.targetPort}`],
      ],
    })
    await caller.finished(plan.seconds * 1000 + PATIENCE_MILLISECONDS)
    const seconds = (performance.now() - begin) / 1000
    await watch.afterCalls()
    await caller.stop()
    await callee.stop()
    return {
      caller: caller.counts(),
      callee: callee.counts(),
      firstError: caller.firstError() || callee.firstError(),
      seconds,
    }
  } finally {
    clearInterval(ticking)
    await caller?.stop()
    await callee.stop()
  }
}
