/** An engine that lived this long was well: the next death is a first one again. Milliseconds. */
const wellAfter = 60_000
const longestDelay = 10_000
const firstDelay = 100

/**
 * How long to wait before a dead engine is started again: not at all the first time, because calls are waiting, then
 * twice as long with each death in quick succession, up to ten seconds. It never gives up.
 */
export class RestartDelay {
  #deaths = 0

  /** @param lived how long the engine had been running, in milliseconds */
  next(lived: number): number {
    if (lived >= wellAfter) this.#deaths = 0
    const delay = this.#deaths === 0 ? 0 : Math.min(longestDelay, firstDelay * 2 ** (this.#deaths - 1))
    this.#deaths++
    return delay
  }
}
