/** What waits for its turn while there is more to do than can be done, and who comes next. */
import type { Flow } from '../sip/transport.ts'

/** A message that waits. */
export interface Waiting {
  readonly text: string
  readonly flow: Flow
  /** When it came, on the gate's stopwatch (ms). */
  readonly since: number
  /** An INVITE, REGISTER or other request: for the counts. */
  readonly kind: 'INVITE' | 'REGISTER' | 'other'
}

/** First in, first out, without moving what waits. */
class Line {
  #entries: Waiting[] = []
  #head = 0

  get length(): number {
    return this.#entries.length - this.#head
  }

  get first(): Waiting | undefined {
    return this.#entries[this.#head]
  }

  add(entry: Waiting): void {
    this.#entries.push(entry)
  }

  take(): Waiting | undefined {
    const entry = this.#entries[this.#head]
    if (entry === undefined) return undefined
    this.#head++
    if (this.#head >= 64 && this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    return entry
  }
}

/**
 * One line for each source address, served in turn: a source that sends a thousand a second waits behind its own
 * messages, not in front of everybody's.
 */
export class FairLines {
  readonly #most: number
  readonly #mostOfOne: number
  /** Whose turn it is stands first. */
  readonly #lines = new Map<string, Line>()
  #length = 0

  /** @param most that may wait in all; @param mostOfOne of one source */
  constructor(most: number, mostOfOne: number) {
    this.#most = most
    this.#mostOfOne = mostOfOne
  }

  get length(): number {
    return this.#length
  }

  /** Sources that have something waiting. */
  get sources(): number {
    return this.#lines.size
  }

  /** False where there is no room. */
  add(entry: Waiting): boolean {
    if (this.#length >= this.#most) return false
    const source = entry.flow.address
    let line = this.#lines.get(source)
    if (line === undefined) {
      line = new Line()
      this.#lines.set(source, line)
    } else if (line.length >= this.#mostOfOne) return false
    line.add(entry)
    this.#length++
    return true
  }

  /** Takes the next; the source goes to the end of the round. */
  take(): Waiting | undefined {
    for (const [source, line] of this.#lines) {
      const entry = line.take()
      this.#lines.delete(source)
      if (line.length > 0) this.#lines.set(source, line)
      if (entry === undefined) continue
      this.#length--
      return entry
    }
    return undefined
  }

  /** Takes what has waited since before this moment from whoever's turn it is; undefined where his first has not. */
  takeOlderThan(moment: number): Waiting | undefined {
    for (const [source, line] of this.#lines) {
      const { first } = line
      if (first === undefined || first.since >= moment) return undefined
      line.take()
      this.#length--
      if (line.length === 0) this.#lines.delete(source)
      return first
    }
    return undefined
  }
}

/** In the order in which they came, whoever sent them. */
export class OneLine {
  readonly #most: number
  readonly #line = new Line()

  constructor(most: number) {
    this.#most = most
  }

  get length(): number {
    return this.#line.length
  }

  add(entry: Waiting): boolean {
    if (this.#line.length >= this.#most) return false
    this.#line.add(entry)
    return true
  }

  take(): Waiting | undefined {
    return this.#line.take()
  }
}
