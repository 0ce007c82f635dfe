import type { Random } from '../../engine/sip/transport.ts'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Chance that is the same for the same seed (Chris Doty-Humphrey's sfc32), so that every run can be repeated. */
export class Chance implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `stream` tells apart the users of one seed: what one draws does not change what another draws. */
  constructor(seed: number, stream: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 4294967296) | 0
    this.#c = stream | 0
    for (let i = 0; i < 15; i++) this.#next()
  }

  token(length: number): string {
    let text = ''
    while (text.length < length) text += alphabet[this.#next() % 36]
    return text
  }

  fraction(): number {
    return this.#next() / 4294967296
  }

  /** True once in 1 / `probability` times. */
  happens(probability: number): boolean {
    return this.fraction() < probability
  }

  /** Evenly between the two. */
  between(least: number, most: number): number {
    return least + this.fraction() * (most - least)
  }

  /** Whole numbers from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    let sum = 0
    for (const name in weights) sum += weights[name]
    let rest = this.fraction() * sum
    let first: Name | null = null
    for (const name in weights) {
      first ??= name
      rest -= weights[name]
      if (rest < 0) return name
    }
    return first!
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }
}
