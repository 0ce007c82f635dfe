/** Starts and ends SIPp (Debian's sip-tester), and reads what it counted. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { udpPortInUse } from '../measure/udp-ports.ts'
import type { SippCounts } from './statistics.ts'
import { readCounts } from './statistics.ts'

export interface SippPlan {
  /** Name for its files. */
  readonly name: string
  readonly scenarioFile: string
  /** For statistics and errors. */
  readonly directory: string
  readonly port: number
  readonly controlPort: number
  /** Bytes of both kernel buffers. */
  readonly bufferBytes: number
  /** What is particular to this end. */
  readonly options: readonly string[]
}

// Enough for one SIP message and what SIPp says of it.
const ERROR_CHARACTERS = 1200

/** One running SIPp. */
export class Sipp {
  readonly #plan: SippPlan
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  /** When the benchmark itself is ended, nothing it started may stay. */
  readonly #endWithUs = (): void => {
    this.#process.kill('SIGKILL')
  }

  private constructor(plan: SippPlan, child: ChildProcess) {
    this.#plan = plan
    this.#process = child
    this.#ended = once(child, 'exit').catch(() => undefined)
    process.once('exit', this.#endWithUs)
  }

  /** Starts it and returns when its port is open. @throws Error when it ends at once. */
  static async start(plan: SippPlan): Promise<Sipp> {
    const output = openSync(outputFile(plan), 'w')
    const child = spawn(
      'sipp',
      [
        ...['-sf', plan.scenarioFile, '-i', '127.0.0.1', '-p', String(plan.port), '-cp', String(plan.controlPort)],
        ...['-t', 'u1', '-nostdin', '-trace_stat', '-fd', '1', '-stf', statisticsFile(plan), '-trace_err'],
        ...['-error_file', errorFile(plan), '-buff_size', String(plan.bufferBytes)],
        ...['-timer_resol', '1', ...plan.options],
      ],
      { cwd: plan.directory, stdio: ['ignore', 'ignore', output], env: { ...process.env, TERM: 'dumb' } },
    )
    closeSync(output)
    const sipp = new Sipp(plan, child)
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (child.exitCode !== null)
        throw new Error(`sipp ${plan.name} ended at once: ${readFileSync(outputFile(plan), 'utf8').trim()}`)
      if (udpPortInUse(plan.port)) return sipp
      await pause(20)
    }
    await sipp.stop()
    throw new Error(`sipp ${plan.name} did not open port ${plan.port}`)
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Waits for its own end; false after so many milliseconds. */
  async finished(milliseconds: number): Promise<boolean> {
    const limit = new AbortController()
    const gaveUp = pause(milliseconds, undefined, { signal: limit.signal }).catch(() => undefined)
    await Promise.race([this.#ended, gaveUp])
    limit.abort()
    return !this.running
  }

  /** Ends it: in good order (SIGUSR1), by force after two seconds. */
  async stop(): Promise<void> {
    if (this.running) this.#process.kill('SIGUSR1')
    if (!(await this.finished(2000))) this.#process.kill('SIGKILL')
    await this.finished(2000)
    process.removeListener('exit', this.#endWithUs)
  }

  /** The first thing it did not expect, with the message, or ''. */
  firstError(): string {
    const file = errorFile(this.#plan)
    return existsSync(file) ? readFileSync(file, 'latin1').slice(0, ERROR_CHARACTERS) : ''
  }

  /** Its counts of now, at most a second old while it runs. */
  counts(): SippCounts {
    return readCounts(readFileSync(statisticsFile(this.#plan), 'latin1'))
  }
}

function statisticsFile(plan: SippPlan): string {
  return join(plan.directory, `${plan.name}.csv`)
}

function outputFile(plan: SippPlan): string {
  return join(plan.directory, `${plan.name}.output`)
}

function errorFile(plan: SippPlan): string {
  return join(plan.directory, `${plan.name}.errors`)
}
