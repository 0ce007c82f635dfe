import type { Callee, Directory } from '../snapshot.ts'
import { DigitMap } from './digit-map.ts'
import type { DialCodes } from './places.ts'

/** The extensions of every PBX that has a dial code, by that code. */
export class ExtensionsByDialCode {
  extensions = DigitMap.empty<DigitMap<Callee>>()
  #codes: DialCodes | null = null

  /** @param changedPbxs ids of those whose extensions are another object, or gone */
  apply(codes: DialCodes, extensions: Directory<DigitMap<Callee>>, changedPbxs: ReadonlySet<string>): void {
    const same = codes === this.#codes
    if (same && changedPbxs.size === 0) return
    this.#codes = codes
    const editor = (same ? this.extensions : DigitMap.empty<DigitMap<Callee>>()).edit()
    for (const [code, pbx] of codes.pbxs) {
      if (same && !changedPbxs.has(pbx)) continue
      const ofPbx = extensions.get(pbx)
      if (ofPbx === undefined) editor.delete(code)
      else editor.set(code, ofPbx)
    }
    this.extensions = editor.finish()
  }
}
