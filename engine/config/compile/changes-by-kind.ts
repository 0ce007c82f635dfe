import type { EntityChange } from '../entities/kind.ts'
import { BucketMap } from './bucket-map.ts'

/** What the compiler wants to know of a change: what was before it knows. */
export type ChangedEntity = Pick<EntityChange, 'kind' | 'id' | 'after'>

/** The kinds that calls depend on so far. */
const compiledKinds = [
  'account',
  'pbx',
  'trunk',
  'schedule',
  'site',
  'user',
  'ringGroup',
  'parkSlot',
  'device',
  'phoneNumber',
  'callingPlan',
  'contact',
] as const
export type CompiledKind = (typeof compiledKinds)[number]

export type ChangesByKind = Readonly<Record<CompiledKind, ChangesOfKind>>

/** How many entities are handled between two pauses: well under a millisecond for each kind. */
export const entitiesBetweenPauses = 50

/** What entities of a kind are from now on, `null` where they are deleted. Of several changes to one the last counts. */
export class ChangesOfKind {
  readonly #list: ChangedEntity[] = []
  // Not a Map: one of a hundred thousand entries holds everything up for milliseconds whenever it grows.
  readonly #last = BucketMap.empty<ChangedEntity>().edit()

  add(change: ChangedEntity): void {
    this.#list.push(change)
    this.#last.set(change.id, change)
  }

  get size(): number {
    return this.#last.size
  }

  has(id: string): boolean {
    return this.#last.get(id) !== undefined
  }

  *ids(): Generator<string, void> {
    for (const change of this.#changes()) yield change.id
  }

  *[Symbol.iterator](): Generator<[id: string, body: EntityChange['after']], void> {
    for (const change of this.#changes()) yield [change.id, change.after]
  }

  #changes(): Iterable<ChangedEntity> {
    const list = this.#list
    return list.length === this.#last.size ? list : list.filter((change) => this.#last.get(change.id) === change)
  }
}

/** Sorts changes; kinds that calls do not know are passed over. */
export function* changesByKind(changes: readonly ChangedEntity[]): Generator<void, ChangesByKind> {
  const byKind: ChangesByKind = {
    account: new ChangesOfKind(),
    pbx: new ChangesOfKind(),
    trunk: new ChangesOfKind(),
    schedule: new ChangesOfKind(),
    site: new ChangesOfKind(),
    user: new ChangesOfKind(),
    ringGroup: new ChangesOfKind(),
    device: new ChangesOfKind(),
    phoneNumber: new ChangesOfKind(),
    callingPlan: new ChangesOfKind(),
    contact: new ChangesOfKind(),
    parkSlot: new ChangesOfKind(),
  }
  let count = 0
  for (const change of changes) {
    if (isCompiled(change.kind)) byKind[change.kind].add(change)
    if (++count % (2 * entitiesBetweenPauses) === 0) yield
  }
  return byKind
}

function isCompiled(kind: string): kind is CompiledKind {
  return (compiledKinds as readonly string[]).includes(kind)
}
