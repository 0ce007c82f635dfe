/** One load: SIPp calls, SIPp as all the phones answers; or SIPp registers phones. */

import { fileURLToPath } from 'node:url'
import { Sipp } from '../../load/sipp/sipp.ts'
import type { SippCounts } from '../../load/sipp/statistics.ts'
import { COMMON_EXTENSION } from '../population.ts'

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
  /** What the caller does, in `bench/sipp`, and the options of SIPp that it needs. */
  readonly callerScenario: CallerScenario
  readonly directory: string
  readonly bufferBytes: number
}

/** `caller`: a trunk. `phone-caller`: phones that sign in. `registering`: phones that register, and nobody is called. */
export type CallerScenario = 'caller' | 'phone-caller' | 'registering'

export interface LoadResult {
  readonly caller: SippCounts
  /** Null where nobody is called. */
  readonly callee: SippCounts | null
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
  const callee =
    plan.callerScenario === 'registering'
      ? null
      : await Sipp.start({
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
      scenarioFile: fileURLToPath(new URL(`${plan.callerScenario}.xml`, SCENARIOS)),
      // Phones register from the port where they are called.
      port: callee === null ? plan.calleePort : plan.callerPort,
      controlPort: plan.controlPorts[1],
      options: [
        ...['-inf', plan.callerCsvFile, '-r', String(plan.rate), '-m', String(plan.rate * plan.seconds)],
        ...(plan.callerScenario === 'phone-caller'
          ? ['-auth_uri', `${COMMON_EXTENSION}@127.0.0.1:${plan.targetPort}`]
          : []),
        ...['-l', String(plan.rate * CALLS_AT_ONCE_SECONDS), `127.0.0.1:${plan.targetPort}`],
      ],
    })
    await caller.finished(plan.seconds * 1000 + PATIENCE_MILLISECONDS)
    const seconds = (performance.now() - begin) / 1000
    await watch.afterCalls()
    await caller.stop()
    await callee?.stop()
    return {
      caller: caller.counts(),
      callee: callee?.counts() ?? null,
      firstError: caller.firstError() || (callee?.firstError() ?? ''),
      seconds,
    }
  } finally {
    clearInterval(ticking)
    await caller?.stop()
    await callee?.stop()
  }
}
