import type { Logger } from 'pino'
import type { EngineListener, EngineProcess } from './engine-process.ts'
import { RestartDelay } from './restart-delay.ts'

/**
 * How long an engine serves before a standby is started beside it, in milliseconds: loading takes a processor that the
 * engine, just taking over, needs for what has been waiting.
 */
const settlingTime = 2000

/** How long a fresh one may take to load its modules when somebody waits for it, in milliseconds. */
const loadingTime = 30_000

export interface StandbyOptions {
  /** Starts a process that waits for the order to serve. */
  readonly start: (listener: EngineListener) => EngineProcess
  readonly log: Pick<Logger, 'warn'>
  /** Where the configuration is, which it gets to know. */
  readonly dataFolder: string
  /** Milliseconds; `settlingTime` where it is not given. */
  readonly settlingTime?: number
  /** Milliseconds; `loadingTime` where it is not given. */
  readonly loadingTime?: number
}

/**
 * The one further engine that has loaded its modules, keeps the configuration compiled and waits until the one that serves dies. Whatever becomes of it
 * concerns nobody who calls: it is replaced, with growing pauses if it keeps ending.
 */
export class Standby {
  readonly #options: StandbyOptions
  readonly #settlingTime: number
  readonly #loadingTime: number
  readonly #delay = new RestartDelay()
  #process: EngineProcess | null = null
  #startedAt = 0
  #timer: NodeJS.Timeout | null = null
  /** Told when a fresh one waits (`null`), or why it does not. */
  #loaded: (fault: string | null) => void = () => undefined

  constructor(options: StandbyOptions) {
    this.#options = options
    this.#settlingTime = options.settlingTime ?? settlingTime
    this.#loadingTime = options.loadingTime ?? loadingTime
  }

  /** An engine serves now: a standby is started when it has settled, unless there is one. */
  prepare(): void {
    if (this.#process === null && this.#timer === null) this.#startIn(this.#settlingTime)
  }

  /** The standby, which is the caller's from now on; `null` where none waits. No other is started before `prepare`. */
  take(listener: EngineListener): EngineProcess | null {
    this.#forgetTimer()
    const standby = this.#process
    this.#process = null
    this.#loaded('it was needed before it had loaded its modules')
    standby?.handOver(listener)
    return standby
  }

  /**
   * Starts a fresh one in place of the one that waits. Settles when it has loaded its modules.
   * Rejects, with a reason for people, where it ends before or takes too long.
   */
  renew(): Promise<void> {
    this.end()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#loaded('it has not loaded its modules in time'), this.#loadingTime)
      this.#loaded = (fault) => {
        clearTimeout(timer)
        this.#loaded = () => undefined
        if (fault === null) resolve()
        else reject(new Error(fault))
      }
      this.#start()
    })
  }

  /** Ends it for good. It holds nothing that it would have to put down, so it is not asked. */
  end(): void {
    this.take({ reported: () => undefined, ended: () => undefined })?.kill()
  }

  #startIn(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#start(), milliseconds)
  }

  #start(): void {
    this.#timer = null
    this.#startedAt = performance.now()
    this.#process = this.#options.start({
      reported: ({ report }) => {
        if (report !== 'waiting') return
        this.#process?.order({ order: 'prepare', dataFolder: this.#options.dataFolder })
        this.#loaded(null)
      },
      ended: (how) => this.#ended(how),
    })
  }

  #ended(how: string): void {
    this.#process = null
    this.#loaded(how)
    const lived = Math.round(performance.now() - this.#startedAt)
    const delay = Math.max(this.#settlingTime, this.#delay.next(lived))
    this.#options.log.warn({ how, lived, delay }, 'The standby engine ended and is replaced; calls are not concerned')
    this.#startIn(delay)
  }

  #forgetTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
