/** Indices behind the highest that are told apart (RFC 3711 §3.3.2: 64 at least). */
const windowPackets = 64

/** Which packets have been seen: one that comes twice is refused. */
export class ReplayWindow {
  #highest = -1
  /** The index last taken at each place, by remainder. */
  readonly #taken = new Float64Array(windowPackets).fill(-1)

  /** Whether a packet of this index may be taken: not seen, and not too old to tell. */
  allows(index: number): boolean {
    return index > this.#highest - windowPackets && this.#taken[index % windowPackets] !== index
  }

  /** To be told once a packet has proved authentic. */
  take(index: number): void {
    this.#taken[index % windowPackets] = index
    if (index > this.#highest) this.#highest = index
  }
}
