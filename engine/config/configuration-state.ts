/** Entities and the indexes by which checks find them. Nothing here judges; `configuration-change.ts` does. */
import type {
  Body,
  ConfigurationView,
  EntityKey,
  Fact,
  Kind,
  KindDefinition,
  Reference,
  UniqueValue,
} from './entities/kind.ts'
import { kindDefinition } from './entities/kinds.ts'
import { ManyIndex } from './many-index.ts'
import type { Problem } from './problem.ts'

/** An entity, and what of it stands in the indexes: that also depends on others, so it cannot be worked out again. */
export class Entry implements EntityKey {
  readonly kind: Kind
  readonly id: string
  /** `null`: deleted. It keeps its place until the next change, so that undoing restores the order too. */
  body: Body | null = null
  unique: readonly string[] = nothing
  facts: readonly Fact[] = nothing
  watches: readonly Fact[] = nothing
  warnings: readonly Problem[] = nothing
  /** While a change is under way: which of its writes is of this entity; -1 for none. */
  write = -1

  constructor(kind: Kind, id: string) {
    this.kind = kind
    this.id = id
  }
}

const nothing: readonly never[] = []
const noEntries: ReadonlyMap<string, Entry> = new Map()

export class ConfigurationState implements ConfigurationView {
  readonly #entries = new Map<Kind, Map<string, Entry>>()
  readonly #counts = new Map<Kind, number>()
  readonly #unique = new Map<string, Entry>()
  readonly #facts = new ManyIndex<Entry>()
  readonly #watches = new ManyIndex<Entry>()
  /** By kind and id of what is pointed at, whether it is there or not. */
  readonly #referrers = new ManyIndex<Entry>()
  #deleted: Entry[] = []

  get(kind: Kind, id: string): Body | undefined {
    return this.#entries.get(kind)?.get(id)?.body ?? undefined
  }

  *all(kind: Kind): Iterable<Body> {
    for (const entry of (this.#entries.get(kind) ?? noEntries).values()) {
      if (entry.body !== null) yield entry.body
    }
  }

  /** Entities that are there, in the order in which they were made. */
  *entries(kind: Kind): Iterable<Entry> {
    for (const entry of (this.#entries.get(kind) ?? noEntries).values()) {
      if (entry.body !== null) yield entry
    }
  }

  count(kind: Kind): number {
    return this.#counts.get(kind) ?? 0
  }

  holderOf(scope: string, value: string): EntityKey | undefined {
    return this.#unique.get(uniqueKey(scope, value))
  }

  *referrersOf(kind: Kind, id: string): Iterable<Reference> {
    for (const entry of this.referringEntries(kind, id)) {
      if (entry.body === null) continue
      for (const reference of kindDefinition(entry.kind).referencesOf(entry.body)) {
        if (reference.kind === kind && reference.id === id) {
          yield { kind: entry.kind, id: entry.id, path: reference.path }
        }
      }
    }
  }

  havingFact(fact: Fact): Iterable<EntityKey> {
    return this.#facts.get(fact)
  }

  watchersOf(fact: Fact): Iterable<Entry> {
    return this.#watches.get(fact)
  }

  referringEntries(kind: Kind, id: string): Iterable<Entry> {
    return this.#referrers.get(targetKey(kind, id))
  }

  entry(kind: Kind, id: string): Entry | undefined {
    return this.#entries.get(kind)?.get(id)
  }

  /** The entry of an id, made where there is none. */
  entryFor(kind: Kind, id: string): Entry {
    let ofKind = this.#entries.get(kind)
    if (ofKind === undefined) {
      ofKind = new Map()
      this.#entries.set(kind, ofKind)
    }
    let entry = ofKind.get(id)
    if (entry === undefined) {
      entry = new Entry(kind, id)
      ofKind.set(id, entry)
    }
    return entry
  }

  /** Replaces the body and what it points at. */
  setBody(entry: Entry, body: Body | null): void {
    const definition = kindDefinition(entry.kind)
    if (entry.body !== null) {
      for (const { kind, id } of definition.referencesOf(entry.body)) this.#referrers.remove(targetKey(kind, id), entry)
    }
    this.#counts.set(entry.kind, this.count(entry.kind) + Number(body !== null) - Number(entry.body !== null))
    if (body === null && entry.body !== null) this.#deleted.push(entry)
    entry.body = body
    if (body !== null) {
      for (const { kind, id } of definition.referencesOf(body)) this.#referrers.add(targetKey(kind, id), entry)
    }
  }

  /** Takes an entity's unique values, facts and watches out of the indexes. */
  unindex(entry: Entry): void {
    for (const key of entry.unique) if (this.#unique.get(key) === entry) this.#unique.delete(key)
    for (const fact of entry.facts) this.#facts.remove(fact, entry)
    for (const fact of entry.watches) this.#watches.remove(fact, entry)
    entry.unique = nothing
    entry.facts = nothing
    entry.watches = nothing
  }

  /** Puts back what `unindex` took out. */
  reindex(entry: Entry, unique: readonly string[], facts: readonly Fact[], watches: readonly Fact[]): void {
    entry.unique = unique
    entry.facts = facts
    entry.watches = watches
    for (const key of unique) this.#unique.set(key, entry)
    for (const fact of facts) this.#facts.add(fact, entry)
    for (const fact of watches) this.#watches.add(fact, entry)
  }

  /** Indexes an entity by its body. `taken` is told of values that another has, or that it has twice. */
  index(entry: Entry, taken: (value: UniqueValue, holder: Entry) => void): void {
    if (entry.body === null) return
    const definition: KindDefinition = kindDefinition(entry.kind)
    const unique: string[] = []
    for (const value of definition.uniqueValuesOf(entry.body, this)) {
      const key = uniqueKey(value.scope, value.value)
      const holder = this.#unique.get(key)
      if (holder === undefined) {
        this.#unique.set(key, entry)
        unique.push(key)
      } else {
        taken(value, holder)
      }
    }
    entry.unique = unique
    entry.facts = definition.factsOf?.(entry.body, this) ?? nothing
    entry.watches = definition.watchesOf?.(entry.body, this) ?? nothing
    for (const fact of entry.facts) this.#facts.add(fact, entry)
    for (const fact of entry.watches) this.#watches.add(fact, entry)
  }

  /** Removes an entry that a change made which is taken back. */
  forget(entry: Entry): void {
    const ofKind = this.#entries.get(entry.kind)
    if (ofKind?.get(entry.id) === entry) ofKind.delete(entry.id)
  }

  /** Gives up the places of what earlier changes deleted. */
  sweep(): void {
    for (const entry of this.#deleted) if (entry.body === null) this.forget(entry)
    this.#deleted = []
  }
}

function uniqueKey(scope: string, value: string): string {
  return `${scope}\n${value}`
}

function targetKey(kind: Kind, id: string): string {
  return `${kind} ${id}`
}
