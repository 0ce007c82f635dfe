import { Worker } from 'node:worker_threads'
import type { WhatIfAnswer, WhatIfTask } from './whatif-task.ts'

/** Questions that may wait while another is answered: each holds its document and list in memory. */
const mostWaiting = 2
/** Longest run, in milliseconds. */
const longestRun = 120_000
/** Memory of one run, in megabytes: enough for 100 000 users. */
const mostMemory = 2048
/** Of it for new objects: with the admin process's own 12 a million calls take nearly twice as long. */
const memoryForNew = 96

/** Too many ask, or a question takes too much; the message is for people. */
export class WhatIfBusyError extends Error {}

/** Answers one question after the other, each in a thread of its own with limits of time and memory. */
export class WhatIfRuns {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()
  #worker: Worker | null = null
  #closed = false

  /** @throws WhatIfBusyError; Error where the configuration cannot be read */
  async answer(task: WhatIfTask): Promise<WhatIfAnswer> {
    if (this.#waiting > mostWaiting) {
      throw new WhatIfBusyError('Other proposed changes are being tried already: ask again in a moment')
    }
    this.#waiting++
    const turn = this.#last.then(() => this.#inThread(task)).finally(() => this.#waiting--)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #inThread(task: WhatIfTask): Promise<WhatIfAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new WhatIfBusyError('The server is stopping'))
        return
      }
      const worker = new Worker(new URL('./whatif-thread.js', import.meta.url), {
        workerData: task,
        resourceLimits: { maxOldGenerationSizeMb: mostMemory, maxYoungGenerationSizeMb: memoryForNew },
      })
      this.#worker = worker
      worker.unref()
      const late = setTimeout(() => {
        reject(new WhatIfBusyError(`This takes more than ${longestRun / 1000} s: ask about fewer calls`))
        void worker.terminate()
      }, longestRun)
      late.unref()
      worker.once('message', resolve)
      worker.once('error', (error: NodeJS.ErrnoException) => {
        const isTooMuch = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        reject(isTooMuch ? new WhatIfBusyError(`This takes more than ${mostMemory} MB: ask about fewer calls`) : error)
      })
      worker.once('exit', () => {
        clearTimeout(late)
        reject(new WhatIfBusyError('This was cut short: ask again'))
      })
    })
  }
}
