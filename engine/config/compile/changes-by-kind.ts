import type { EntityChange } from '../entities/kind.ts'

/** What the compiler wants to know of a change: what was before it knows. */
export type ChangedEntity = Pick<EntityChange, 'kind' | 'id' | 'after'>

/** The kinds that calls depend on so far. */
const compiledKinds = ['account', 'pbx', 'trunk', 'site', 'user', 'device', 'phoneNumber'] as const
export type CompiledKind = (typeof compiledKinds)[number]

/** By id: what an entity is from now on, `null` where it is deleted. */
export type ChangesOfKind = ReadonlyMap<string, EntityChange['after']>
export type ChangesByKind = Readonly<Record<CompiledKind, ChangesOfKind>>

/** How many entities are handled between two pauses: well under a millisecond for each kind. */
export const entitiesBetweenPauses = 50

/** Sorts changes. Of several changes to one entity the last counts; kinds that calls do not know are passed over. */
export function* changesByKind(changes: readonly ChangedEntity[]): Generator<void, ChangesByKind> {
  const byKind: Record<CompiledKind, Map<string, EntityChange['after']>> = {
    account: new Map(),
    pbx: new Map(),
    trunk: new Map(),
    site: new Map(),
    user: new Map(),
    device: new Map(),
    phoneNumber: new Map(),
  }
  let count = 0
  for (const { kind, id, after } of changes) {
    if (isCompiled(kind)) byKind[kind].set(id, after)
    if (++count % 1000 === 0) yield
  }
  return byKind
}

function isCompiled(kind: string): kind is CompiledKind {
  return (compiledKinds as readonly string[]).includes(kind)
}
