import { createCipheriv } from 'node:crypto'

const blockBytes = 16
/** Longest packet, in blocks. */
const mostBlocks = 132

const counters = Buffer.alloc(mostBlocks * blockBytes)

/**
 * AES in counter mode (RFC 3711 §4.1.1) by way of one cipher that is kept: the counters of a packet are encrypted block
 * by block, and the result is laid over it. A cipher of its own for each packet costs four times as much.
 */
export class CounterCipher {
  readonly #cipher: ReturnType<typeof createCipheriv>
  readonly #salt: Buffer

  constructor(key: Buffer, salt: Buffer) {
    this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
    this.#salt = salt
  }

  /**
   * Encrypts or decrypts in place.
   * @param index the packet's: of SRTP 48 bits, of SRTCP 31
   */
  apply(memory: Uint8Array, place: number, bytes: number, ssrc: number, index: number): void {
    if (bytes <= 0) return
    const blocks = Math.ceil(bytes / blockBytes)
    if (blocks > mostBlocks) throw new RangeError('Longer than a packet')
    this.#firstCounter(ssrc, index)
    for (let block = 1; block < blocks; block++) {
      const at = block * blockBytes
      counters.copyWithin(at, 0, blockBytes - 2)
      counters[at + 14] = block >> 8
      counters[at + 15] = block
    }
    const stream = this.#cipher.update(counters.subarray(0, blocks * blockBytes))
    for (let at = 0; at < bytes; at++) memory[place + at] = memory[place + at]! ^ stream[at]!
  }

  /** RFC 3711 §4.1.1: salt, SSRC and index laid over each other, each at its place, and two bytes that count. */
  #firstCounter(ssrc: number, index: number): void {
    this.#salt.copy(counters, 0)
    counters[14] = 0
    counters[15] = 0
    const high = Math.floor(index / 0x1_0000_0000)
    const low = index >>> 0
    counters[4] = counters[4]! ^ (ssrc >>> 24)
    counters[5] = counters[5]! ^ ((ssrc >>> 16) & 0xff)
    counters[6] = counters[6]! ^ ((ssrc >>> 8) & 0xff)
    counters[7] = counters[7]! ^ (ssrc & 0xff)
    counters[8] = counters[8]! ^ ((high >>> 8) & 0xff)
    counters[9] = counters[9]! ^ (high & 0xff)
    counters[10] = counters[10]! ^ (low >>> 24)
    counters[11] = counters[11]! ^ ((low >>> 16) & 0xff)
    counters[12] = counters[12]! ^ ((low >>> 8) & 0xff)
    counters[13] = counters[13]! ^ (low & 0xff)
  }
}
