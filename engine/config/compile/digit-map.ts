import type { DigitDirectory } from '../snapshot.ts'

/** Below a node stands a node, or what a whole string leads to; `undefined` where there is nothing. */
type Node = unknown[]

/** Children of a node: one for each two digits. */
const pairs = 100
/** Of the first node for strings of odd length, which stands for one digit. */
const single = 10

/**
 * A map by strings of digits that is never changed: an editor makes the next one, which shares what did not change. A tree
 * for each length, in which two digits choose the way, so that looking up neither cuts the string nor hashes it. Extensions
 * of a PBX lie close together and share their nodes; far apart, one takes up to 0.9 KB
 * (docs/decisions/0042-what-a-decision-reads.md).
 */
export class DigitMap<T> implements DigitDirectory<T> {
  readonly size: number
  /** By length. */
  readonly #roots: readonly (Node | undefined)[]

  private constructor(roots: readonly (Node | undefined)[], size: number) {
    this.#roots = roots
    this.size = size
  }

  static empty<T>(): DigitMap<T> {
    return new DigitMap<T>([], 0)
  }

  get(text: string): T | undefined {
    return this.find(text, 0, text.length)
  }

  find(text: string, start: number, end: number): T | undefined {
    let node = this.#roots[end - start]
    if (node === undefined) return undefined
    let at = start
    if (((end - start) & 1) !== 0) {
      const digit = (text.charCodeAt(at) - 0x30) >>> 0
      if (digit > 9) return undefined
      node = node[digit] as Node | undefined
      at++
    }
    while (at < end) {
      if (node === undefined) return undefined
      const tens = (text.charCodeAt(at) - 0x30) >>> 0
      const ones = (text.charCodeAt(at + 1) - 0x30) >>> 0
      if (tens > 9 || ones > 9) return undefined
      node = node[10 * tens + ones] as Node | undefined
      at += 2
    }
    // Below the last node stand values.
    return node as T | undefined
  }

  /** In ascending order of length and digits. */
  *values(): Generator<T, undefined> {
    for (const [length, root] of this.#roots.entries()) {
      if (root !== undefined) yield* valuesBelow<T>(root, (length + 1) >> 1)
    }
  }

  edit(): DigitMapEditor<T> {
    return new DigitMapEditor<T>(this, this.#roots, (roots, size) => new DigitMap(roots, size))
  }
}

/** Makes the next map from one. What it copied once it changes in place from then on, until it is finished. */
export class DigitMapEditor<T> {
  readonly #before: DigitMap<T>
  readonly #make: (roots: readonly (Node | undefined)[], size: number) => DigitMap<T>
  readonly #own = new Set<Node>()
  readonly #roots: (Node | undefined)[]
  #size: number
  #changed = false

  /** Got by `DigitMap.edit`. */
  constructor(
    before: DigitMap<T>,
    roots: readonly (Node | undefined)[],
    make: (roots: readonly (Node | undefined)[], size: number) => DigitMap<T>,
  ) {
    this.#before = before
    this.#make = make
    this.#roots = [...roots]
    this.#size = before.size
  }

  get(digits: string): T | undefined {
    let node: unknown = this.#roots[digits.length]
    for (let at = 0; node !== undefined && at < digits.length; at += at === 0 ? firstDigits(digits) : 2) {
      node = (node as Node)[slotAt(digits, at)]
    }
    return node as T | undefined
  }

  /** @param digits at least one, and nothing else */
  set(digits: string, value: T): void {
    const known = this.get(digits)
    if (known === value) return
    if (known === undefined) this.#size++
    this.#put(digits, value)
  }

  delete(digits: string): void {
    if (this.get(digits) === undefined) return
    this.#size--
    this.#put(digits, undefined)
  }

  #put(digits: string, value: T | undefined): void {
    this.#changed = true
    const { length } = digits
    const root = this.#owned(this.#roots[length], firstDigits(digits) === 1 ? single : pairs)
    this.#roots[length] = root
    let node = root
    let at = 0
    for (let next = firstDigits(digits); next < length; at = next, next += 2) {
      const slot = slotAt(digits, at)
      const below = this.#owned(node[slot] as Node | undefined, pairs)
      node[slot] = below
      node = below
    }
    node[slotAt(digits, at)] = value
    if (value === undefined) this.#prune(digits)
  }

  /** Lets go of nodes that lead to nothing any more. */
  #prune(digits: string): void {
    const path: Node[] = []
    let node = this.#roots[digits.length]
    for (let at = 0; node !== undefined && at < digits.length; at += at === 0 ? firstDigits(digits) : 2) {
      path.push(node)
      node = node[slotAt(digits, at)] as Node | undefined
    }
    while (path.at(-1)?.every((child) => child === undefined)) {
      path.pop()
      const above = path.at(-1)
      if (above === undefined) this.#roots[digits.length] = undefined
      else above[slotAt(digits, path.length === 1 ? 0 : firstDigits(digits) + 2 * (path.length - 2))] = undefined
    }
  }

  /** The map as it is now: the one it was made from where nothing was changed. The editor must not be used any more. */
  finish(): DigitMap<T> {
    this.#own.clear()
    return this.#changed ? this.#make(this.#roots, this.#size) : this.#before
  }

  /** A node that nobody else sees. */
  #owned(node: Node | undefined, slots: number): Node {
    if (node !== undefined && this.#own.has(node)) return node
    const copy = node === undefined ? Array.from({ length: slots }, () => undefined) : [...node]
    this.#own.add(copy)
    return copy
  }
}

/** How many digits the first node of a string stands for. */
function firstDigits(digits: string): 1 | 2 {
  return digits.length % 2 === 1 ? 1 : 2
}

/** The child that digits from this place on lead to. */
function slotAt(digits: string, at: number): number {
  return Number(digits.slice(at, at + (at === 0 ? firstDigits(digits) : 2)))
}

/** @param levels of nodes from this one on */
function* valuesBelow<T>(node: Node, levels: number): Generator<T, undefined> {
  for (const child of node) {
    if (child === undefined) continue
    if (levels === 1) yield child as T
    else yield* valuesBelow<T>(child as Node, levels - 1)
  }
}
