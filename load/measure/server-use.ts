/** What a server on this machine uses while it is loaded. */

import { setTimeout as pause } from 'node:timers/promises'
import type { ServerFigures } from '../report/load-report.ts'
import type { FamilySample } from './process-family.ts'
import { ProcessFamily } from './process-family.ts'

/** How long it is watched at rest, in milliseconds. */
const restMilliseconds = 2000

/** Watches a process and all that it started. */
export class ServerUse {
  readonly #family: ProcessFamily
  /** Parts of one processor that it uses at rest. */
  readonly #restShare: number
  readonly #begin: FamilySample
  readonly #beginTime = performance.now()
  #last: FamilySample
  #lastTime = this.#beginTime
  #memoryBytesMost: number

  private constructor(family: ProcessFamily, restShare: number) {
    this.#family = family
    this.#restShare = restShare
    this.#begin = family.sample()
    this.#last = this.#begin
    this.#memoryBytesMost = this.#begin.memoryBytes
  }

  /** Watches it at rest for a while; what it does under load counts from then on. */
  static async begin(processId: number): Promise<ServerUse> {
    const family = new ProcessFamily(processId)
    const before = family.sample()
    const beforeTime = performance.now()
    await pause(restMilliseconds)
    const spent = family.sample().processorNanoseconds - before.processorNanoseconds
    return new ServerUse(family, spent / ((performance.now() - beforeTime) * 1_000_000))
  }

  /** Reads it again; gives the parts of one processor used since the last time. */
  look(): number {
    const before = this.#last
    const beforeTime = this.#lastTime
    this.#last = this.#family.sample()
    this.#lastTime = performance.now()
    this.#memoryBytesMost = Math.max(this.#memoryBytesMost, this.#last.memoryBytes)
    const spent = this.#last.processorNanoseconds - before.processorNanoseconds
    return spent / ((this.#lastTime - beforeTime) * 1_000_000)
  }

  /** Figures from the begin to the last look. */
  figures(calls: number): ServerFigures {
    const spent = this.#last.processorNanoseconds - this.#begin.processorNanoseconds
    const elapsed = (this.#lastTime - this.#beginTime) * 1_000_000
    const forCalls = Math.max(0, spent - this.#restShare * elapsed)
    return {
      processIds: this.#last.processIds,
      processorMicrosecondsPerCall: calls === 0 ? null : forCalls / 1000 / calls,
      processorShare: spent / elapsed,
      processorShareAtRest: this.#restShare,
      memoryBytesBefore: this.#begin.memoryBytes,
      memoryBytesMost: this.#memoryBytesMost,
    }
  }
}
