/** Starts and ends SIPp (Debian's sip-tester), and reads what it counted. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LoadError } from '../load-error.ts'
import { udpPortInUse } from '../measure/udp-ports.ts'
import type { SippCounts } from './statistics.ts'
import { readCounts } from './statistics.ts'

export interface SippPlan {
  /** Name for its files. */
  readonly name: string
  readonly scenarioFile: string
  /** For statistics and errors. */
  readonly directory: string
  /** IPv4 address of this machine. */
  readonly address: string
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
  /** When this process itself is ended, nothing it started may stay. */
  readonly #endWithUs = (): void => {
    this.#process.kill('SIGKILL')
  }

  private constructor(plan: SippPlan, child: ChildProcess) {
    this.#plan = plan
    this.#process = child
    this.#ended = once(child, 'exit').catch(() => undefined)
    process.once('exit', this.#endWithUs)
  }

  /** Starts it and returns when its port is open. @throws LoadError when it is missing or ends at once. */
  static async start(plan: SippPlan): Promise<Sipp> {
    const missing = missingSipp()
    if (missing !== null) throw new LoadError(missing)
    const output = openSync(outputFile(plan), 'w')
    const child = spawn(
      'sipp',
      [
        ...['-sf', plan.scenarioFile, '-i', plan.address, '-p', String(plan.port), '-cp', String(plan.controlPort)],
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
        throw new LoadError(`SIPp (${plan.name}) ended at once: ${sipp.firstError() || sipp.#printed()}`)
      if (udpPortInUse(plan.port)) return sipp
      await pause(20)
    }
    await sipp.stop()
    throw new LoadError(`SIPp (${plan.name}) did not open UDP port ${plan.port}: ${sipp.#printed()}`)
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Waits for its own end, at most so many milliseconds or until `stopped`; whether it has ended. */
  async finished(milliseconds: number, stopped?: AbortSignal): Promise<boolean> {
    const limit = new AbortController()
    const signal = stopped === undefined ? limit.signal : AbortSignal.any([limit.signal, stopped])
    const gaveUp = pause(milliseconds, undefined, { signal }).catch(() => undefined)
    await Promise.race([this.#ended, gaveUp])
    limit.abort()
    return !this.running
  }

  /** Ends it: in good order (SIGUSR1), by force after three seconds. */
  async stop(): Promise<void> {
    if (this.running) this.#process.kill('SIGUSR1')
    if (!(await this.finished(3000))) this.#process.kill('SIGKILL')
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
    return readCounts(this.statistics())
  }

  /** The text of its statistics; '' before there are any. */
  statistics(): string {
    const file = statisticsFile(this.#plan)
    return existsSync(file) ? readFileSync(file, 'latin1') : ''
  }

  /** Where it says what went wrong; may be missing. */
  get errorFile(): string {
    return errorFile(this.#plan)
  }

  /** Where its option `-trace_rtt` writes how long answers took; may be missing. */
  get delayFile(): string {
    const scenario = basename(this.#plan.scenarioFile, '.xml')
    return join(this.#plan.directory, `${scenario}_${this.#process.pid}_rtt.csv`)
  }

  #printed(): string {
    return readFileSync(outputFile(this.#plan), 'utf8').trim().slice(-ERROR_CHARACTERS)
  }
}

/** Why SIPp cannot be started, with the cure; `null` where it can. */
export function missingSipp(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  if (folders.some((folder) => folder !== '' && existsSync(join(folder, 'sipp')))) return null
  return 'SIPp is not installed: "apt-get install sip-tester" (Debian, Ubuntu), or https://sipp.readthedocs.io'
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
