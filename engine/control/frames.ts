/**
 * Frames of the control port: four bytes length (big-endian), then that many bytes of JSON in UTF-8.
 */

/** Both sides close a connection that announces more. */
export const largestFrame = 16 * 1024 * 1024

/** One frame. */
export function frame(value: unknown): Buffer {
  const text = JSON.stringify(value)
  const length = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafe(4 + length)
  bytes.writeUInt32BE(length, 0)
  bytes.write(text, 4)
  return bytes
}

/** Puts frames together from what a socket delivers. */
export class FrameReader {
  readonly #largest: number
  #chunks: Buffer[] = []
  #length = 0

  /** @param largest longest frame taken, in bytes */
  constructor(largest: number) {
    this.#largest = largest
  }

  /**
   * Takes the next bytes and returns the values that are whole now.
   * @throws Error where a frame is too long or no JSON; the connection must be closed
   */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    const values: unknown[] = []
    for (;;) {
      if (this.#length < 4) return values
      const start = this.#joined(4)
      const length = start.readUInt32BE(0)
      if (length > this.#largest) throw new Error(`A frame of ${length} bytes is too long`)
      if (this.#length < 4 + length) return values
      const whole = this.#joined(4 + length)
      values.push(JSON.parse(whole.toString('utf8', 4, 4 + length)))
      const rest = whole.subarray(4 + length)
      this.#chunks = rest.length === 0 ? [] : [rest]
      this.#length = rest.length
    }
  }

  /** The bytes in one piece, if at least `wanted` of them are not in the first piece already. */
  #joined(wanted: number): Buffer {
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= wanted) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }
}
