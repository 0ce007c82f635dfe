/** How long answers took, from the file SIPp's option `-trace_rtt` writes: one line for each call. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface Delay {
  /** Milliseconds from SIPp's start to the answer. */
  readonly at: number
  /** Milliseconds. SIPp's clock goes in steps of some milliseconds. */
  readonly milliseconds: number
}

/** Reads the file while it grows. */
export class DelayReader {
  readonly #path: string
  #position = 0
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  /** The delays that came since the last time; none where the file is not there yet. */
  more(): Delay[] {
    const lines = (this.#rest + this.#newText()).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => {
      const [at, milliseconds] = line.split(';').map(Number)
      // The first line has the columns' names.
      if (at === undefined || milliseconds === undefined || Number.isNaN(at) || Number.isNaN(milliseconds)) return []
      return { at, milliseconds }
    })
  }

  #newText(): string {
    let file: number
    try {
      file = openSync(this.#path, 'r')
    } catch {
      return ''
    }
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#position))
      const read = readSync(file, bytes, 0, bytes.length, this.#position)
      this.#position += read
      return bytes.toString('latin1', 0, read)
    } finally {
      closeSync(file)
    }
  }
}
