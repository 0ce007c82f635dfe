import { BucketMap } from './bucket-map.ts'
import { entitiesBetweenPauses } from './changes-by-kind.ts'
import { unchecked } from './unchecked.ts'

/** Somebody's extension, and where. */
export interface HeldExtension {
  readonly pbx: string
  readonly extension: string
  /** Key of whoever has it (`Callee`). */
  readonly holder: string
}

/** Who has which extension: in each PBX, and in the whole account where only one has it. */
export class ExtensionIndex {
  /** Holders by PBX id and extension. */
  byPbx = BucketMap.empty<BucketMap<string>>()
  /** Holders by extension. */
  unique = BucketMap.empty<string>()
  /** How many have an extension, for those that several have. */
  readonly #shared = new Map<string, number>();

  /** Takes over changes; extensions that change hands are in both lists. */
  *apply(givenUp: readonly HeldExtension[], taken: readonly HeldExtension[]): Generator<void, void> {
    if (givenUp.length + taken.length === 0) return
    const pbxs = this.byPbx.edit()
    const unique = this.unique.edit()
    const shared = this.#shared
    const editors = new Map<string, ReturnType<BucketMap<string>['edit']>>()
    const holdersIn = (pbx: string) => {
      const known = editors.get(pbx)
      if (known !== undefined) return known
      const editor = (pbxs.get(pbx) ?? BucketMap.empty<string>()).edit()
      editors.set(pbx, editor)
      return editor
    }
    const countOf = (extension: string) => shared.get(extension) ?? (unique.get(extension) === undefined ? 0 : 1)
    const leftByOne = new Set<string>()
    let count = 0
    for (const { pbx, extension } of givenUp) {
      holdersIn(pbx).delete(extension)
      const left = countOf(extension) - 1
      unique.delete(extension)
      if (left === 0) shared.delete(extension)
      else shared.set(extension, left)
      if (left === 1) leftByOne.add(extension)
      if (++count % entitiesBetweenPauses === 0) yield
    }
    for (const { pbx, extension, holder } of taken) {
      const holders = holdersIn(pbx)
      if (holders.get(extension) !== undefined) unchecked(`two in PBX ${pbx} have extension ${extension}`)
      holders.set(extension, holder)
      const had = countOf(extension)
      if (had === 0) unique.set(extension, holder)
      else {
        unique.delete(extension)
        shared.set(extension, had + 1)
      }
      if (++count % entitiesBetweenPauses === 0) yield
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
  }

  #onlyHolder(extension: string): string {
    for (const holders of this.byPbx.values()) {
      const holder = holders.get(extension)
      if (holder !== undefined) return holder
    }
    return unchecked(`nobody has extension ${extension}`)
  }
}
