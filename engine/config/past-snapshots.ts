import { SnapshotCompiler } from './compile/snapshot-compiler.ts'
import { finish } from './slices.ts'
import type { Snapshot } from './snapshot.ts'
import type { ConfigurationStore } from './store/configuration-store.ts'

/** Snapshots that are kept: calls of the past are mostly asked about one after the other. They share most of themselves. */
const mostKept = 8

/** Snapshots of earlier revisions, compiled from the history. Without secrets, which no route depends on. */
export class PastSnapshots {
  readonly #store: ConfigurationStore
  /** Newest use last. */
  readonly #kept = new Map<number, Snapshot>()
  #compiler = new SnapshotCompiler()
  /** What the compiler knows; `null`: nothing. */
  #compiled: number | null = null

  constructor(store: ConfigurationStore) {
    this.#store = store
  }

  /**
   * @returns `null` where there is no such revision
   * @throws StoreError, or Error where it cannot be compiled
   */
  async at(revision: number): Promise<Snapshot | null> {
    const known = this.#kept.get(revision) ?? (await this.#compile(revision))
    if (known === null) return null
    this.#kept.delete(revision)
    this.#kept.set(revision, known)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
    }
    return known
  }

  /** All of these that there are, by revision. */
  async all(revisions: Iterable<number>): Promise<Map<number, Snapshot>> {
    const found = new Map<number, Snapshot>()
    for (const revision of new Set(revisions)) {
      const snapshot = await this.at(revision)
      if (snapshot !== null) found.set(revision, snapshot)
    }
    return found
  }

  async #compile(revision: number): Promise<Snapshot | null> {
    const { revisions } = this.#store
    if (!Number.isInteger(revision) || revision < 1 || revision > this.#store.revision()) return null
    const from = this.#compiled
    this.#compiled = null
    let snapshot: Snapshot
    if (from === null) {
      const entities = await revisions.entitiesAt(revision)
      if (entities === null) return null
      this.#compiler = new SnapshotCompiler()
      const changes = entities.map(({ kind, id, body }) => ({ kind, id, after: body }))
      snapshot = finish(this.#compiler.compile(changes, revision))
    } else {
      const changes = await revisions.difference(from, revision)
      snapshot = finish(this.#compiler.compile(changes, revision))
    }
    this.#compiled = revision
    return snapshot
  }
}
