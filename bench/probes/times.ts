/** How long questions wait for their answers, in milliseconds, by name. */
export class Times {
  readonly #began = new Map<string, number>()
  #times: number[] = []

  begin(name: string): void {
    this.#began.set(name, performance.now())
  }

  /** The first answer counts. */
  end(name: string): void {
    const since = this.#began.get(name)
    if (since === undefined) return
    this.#began.delete(name)
    this.#times.push(performance.now() - since)
  }

  /** Since this was asked last, the lowest first; what was not answered within a second counts as one. */
  take(): number[] {
    const now = performance.now()
    for (const [name, since] of this.#began) {
      if (now - since < 1000) continue
      this.#began.delete(name)
      this.#times.push(1000)
    }
    const taken = this.#times.sort((one, other) => one - other)
    this.#times = []
    return taken
  }
}
