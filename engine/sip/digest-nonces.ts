import { hash } from 'node:crypto'
import { ownCopy } from './own-copy.ts'
import type { Random } from './transport.ts'

export interface DigestNonceOptions {
  /** At least 32 random bytes. Kept over restarts, so that a nonce of the last run is stale and not foreign. */
  readonly key: Uint8Array
  /** How long a nonce may be used, in milliseconds. */
  readonly lifetime: number
  /** How many used nonces are remembered at most. */
  readonly capacity: number
  /**
   * Nonces issued before this time (ms since the epoch) are stale. Hand in the start of the process: which counts were
   * used before it is not known any more, so an older nonce would be open to replay.
   */
  readonly notBefore: number
}

const timeLength = 9
const randomLength = 12
const stemLength = timeLength + randomLength
const macLength = 32
const nonceLength = stemLength + macLength
/** SHA-256's block (RFC 2104 §2). */
const blockLength = 64
const longestSource = 64

/**
 * Makes and checks the server's nonces (RFC 7616 §5.4): time, chance and a MAC over both and the source they were given
 * to. Nothing is stored when a nonce is issued, so that strangers cannot fill memory; only nonces that were used with
 * a right response are remembered, with their highest nonce count (RFC 7616 §3.4: replay).
 *
 * A nonce is bound to its source so that nobody can fail sign-ins in another's name from a forged address with a nonce
 * of his own. A phone whose address changes is told `stale` and tries again at once.
 */
export class DigestNonces {
  readonly #random: Random
  readonly #lifetime: number
  readonly #capacity: number
  #notBefore: number
  /**
   * Highest nonce count by what is different in each nonce, its time and chance; in the order of first use, which is nearly
   * the order of issue. The MAC is not kept: a nonce with another is not current. It would be half of what a phone's
   * sign-in takes.
   */
  readonly #used = new Map<string, number>()
  readonly #inner: Buffer
  readonly #outer: Buffer

  constructor(options: DigestNonceOptions, random: Random) {
    if (options.key.length < 32) throw new RangeError('The nonce key needs at least 32 bytes')
    this.#random = random
    this.#lifetime = options.lifetime
    this.#capacity = options.capacity
    this.#notBefore = options.notBefore
    // RFC 2104 with both padded keys laid out once: two calls of crypto.hash cost 0.8 microseconds, createHmac 2.5, and
    // every request of a stranger costs one.
    const key = options.key.length > blockLength ? hash('sha256', options.key, 'buffer') : options.key
    this.#inner = Buffer.alloc(blockLength + timeLength + randomLength + longestSource, 0x36)
    this.#outer = Buffer.alloc(blockLength + 32, 0x5c)
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
  }

  /** A new nonce for `source` (an address as text; only its first 64 characters count). `now` in ms. */
  issue(source: string, now: number): string {
    const stem = now.toString(36).padStart(timeLength, '0') + this.#random.token(randomLength)
    return stem + this.#mac(stem, source)
  }

  /** Did this server issue `nonce` to `source`, and may it still be used? */
  isCurrent(nonce: string, source: string, now: number): boolean {
    if (nonce.length !== nonceLength) return false
    const issued = issuedAt(nonce)
    // Written so that a time that is no number fails.
    if (!(issued >= this.#notBefore && issued <= now && now - issued < this.#lifetime)) return false
    const stem = nonce.slice(0, stemLength)
    return equalInConstantTime(nonce.slice(stemLength), this.#mac(stem, source))
  }

  /**
   * Uses a current nonce with a count, after the response was found right. False if this or a higher count was used
   * before: a replay, or two requests that overtook each other; either is answered with a fresh nonce.
   */
  use(nonce: string, count: number, now: number): boolean {
    const stem = nonce.slice(0, stemLength)
    const highest = this.#used.get(stem)
    if (highest !== undefined) {
      if (count <= highest) return false
      this.#used.set(stem, count)
      return true
    }
    for (const oldest of this.#used.keys()) {
      const issued = issuedAt(oldest)
      const expired = now - issued >= this.#lifetime
      if (!expired && this.#used.size < this.#capacity) break
      this.#used.delete(oldest)
      // What is forgotten early must not be accepted again: under more load than the table holds nonces live shorter.
      if (!expired && issued >= this.#notBefore) this.#notBefore = issued + 1
    }
    this.#used.set(ownCopy(stem), count)
    return true
  }

  /** How many used nonces are remembered. */
  get remembered(): number {
    return this.#used.size
  }

  #mac(stem: string, source: string): string {
    this.#inner.write(stem, blockLength, stemLength, 'latin1')
    const sourceLength = this.#inner.write(source, blockLength + stemLength, longestSource, 'latin1')
    const inner = hash('sha256', this.#inner.subarray(0, blockLength + stemLength + sourceLength), 'hex')
    this.#outer.write(inner, blockLength, 32, 'hex')
    return hash('sha256', this.#outer, 'hex').slice(0, macLength)
  }
}

function issuedAt(nonce: string): number {
  return Number.parseInt(nonce.slice(0, timeLength), 36)
}

/** Compares two texts in a time that depends on their lengths only. */
export function equalInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
