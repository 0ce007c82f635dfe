/** Milliseconds between a question and its answer, and when it was answered (milliseconds since the epoch). */
export interface Timing {
  readonly at: number
  readonly milliseconds: number
}

/** How long questions wait for their answers, by name. */
export class Times {
  readonly #began = new Map<string, number>()
  #timings: Timing[] = []

  begin(name: string): void {
    this.#began.set(name, performance.now())
  }

  /** The first answer counts. */
  end(name: string): void {
    const since = this.#began.get(name)
    if (since === undefined) return
    this.#began.delete(name)
    this.#timings.push({ at: Date.now(), milliseconds: performance.now() - since })
  }

  /** Since this was asked last; what was not answered within a second counts as one. */
  take(): Timing[] {
    const now = performance.now()
    for (const [name, since] of this.#began) {
      if (now - since < 1000) continue
      this.#began.delete(name)
      this.#timings.push({ at: Date.now() - (now - since), milliseconds: 1000 })
    }
    const taken = this.#timings
    this.#timings = []
    return taken
  }
}
