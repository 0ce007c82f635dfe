import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { EngineOrder, EngineReport } from '../engine/control/engine-start.ts'
import { isEngineReport } from '../engine/control/engine-start.ts'

/** Who hears of an engine's process. */
export interface EngineListener {
  reported(report: EngineReport): void
  /** Once, and the last that is heard; `how` is for people. */
  ended(how: string): void
}

/** A process that can serve calls, and does when it is ordered to. */
export interface EngineProcess {
  /** `undefined` where it could not be made. */
  readonly pid: number | undefined
  /** From now on somebody else hears of it. */
  handOver(listener: EngineListener): void
  /** Sends an order; one that is dying misses it. */
  order(order: EngineOrder): void
  kill(): void
}

/**
 * Room for new objects, in MB. Everything stands still while they are collected, and the longer the more room there is: 9
 * to 15 ms with 32 MB at 500 calls a second, 2 to 4 with 8. What lives longer than a collection is moved twice whatever
 * the size, so whole calls through the core cost the same with 4, 8, 16 and 32 MB (medians 77, 78, 75 and 80 µs).
 *
 * New objects are collected by one thread: several have so little to do each that sharing it out costs more than it
 * saves. Measured with 64 MB, six runs each in turn: 84 instead of 87 µs a call, pauses no longer; with sockets at 3200
 * calls/s, two runs each, 9 and 19 µs a call in V8's other threads where several gave 32 to 33.
 *
 * The heap is not made smaller when little happens: of 5 s with 3200 calls a second, three collections in each of the
 * engine's heaps half a minute later took 30 µs a call and stopped everything for up to 70 ms, often with the next call.
 * The price is garbage that stays: 340 MB resident instead of 206 after that load.
 */
const collection = ['--max-semi-space-size=8', '--no-parallel-scavenge', '--no-memory-reducer']
/**
 * V8's helpers, which mark old objects and compile beside the thread that serves calls: they leave a processor to it, where there
 * are two. Otherwise it waits for one of them to have had its time slice, up to 4 ms, whatever their priorities.
 */
const helpers = `--v8-pool-size=${Math.max(1, Math.min(4, availableParallelism() - 1))}`
const program = fileURLToPath(new URL('../engine/main.js', import.meta.url))

/**
 * Starts an engine's process, which loads its modules and waits for the order to serve. Never throws: a process that
 * cannot be made (no memory, no process ids left) ends a moment later.
 *
 * @param descriptors the sockets' descriptors here; there they are 3 and following
 */
export function startEngineProcess(
  descriptors: readonly number[],
  environment: NodeJS.ProcessEnv,
  listener: EngineListener,
): EngineProcess {
  const engine = new ChildEngine(listener)
  engine.start(descriptors, environment)
  return engine
}

class ChildEngine implements EngineProcess {
  #listener: EngineListener
  #child: ChildProcess | null = null
  #gone = false

  constructor(listener: EngineListener) {
    this.#listener = listener
  }

  start(descriptors: readonly number[], environment: NodeJS.ProcessEnv): void {
    let child: ChildProcess
    try {
      child = spawn(process.execPath, [...collection, helpers, program], {
        stdio: ['ignore', 'inherit', 'inherit', ...descriptors, 'ipc'],
        env: environment,
      })
    } catch (error) {
      setImmediate(() => this.#ended(error instanceof Error ? error.message : String(error)))
      return
    }
    this.#child = child
    child.on('message', (message) => {
      if (isEngineReport(message)) this.#listener.reported(message)
    })
    // 'error' comes instead of 'exit' where the process could not be made.
    child.on('error', (error) => {
      if (child.pid === undefined) this.#ended(error.message)
    })
    child.on('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`))
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  handOver(listener: EngineListener): void {
    this.#listener = listener
  }

  order(order: EngineOrder): void {
    // One that is just dying misses an order: the next engine reads what is stored anyway, and the supervisor remembers
    // that it stops.
    if (this.#child?.connected === true) this.#child.send(order, () => undefined)
  }

  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  #ended(how: string): void {
    if (this.#gone) return
    this.#gone = true
    this.#listener.ended(how)
  }
}
