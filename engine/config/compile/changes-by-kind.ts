import type { EntityChange } from '../entities/kind.ts'
import type { BucketMapEditor } from './bucket-map.ts'
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
  'profilePolicy',
] as const
export type CompiledKind = (typeof compiledKinds)[number]

export type ChangesByKind = Readonly<Record<CompiledKind, ChangesOfKind>>

/** How many entities are handled between two pauses: well under a millisecond for each kind. */
export const entitiesBetweenPauses = 50

/** What entities of a kind are from now on, `null` where they are deleted. Of several changes to one the last counts. */
export class ChangesOfKind {
  readonly #list: ChangedEntity[] = []
  // Not a Map: one of a hundred thousand entries holds everything up for milliseconds whenever it grows.
  readonly #last: BucketMapEditor<ChangedEntity>

  /** @param expected how many there will be */
  constructor(expected: number) {
    this.#last = BucketMap.empty<ChangedEntity>().edit(expected)
  }

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
  const expected = new Map<CompiledKind, number>()
  let count = 0
  for (const { kind } of changes) {
    if (isCompiled(kind)) expected.set(kind, (expected.get(kind) ?? 0) + 1)
    if (++count % (20 * entitiesBetweenPauses) === 0) yield
  }
  const byKind = Object.fromEntries(
    compiledKinds.map((kind) => [kind, new ChangesOfKind(expected.get(kind) ?? 0)]),
  ) as Record<CompiledKind, ChangesOfKind>
  count = 0
  for (const change of changes) {
    if (isCompiled(change.kind)) byKind[change.kind].add(change)
    if (++count % (2 * entitiesBetweenPauses) === 0) yield
  }
  return byKind
}

const isCompiledKind: ReadonlySet<string> = new Set(compiledKinds)

function isCompiled(kind: string): kind is CompiledKind {
  return isCompiledKind.has(kind)
}
