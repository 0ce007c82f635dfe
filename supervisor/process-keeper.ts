import type { Logger } from 'pino'
import type { KeptReport } from '../engine/control/kept-start.ts'
import type { KeptListener, KeptProcess } from './kept-process.ts'
import { RestartDelay } from './restart-delay.ts'

/** How long it may take to finish what it is doing when it is told to stop, in milliseconds. */
const stopTime = 1000

export interface ProcessKeeperOptions {
  /** What it is called in the log: `Admin process`. */
  readonly name: string
  readonly start: (listener: KeptListener) => KeptProcess
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Milliseconds; `stopTime` where it is not given. */
  readonly stopTime?: number
}

/**
 * Runs a process beside the engine (the admin process, a media process) and starts it again whenever it ends, with growing pauses. Neither the
 * engine nor calls take notice of what becomes of it.
 */
export class ProcessKeeper {
  readonly #options: ProcessKeeperOptions
  readonly #delay = new RestartDelay()
  #process: KeptProcess | null = null
  #startedAt = 0
  #timer: NodeJS.Timeout | null = null
  #failure = ''
  #toldFailure = ''
  #ending: Promise<void> | null = null
  #hasEnded: () => void = () => undefined
  #begun = false
  #renewing = false

  constructor(options: ProcessKeeperOptions) {
    this.#options = options
  }

  /** Starts it; calls after the first change nothing. */
  begin(): void {
    if (this.#begun || this.#ending !== null) return
    this.#begun = true
    this.#start()
  }

  /** Ends it, so that it is started anew at once, from the program as it is on the disk now. */
  renew(): void {
    const running = this.#process
    if (running === null || this.#ending !== null || this.#renewing) return
    this.#renewing = true
    running.stop()
    this.#timer = setTimeout(() => running.kill(), this.#options.stopTime ?? stopTime)
  }

  /** Ends it for good. Settles when it is gone: after a second at the latest. */
  end(): Promise<void> {
    this.#ending ??= new Promise((resolve) => {
      this.#hasEnded = resolve
      if (this.#timer !== null) clearTimeout(this.#timer)
      const running = this.#process
      if (running === null) {
        resolve()
        return
      }
      running.stop()
      this.#timer = setTimeout(() => running.kill(), this.#options.stopTime ?? stopTime)
    })
    return this.#ending
  }

  #start(): void {
    this.#timer = null
    this.#startedAt = performance.now()
    this.#failure = ''
    this.#process = this.#options.start({
      reported: (report) => this.#reported(report),
      ended: (how) => this.#ended(how),
    })
  }

  #reported(report: KeptReport): void {
    if (report.report === 'failed') {
      this.#failure = report.message
      return
    }
    this.#toldFailure = ''
    const milliseconds = Math.round(performance.now() - this.#startedAt)
    const { log, name } = this.#options
    log.info({ pid: this.#process?.pid, milliseconds }, `${name} serves`)
  }

  #ended(how: string): void {
    this.#process = null
    if (this.#ending !== null) {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#hasEnded()
      return
    }
    if (this.#renewing) {
      this.#renewing = false
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#start()
      return
    }
    const lived = Math.round(performance.now() - this.#startedAt)
    const delay = this.#delay.next(lived)
    this.#tell(how, lived, delay)
    this.#timer = setTimeout(() => this.#start(), delay)
  }

  #tell(how: string, lived: number, delay: number): void {
    const { log, name } = this.#options
    if (this.#failure === '') {
      log.error({ how, lived, delay }, `${name} ended unexpectedly and is started again; calls are not concerned`)
      return
    }
    // The same reason every ten seconds would hide everything else.
    if (this.#failure === this.#toldFailure) return
    this.#toldFailure = this.#failure
    log.error({ cause: this.#failure }, `${name} cannot serve and is tried again and again; calls are not concerned`)
  }
}
