/** From a key to everything that has it. Most keys have one holder, and 100 000 sets of one would be dear: those go bare. */
export class ManyIndex<Item extends object> {
  readonly #items = new Map<string, Item | Set<Item>>()

  add(key: string, item: Item): void {
    const found = this.#items.get(key)
    if (found === undefined) this.#items.set(key, item)
    else if (found instanceof Set) found.add(item)
    else if (found !== item) this.#items.set(key, new Set([found, item]))
  }

  remove(key: string, item: Item): void {
    const found = this.#items.get(key)
    if (found === item) {
      this.#items.delete(key)
    } else if (found instanceof Set) {
      found.delete(item)
      if (found.size === 0) this.#items.delete(key)
    }
  }

  /** Do not change the index while going through what this gives. */
  get(key: string): Iterable<Item> {
    const found = this.#items.get(key)
    if (found === undefined) return []
    return found instanceof Set ? found : [found]
  }

  has(key: string): boolean {
    return this.#items.has(key)
  }

  keys(): IterableIterator<string> {
    return this.#items.keys()
  }
}
