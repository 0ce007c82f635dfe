/** The whole configuration in memory, checked: documents, store and API all change it here and nowhere else. */
import type { UncheckedWrite } from './configuration-change.ts'
import { changingState } from './configuration-change.ts'
import { ConfigurationState } from './configuration-state.ts'
import type { Body, ConfigurationView, EntityChange, EntityKey, Fact, Kind, Reference } from './entities/kind.ts'
import { kindNames } from './entities/kind.ts'
import type { Finding } from './finding-list.ts'
import { FindingList } from './finding-list.ts'
import { finish } from './slices.ts'

export type { UncheckedWrite } from './configuration-change.ts'
export type { Finding } from './finding-list.ts'

/** An entity to be; `null` deletes it. The body holds the plain values of its secrets. */
export interface EntityWrite extends EntityKey {
  readonly body: Body | null
}

export type ChangeResult =
  | {
      readonly ok: true
      /** What really changed, bodies with their ids; writes of what is there already are left out. */
      readonly changes: readonly EntityChange[]
      /** Of all entities that were checked again. */
      readonly warnings: readonly Finding[]
      /** How many more warnings there are than are listed. */
      readonly unlistedWarnings: number
      /** Takes the change back. Throws after another change. */
      undo(): void
    }
  | {
      readonly ok: false
      readonly problems: readonly Finding[]
      /** How many more problems there are than are listed. */
      readonly unlistedProblems: number
      readonly warnings: readonly Finding[]
      readonly unlistedWarnings: number
    }

export interface ChangeOptions {
  /** Checks and changes nothing. */
  readonly dryRun?: boolean
  /** Where a written entity stands for people (`users[3]`), added to messages that name it. */
  readonly placeOf?: (write: number) => string
}

export class Configuration implements ConfigurationView {
  readonly #state = new ConfigurationState()
  #changes = 0

  static empty(): Configuration {
    return new Configuration()
  }

  get(kind: Kind, id: string): Body | undefined {
    return this.#state.get(kind, id)
  }

  /** In the order in which they were made. */
  all(kind: Kind): Iterable<Body> {
    return this.#state.all(kind)
  }

  count(kind: Kind): number {
    return this.#state.count(kind)
  }

  /** Keys of all entities of a kind, in the order of `all`. */
  *keys(kind: Kind): Iterable<EntityKey> {
    for (const { id } of this.#state.entries(kind)) yield { kind, id }
  }

  holderOf(scope: string, value: string): EntityKey | undefined {
    return this.#state.holderOf(scope, value)
  }

  referrersOf(kind: Kind, id: string): Iterable<Reference> {
    return this.#state.referrersOf(kind, id)
  }

  havingFact(fact: Fact): Iterable<EntityKey> {
    return this.#state.havingFact(fact)
  }

  watchersOf(fact: Fact): Iterable<EntityKey> {
    return this.#state.watchersOf(fact)
  }

  /** All warnings of the configuration as it is, up to the limit of problems. */
  warnings(): { readonly findings: readonly Finding[]; readonly unlisted: number } {
    const found = new FindingList()
    for (const kind of kindNames) {
      for (const { id, warnings } of this.#state.entries(kind)) {
        for (const { path, value, message, cure } of warnings) {
          found.add({ kind, id, write: -1, path, value, message, cure })
        }
      }
    }
    return found
  }

  /**
   * Changes the configuration, or finds everything that stands against it and changes nothing. Costs by what changes
   * and depends on it, not by what there is. A body without `id` gets the one of its write.
   */
  change(writes: readonly EntityWrite[], options: ChangeOptions = {}): ChangeResult {
    return this.changeUnchecked(writes, options)
  }

  /** Like `change`, for bodies of any form, whose id may have to be made of them. */
  changeUnchecked(writes: readonly UncheckedWrite[], options: ChangeOptions = {}): ChangeResult {
    return finish(this.changing(writes, options))
  }

  /**
   * Like `changeUnchecked`, with pauses in which others may have the processor. Until it has come to its end nothing else
   * must be changed, and what is seen here is half old and half new.
   */
  *changing(writes: readonly UncheckedWrite[], options: ChangeOptions = {}): Generator<void, ChangeResult> {
    const change = yield* changingState(this.#state, writes, options.placeOf)
    const number = ++this.#changes
    const { problems, warnings } = change
    if (!change.ok) {
      return {
        ok: false,
        problems: problems.findings,
        unlistedProblems: problems.unlisted,
        warnings: warnings.findings,
        unlistedWarnings: warnings.unlisted,
      }
    }
    if (options.dryRun === true) yield* change.undoing()
    return {
      ok: true,
      changes: change.changes,
      warnings: warnings.findings,
      unlistedWarnings: warnings.unlisted,
      undo: () => {
        if (number !== this.#changes) throw new Error('another change came after the one to be taken back')
        finish(change.undoing())
      },
    }
  }
}
