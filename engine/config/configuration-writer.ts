import type { Finding, UncheckedWrite } from './configuration.ts'
import type { ConfigurationView, EntityChange, EntityKey } from './entities/kind.ts'
import type {
  Author,
  ConfigurationStore,
  LoadedEntity,
  OpenStoreOptions,
  RequestKey,
} from './store/configuration-store.ts'
import { openStore } from './store/open-store.ts'
import type { StoreError } from './store/store-error.ts'
import { StoreConfigurationWriter } from './store-configuration-writer.ts'

/**
 * An entity to be; `null` for its body deletes it. Bodies may be anything: what does not fit is refused. Secrets left
 * out stay as they are, `null` takes them away.
 */
export type EntityWrite = UncheckedWrite

export interface WriteOptions {
  /** One line for people; made from the changes where it is left out. */
  readonly summary?: string
  /** Refuses with `conflict` unless the whole configuration still has this revision. */
  readonly expectedRevision?: number
  /** Refuses with `conflict` unless each of these entities still has its revision (If-Match); 0: must not exist. */
  readonly entityRevisions?: readonly EntityRevision[]
  /** Checks, and says what would change, and changes nothing. */
  readonly dryRun?: boolean
  /** The request with an Idempotency-Key that is carried out: known as committed from the same moment on. */
  readonly request?: RequestKey
  /** Where a written entity stands for people (`users[3]`), for messages that name it. */
  readonly placeOf?: (write: number) => string
}

export interface EntityRevision extends EntityKey {
  readonly revision: number
}

export type WriteResult =
  | {
      readonly ok: true
      /** The revision that was made; where nothing changes, and in a dry run, the one there is. */
      readonly revision: number
      /** What changed, with secrets as plain values: never show these. */
      readonly changes: readonly EntityChange[]
      readonly warnings: readonly Finding[]
      readonly unlistedWarnings: number
    }
  | {
      readonly ok: false
      readonly reason: 'problems'
      readonly problems: readonly Finding[]
      readonly unlistedProblems: number
    }
  | {
      readonly ok: false
      readonly reason: 'conflict'
      /** The revision there is. */
      readonly revision: number
      /** The entities whose revision is another, with that; none where the whole configuration's is. */
      readonly entities: readonly EntityRevision[]
    }
  | { readonly ok: false; readonly reason: 'store'; readonly error: StoreError }

/** A new value for a secret that a restored entity needs and nobody keeps. */
export interface NewSecret extends EntityKey {
  readonly field: string
  readonly value: string
}

export interface RestoreOptions {
  readonly dryRun?: boolean
  readonly expectedRevision?: number
  readonly newSecrets?: readonly NewSecret[]
}

/** Told after a commit, by this process or another. */
export type ConfigurationListener = (revision: number, changes: readonly EntityChange[]) => void

/**
 * The one door for everybody who changes the configuration: API, documents, restoring. Holds it whole in memory, checks
 * changes against it, and commits them one after the other; follows what other processes commit.
 */
export interface ConfigurationWriter {
  readonly store: ConfigurationStore
  /**
   * As last committed or followed. While a large change is checked or followed it is half old and half new: whoever looks
   * at the whole of it waits for `follow` first. Look, and do not change.
   */
  readonly configuration: ConfigurationView
  /** The revision of `configuration`. */
  readonly revision: number
  /** Ends what is under way here and takes in what others have committed; costs microseconds where there is nothing. */
  follow(): Promise<void>
  write(writes: readonly EntityWrite[], author: Author, options?: WriteOptions): Promise<WriteResult>
  /**
   * Like `write`, where the writes depend on the configuration as it is when their turn has come. `make` may be asked
   * again; what it throws comes out here, and nothing is changed. Where there are many it makes them with pauses.
   */
  writeWith(
    make: (configuration: ConfigurationView) => readonly EntityWrite[] | Generator<void, readonly EntityWrite[]>,
    author: Author,
    options?: WriteOptions,
  ): Promise<WriteResult>
  /** Makes the configuration as it was, as a new revision. Secrets are those of now (docs/store.md). */
  restoreRevision(revision: number, author: Author, options?: RestoreOptions): Promise<WriteResult>
  /** What leads from one revision to another. */
  difference(from: number, to: number): Promise<readonly EntityChange[]>
  /** The configuration as it was, without secrets; `null` where there is no such revision. */
  revisionDocument(revision: number): Promise<readonly LoadedEntity[] | null>
  /** Gives what ends it. */
  onChange(listener: ConfigurationListener): () => void
  /** Waits for what is under way, then closes the store. */
  close(): Promise<void>
}

/**
 * Opens the store of a data folder and loads the configuration.
 * @throws StoreError where it cannot be used
 */
export async function openConfigurationWriter(
  dataFolder: string,
  options: Omit<OpenStoreOptions, 'readOnly'> = {},
): Promise<ConfigurationWriter> {
  const store = await openStore(dataFolder, options)
  try {
    return await StoreConfigurationWriter.load(store)
  } catch (error) {
    await store.close()
    throw error
  }
}
