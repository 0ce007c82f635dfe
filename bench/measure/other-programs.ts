import { Worker } from 'node:worker_threads'

/** A stretch of time, in milliseconds since the epoch, and how many processors other programs used in it. */
export interface Moment {
  readonly from: number
  readonly to: number
  readonly used: number
}

/** More than this, and what is measured tells of the other programs. */
const disturbing = 0.25

/** Watches what programs that are no part of a benchmark use of the processors, so that disturbed moments can be left out. */
export class OtherPrograms {
  readonly #moments: Moment[] = []
  readonly #worker: Worker

  constructor() {
    // In a thread: to look through all processes takes longer than what is measured.
    this.#worker = new Worker(new URL('./other-programs-thread.js', import.meta.url))
    this.#worker.on('message', (moment: Moment) => this.#moments.push(moment))
  }

  /** Whether nothing else was going on in a stretch of time (milliseconds since the epoch), as far as it is known. */
  wereQuiet(from: number, to: number): boolean {
    for (let index = this.#moments.length - 1; index >= 0; index--) {
      const moment = this.#moments[index]
      if (moment === undefined || moment.to < from) break
      if (moment.from <= to && moment.used > disturbing) return false
    }
    return true
  }

  stop(): void {
    void this.#worker.terminate()
  }
}
