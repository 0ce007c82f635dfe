import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CallProbePlan } from './call-probe.ts'

export interface ProbePlan {
  readonly calls: CallProbePlan
  /** Where OPTIONS are asked too; `null`: nowhere. */
  readonly options: { readonly server: number; readonly own: number } | null
}

/** To the process (probe-program.ts). */
export type ProbeOrder = ({ readonly order: 'start' } & ProbePlan) | { readonly order: 'take' }

/** Milliseconds that were waited for answers, the shortest first. */
export interface ProbeTimes {
  readonly postDial: readonly number[]
  readonly options: readonly number[]
}

export type ProbeReport =
  /** `first`: it has real-time priority. */
  { readonly report: 'started'; readonly first: boolean } | ({ readonly report: 'times' } & ProbeTimes)

/**
 * The probes, in a process of their own. In that of a benchmark, beside its documents of 20 000 users, they were held up by its
 * collections of garbage, which at real-time priority held the server up as well: 10 to 20 ms, as often as once in five seconds.
 */
export class ProbeProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Says so where it has no real-time priority. */
  static async start(plan: ProbePlan): Promise<ProbeProcess> {
    const program = fileURLToPath(new URL('./probe-program.js', import.meta.url))
    const child = fork(program, {
      execArgv: ['--min-semi-space-size=16', '--max-semi-space-size=16', '--no-memory-reducer'],
    })
    child.send({ order: 'start', ...plan } satisfies ProbeOrder)
    const report = await reportOf(child)
    if (report.report === 'started' && !report.first)
      process.stdout.write('The probes have no priority here: their own waiting counts\n')
    return new ProbeProcess(child)
  }

  /** What was answered since this was asked last, and what was not within a second. */
  async take(): Promise<ProbeTimes> {
    this.#child.send({ order: 'take' } satisfies ProbeOrder)
    const report = await reportOf(this.#child)
    if (report.report !== 'times') throw new Error(`The probes answered with ${report.report}`)
    return report
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** @throws Error where the process has ended */
async function reportOf(child: ChildProcess): Promise<ProbeReport> {
  const heard = new AbortController()
  const { signal } = heard
  const ended = once(child, 'exit', { signal }).then(
    () => {
      throw new Error('The process of the probes ended')
    },
    (error: unknown) => {
      if (signal.aborted) return []
      throw error
    },
  )
  try {
    const [report] = (await Promise.race([once(child, 'message', { signal }), ended])) as [ProbeReport]
    return report
  } finally {
    heard.abort()
  }
}
