import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WhatIfAnswer, WhatIfReport, WhatIfTask } from './whatif-task.ts'
import { isLong } from './whatif-task.ts'

/** Questions that may wait while another is answered: each holds its document and list in memory. */
const mostWaiting = 2
/** Longest run, in milliseconds. */
const longestRun = 120_000
/** Memory of one run, in megabytes: enough for 100 000 users. */
const mostMemory = 2048
/**
 * A process collects its garbage itself: V8's helpers would do it at the priority of the process, while it gives way to calls.
 * With the 4 MB that the admin process has for new objects a million calls take nearly twice as long.
 */
const v8Options = [`--max-old-space-size=${mostMemory}`, '--max-semi-space-size=32', '--single-threaded-gc']
const program = fileURLToPath(new URL('./whatif-process.js', import.meta.url))

/** Too many ask, or a question takes too much; the message is for people. */
export class WhatIfBusyError extends Error {}

/**
 * Answers one question after the other: a short one in a thread, one that takes seconds in a process of its own, both with
 * limits of time and memory.
 */
export class WhatIfRuns {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()
  /** Ends what is under way. */
  #end: () => unknown = () => undefined
  #closed = false

  /** @throws WhatIfBusyError; Error where the configuration cannot be read */
  async answer(task: WhatIfTask): Promise<WhatIfAnswer> {
    if (this.#waiting > mostWaiting) {
      throw new WhatIfBusyError('Other proposed changes are being tried already: ask again in a moment')
    }
    this.#waiting++
    const turn = this.#last.then(() => this.#answer(task)).finally(() => this.#waiting--)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#end()
  }

  #answer(task: WhatIfTask): Promise<WhatIfAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new WhatIfBusyError('The server is stopping'))
        return
      }
      const ended = isLong(task) ? this.#inProcess(task, resolve, reject) : this.#inThread(task, resolve, reject)
      const late = setTimeout(() => {
        reject(new WhatIfBusyError(`This takes more than ${longestRun / 1000} s: ask about fewer calls`))
        this.#end()
      }, longestRun)
      late.unref()
      ended.once('exit', () => {
        clearTimeout(late)
        reject(new WhatIfBusyError('This was cut short: ask again'))
      })
    })
  }

  #inThread(task: WhatIfTask, resolve: (answer: WhatIfAnswer) => void, reject: (error: Error) => void): Worker {
    const worker = new Worker(new URL('./whatif-thread.js', import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: mostMemory },
    })
    this.#end = () => worker.terminate()
    worker.once('message', resolve)
    worker.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory() : error)
    })
    return worker
  }

  #inProcess(task: WhatIfTask, resolve: (answer: WhatIfAnswer) => void, reject: (error: Error) => void): ChildProcess {
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const
    const child = fork(program, [], { execArgv: v8Options, serialization: 'advanced', stdio: [...stdio] })
    this.#end = () => child.kill('SIGKILL')
    child.once('message', (report: WhatIfReport) => {
      if (report.kind === 'answer') resolve(report.answer)
      else reject(new Error(report.message))
      child.disconnect()
    })
    child.once('error', reject)
    // What V8 does where there is no memory left.
    child.once('exit', (_status, signal) => (signal === 'SIGABRT' ? reject(tooMuchMemory()) : undefined))
    child.send(task)
    return child
  }
}

function tooMuchMemory(): WhatIfBusyError {
  return new WhatIfBusyError(`This takes more than ${mostMemory} MB: ask about fewer calls`)
}
