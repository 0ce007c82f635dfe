import { randomFillSync } from 'node:crypto'
import type { Random } from '../sip/transport.ts'

/** 32 characters, so that five bits of a random byte choose one, each equally likely. */
const alphabet = Buffer.from('0123456789abcdefghijklmnopqrstuv', 'latin1')

/**
 * Tokens from the system's cryptographic random source, fetched 4096 bytes at a time. Each is cut out of the pool's bytes
 * in one piece: tokens are keys of maps, where a string pieced together is slow.
 */
export class SystemRandom implements Random {
  readonly #pool = Buffer.allocUnsafeSlow(4096)
  #used = this.#pool.length

  token(length: number): string {
    if (this.#used + length > this.#pool.length) this.#fill()
    const start = this.#used
    this.#used = start + length
    return this.#pool.toString('latin1', start, start + length)
  }

  fraction(): number {
    return Math.random()
  }

  #fill(): void {
    randomFillSync(this.#pool)
    // Counted by hand: an iterator would make two objects for each of the bytes.
    for (let index = 0; index < this.#pool.length; index++) this.#pool[index] = alphabet[this.#pool[index]! & 31]!
    this.#used = 0
  }
}
