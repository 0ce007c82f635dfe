import type { Callee } from '../snapshot.ts'
import { BucketMap } from './bucket-map.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { DigitMap } from './digit-map.ts'
import { unchecked } from './unchecked.ts'

/** Whose extensions changed, or who is a new object. */
export interface ExtensionChanges {
  /** Those who had one, as they were. */
  readonly givenUp: readonly Callee[]
  /** Whoever is a new object is here, whether he had the extension before or not. */
  readonly taken: readonly Callee[]
}

/** Notes whose extensions change with the new object for a callee; `null` where he is gone. */
export class ExtensionNotes implements ExtensionChanges {
  readonly givenUp: Callee[] = []
  readonly taken: Callee[] = []

  put(old: Callee | undefined, next: Callee | null): void {
    if (old !== undefined && old.extension !== '') {
      if (old.extension !== next?.extension || old.pbx.id !== next.pbx.id) this.givenUp.push(old)
    }
    if (next !== null && next.extension !== '') this.taken.push(next)
  }
}

/** Who has which extension: in each PBX, and in the whole account where only one has it. */
export class ExtensionIndex {
  /** By PBX id. */
  byPbx = BucketMap.empty<DigitMap<Callee>>()
  /** The lengths that extensions have, as bits. */
  lengths = 0
  /** Keys of holders by extension. */
  unique = BucketMap.empty<string>()
  /** How many have an extension, for those that several have. */
  readonly #shared = new Map<string, number>()
  /** How many extensions have so many digits. */
  readonly #ofLength: number[] = [];

  /**
   * Takes over changes; extensions that change hands are in both lists.
   *
   * @returns ids of the PBXs in which something changed
   */
  *apply(changes: readonly ExtensionChanges[]): Generator<void, ReadonlySet<string>> {
    const pbxs = this.byPbx.edit()
    const unique = this.unique.edit()
    const shared = this.#shared
    const editors = new Map<string, ReturnType<DigitMap<Callee>['edit']>>()
    const holdersIn = (pbx: string) => {
      const known = editors.get(pbx)
      if (known !== undefined) return known
      const editor = (pbxs.get(pbx) ?? DigitMap.empty<Callee>()).edit()
      editors.set(pbx, editor)
      return editor
    }
    const countOf = (extension: string) => shared.get(extension) ?? (unique.get(extension) === undefined ? 0 : 1)
    const leftByOne = new Set<string>()
    let count = 0
    for (const { givenUp } of changes) {
      for (const { pbx, extension } of givenUp) {
        holdersIn(pbx.id).delete(extension)
        this.#count(extension.length, -1)
        const left = countOf(extension) - 1
        unique.delete(extension)
        if (left === 0) shared.delete(extension)
        else shared.set(extension, left)
        if (left === 1) leftByOne.add(extension)
        if (++count % entitiesBetweenPauses === 0) yield
      }
    }
    for (const { taken } of changes) {
      for (const callee of taken) {
        if (++count % entitiesBetweenPauses === 0) yield
        const { pbx, extension } = callee
        const holders = holdersIn(pbx.id)
        const before = holders.get(extension)
        if (before !== undefined && !isSameCallee(before, callee)) {
          unchecked(`two in PBX ${pbx.id} have extension ${extension}`)
        }
        holders.set(extension, callee)
        if (before !== undefined) continue
        this.#count(extension.length, 1)
        const had = countOf(extension)
        if (had === 0) unique.set(extension, keyOf(callee))
        else {
          if (had === 1) unique.delete(extension)
          shared.set(extension, had + 1)
        }
      }
    }
    for (const [pbx, editor] of editors) {
      const holders = editor.finish()
      if (holders.size === 0) pbxs.delete(pbx)
      else pbxs.set(pbx, holders)
    }
    this.byPbx = pbxs.finish()
    for (const extension of leftByOne) {
      if (shared.get(extension) !== 1) continue
      shared.delete(extension)
      unique.set(extension, this.#onlyHolder(extension))
      yield
    }
    this.unique = unique.finish()
    return new Set(editors.keys())
  }

  #count(length: number, more: 1 | -1): void {
    const count = (this.#ofLength[length] ?? 0) + more
    this.#ofLength[length] = count
    if (count > 0) this.lengths |= 1 << length
    else this.lengths &= ~(1 << length)
  }

  #onlyHolder(extension: string): string {
    for (const holders of this.byPbx.values()) {
      const holder = holders.get(extension)
      if (holder !== undefined) return keyOf(holder)
    }
    return unchecked(`nobody has extension ${extension}`)
  }
}

function keyOf(callee: Callee): string {
  return callee.kind === 'user' ? callee.id : callee.key
}

function isSameCallee(one: Callee, other: Callee): boolean {
  return one.kind === other.kind && one.id === other.id
}
