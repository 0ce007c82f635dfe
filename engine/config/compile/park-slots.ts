import type { Body } from '../entities/kind.ts'
import type { ParkSlotBody } from '../entities/park-slot.ts'
import type { ParkSlot, Site } from '../snapshot.ts'
import type { ChangesOfKind } from './changes-by-kind.ts'
import { unchecked } from './unchecked.ts'

/** After which the parker is rung where nothing else is said (s). */
const usualRingBackSeconds = 90

/** Park slots as they are now. They are few, and made anew whenever one of them changes. */
export class ParkSlots {
  /** Those of each PBX by its id, in the order of their extensions. */
  byPbx: ReadonlyMap<string, readonly ParkSlot[]> = new Map()
  readonly #bodies = new Map<string, Body>()

  /** Takes over changes; `changedSites` are new objects, or gone. */
  apply(changes: ChangesOfKind, sites: ReadonlyMap<string, Site>, changedSites: ReadonlySet<string>): void {
    if (changes.size === 0 && (changedSites.size === 0 || this.#bodies.size === 0)) return
    for (const [id, body] of changes) {
      if (body === null) this.#bodies.delete(id)
      else this.#bodies.set(id, body)
    }
    const byPbx = new Map<string, ParkSlot[]>()
    for (const body of this.#bodies.values()) {
      const slot = compileParkSlot(body as ParkSlotBody, sites)
      const others = byPbx.get(slot.pbxId)
      if (others === undefined) byPbx.set(slot.pbxId, [slot])
      else others.push(slot)
    }
    for (const slots of byPbx.values()) slots.sort(byExtension)
    this.byPbx = byPbx
  }
}

function compileParkSlot(source: ParkSlotBody, sites: ReadonlyMap<string, Site>): ParkSlot {
  const site = sites.get(source.site) ?? unchecked(`park slot ${source.id} is at site ${source.site}, which is missing`)
  return {
    id: source.id,
    pbxId: site.pbx.id,
    name: source.name,
    extension: source.extension,
    ringBackSeconds: source.ringBackSeconds ?? usualRingBackSeconds,
    musicOnHold: source.musicOnHold ?? '',
  }
}

/** Shorter ones first, so that 71 comes before 700. */
function byExtension(one: ParkSlot, other: ParkSlot): number {
  return one.extension.length - other.extension.length || (one.extension < other.extension ? -1 : 1)
}
