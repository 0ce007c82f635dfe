/** The whole configuration in memory, checked: documents, store and API all change it here and nowhere else. */
import type { Body, ConfigurationView, EntityChange, EntityKey, Fact, Kind, Reference } from './entities/kind.ts'
import type { Problem } from './problem.ts'

/** An entity to be; `null` deletes it. The body holds the plain values of its secrets. */
export interface EntityWrite extends EntityKey {
  readonly body: Body | null
}

/** A problem or warning of one entity; its `path` is relative to it. */
export interface Finding extends Problem, EntityKey {
  /** Which of the writes it is about; -1 where the entity was not written but depends on what was. */
  readonly write: number
}

export type ChangeResult =
  | {
      readonly ok: true
      /** What really changed, bodies with their ids; writes of what is there already are left out. */
      readonly changes: readonly EntityChange[]
      /** Of all entities that were checked again. */
      readonly warnings: readonly Finding[]
      /** Takes the change back. Works until the next change. */
      undo(): void
    }
  | { readonly ok: false; readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] }

export interface ChangeOptions {
  /** Checks and changes nothing. */
  readonly dryRun?: boolean
  /** Where a written entity stands for people (`users[3]`), added to messages that name it. */
  readonly placeOf?: (write: number) => string
}

export class Configuration implements ConfigurationView {
  static empty(): Configuration {
    return new Configuration()
  }

  get(_kind: Kind, _id: string): Body | undefined {
    return undefined
  }

  all(_kind: Kind): Iterable<Body> {
    return []
  }

  count(_kind: Kind): number {
    return 0
  }

  holderOf(_scope: string, _value: string): EntityKey | undefined {
    return undefined
  }

  referrersOf(_kind: Kind, _id: string): Iterable<Reference> {
    return []
  }

  havingFact(_fact: Fact): Iterable<EntityKey> {
    return []
  }

  watchersOf(_fact: Fact): Iterable<EntityKey> {
    return []
  }

  /** All warnings of the configuration as it is. */
  warnings(): readonly Finding[] {
    return []
  }

  /**
   * Changes the configuration, or finds everything that stands against it and changes nothing. Costs by what changes
   * and depends on it, not by what there is.
   */
  change(_writes: readonly EntityWrite[], _options: ChangeOptions = {}): ChangeResult {
    return { ok: true, changes: [], warnings: [], undo: () => {} }
  }
}
