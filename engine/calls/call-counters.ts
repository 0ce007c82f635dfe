import { DelayHistogram } from './delay-histogram.ts'

/** Statuses end at 699. */
const statusCount = 700

/** What is counted of calls: plain numbers, read by whoever wants to know (docs/monitoring.md). */
export class CallCounters {
  readonly #finals: number[] = new Array<number>(statusCount).fill(0)
  /** From the INVITE to the first 18x that went to the caller. */
  readonly toRinging = new DelayHistogram()
  /** From the INVITE to its 200. */
  readonly toAnswer = new DelayHistogram()
  signInsFailed = 0

  /** An attempt of somebody who may call got its final answer. */
  final(status: number): void {
    if (status >= 200 && status < statusCount) this.#finals[status]!++
  }

  /** Attempts by final status; those that came. */
  finals(): Record<string, number> {
    const found: Record<string, number> = {}
    for (let status = 200; status < statusCount; status++) {
      if (this.#finals[status]! > 0) found[status] = this.#finals[status]!
    }
    return found
  }
}
