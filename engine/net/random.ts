import { randomFillSync } from 'node:crypto'
import type { Random } from '../sip/transport.ts'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
/** All 1296 pairs of characters: a token is put together from two random bytes a step. */
const pairs: readonly string[] = Array.from(alphabet).flatMap((first) => Array.from(alphabet, (last) => first + last))
/** Largest multiple of 1296 in 16 bits: values above it are thrown away, so that every pair is equally likely. */
const fairLimit = Math.floor(0x10000 / pairs.length) * pairs.length

/** Tokens from the system's cryptographic random source, fetched 4096 bytes at a time. */
export class SystemRandom implements Random {
  readonly #pool = new Uint16Array(2048)
  #used = this.#pool.length

  token(length: number): string {
    let token = ''
    while (token.length < length) token += this.#pair()
    return token.length === length ? token : token.slice(0, length)
  }

  fraction(): number {
    return Math.random()
  }

  #pair(): string {
    for (;;) {
      if (this.#used === this.#pool.length) {
        randomFillSync(this.#pool)
        this.#used = 0
      }
      const value = this.#pool[this.#used++]!
      if (value < fairLimit) return pairs[value % pairs.length]!
    }
  }
}
