import { Worker } from 'node:worker_threads'

/** A stretch of time, in milliseconds since the epoch, and how many processors other programs used in it. */
export interface Moment {
  readonly from: number
  readonly to: number
  readonly used: number
}

/** Watches what programs that are no part of a benchmark use of the processors: figures are worth no more than that. */
export class OtherPrograms {
  #moments: Moment[] = []
  readonly #worker: Worker

  constructor() {
    // In a thread: to look through all processes takes longer than what is measured.
    this.#worker = new Worker(new URL('./other-programs-thread.js', import.meta.url))
    this.#worker.on('message', (moment: Moment) => this.#moments.push(moment))
  }

  /** Processors that they used since this was asked last, in the mean: 0.5 is half of one. */
  used(): number {
    const moments = this.#moments
    this.#moments = []
    const time = moments.reduce((sum, { from, to }) => sum + to - from, 0)
    return moments.reduce((sum, { from, to, used }) => sum + used * (to - from), 0) / time
  }

  stop(): void {
    void this.#worker.terminate()
  }
}
