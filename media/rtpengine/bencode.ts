/** Bencode, in which rtpengine is spoken to: strings by their length, numbers, lists, and dictionaries in order of their keys. */

export type Bencoded = string | number | readonly Bencoded[] | { readonly [key: string]: Bencoded }

/** Text is latin1, one character a byte. */
export function bencode(value: Bencoded): string {
  if (typeof value === 'string') return `${value.length}:${value}`
  if (typeof value === 'number') return `i${value}e`
  if (Array.isArray(value)) return `l${value.map(bencode).join('')}e`
  const entries = Object.entries(value as { readonly [key: string]: Bencoded }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `d${entries.map(([key, entry]) => bencode(key) + bencode(entry)).join('')}e`
}

/** Deeper structures than any answer has are refused. */
const deepest = 16

/** @returns `undefined` where it is none */
export function bdecode(text: string): Bencoded | undefined {
  const reader = new Reader(text)
  const value = reader.value(0)
  return reader.isAtEnd ? value : undefined
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  value(depth: number): Bencoded | undefined {
    if (depth > deepest) return undefined
    switch (this.#text[this.#at]) {
      case 'i':
        return this.#number()
      case 'l':
        return this.#list(depth)
      case 'd':
        return this.#dictionary(depth)
      default:
        return this.#string()
    }
  }

  #number(): number | undefined {
    const end = this.#text.indexOf('e', this.#at)
    const digits = this.#text.slice(this.#at + 1, end)
    if (end < 0 || !/^-?\d{1,15}$/.test(digits)) return undefined
    this.#at = end + 1
    return Number(digits)
  }

  #string(): string | undefined {
    const colon = this.#text.indexOf(':', this.#at)
    const digits = this.#text.slice(this.#at, colon)
    if (colon < 0 || !/^\d{1,7}$/.test(digits)) return undefined
    const end = colon + 1 + Number(digits)
    if (end > this.#text.length) return undefined
    this.#at = end
    return this.#text.slice(colon + 1, end)
  }

  #list(depth: number): Bencoded[] | undefined {
    const list: Bencoded[] = []
    this.#at++
    while (this.#text[this.#at] !== 'e') {
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      list.push(value)
    }
    this.#at++
    return list
  }

  #dictionary(depth: number): { [key: string]: Bencoded } | undefined {
    const entries: [string, Bencoded][] = []
    this.#at++
    while (this.#text[this.#at] !== 'e') {
      const key = this.#string()
      const value = key === undefined ? undefined : this.value(depth + 1)
      if (key === undefined || value === undefined) return undefined
      entries.push([key, value])
    }
    this.#at++
    return Object.fromEntries(entries)
  }
}
