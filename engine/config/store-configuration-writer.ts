import { changeSummary } from './change-summary.ts'
import type { ChangeOptions, ChangeResult, Finding, UncheckedWrite } from './configuration.ts'
import { Configuration } from './configuration.ts'
import type {
  ConfigurationListener,
  ConfigurationWriter,
  EntityRevision,
  RestoreOptions,
  WriteOptions,
  WriteResult,
} from './configuration-writer.ts'
import type { ConfigurationView, EntityChange } from './entities/kind.ts'
import { problemsOf } from './finding-list.ts'
import { keepSecrets, restoringWrites } from './kept-secrets.ts'
import { formatProblem } from './problem.ts'
import { finish, finishInSlices } from './slices.ts'
import type { Author, CommitResult, ConfigurationStore, LoadedEntity } from './store/configuration-store.ts'
import { StoreError } from './store/store-error.ts'

/** How often to look for what other processes have committed, in milliseconds. */
const followEvery = 1000

/** Changes of so many entities are checked at once: it takes a few milliseconds. More are checked in slices. */
const checkedAtOnce = 100

/** Milliseconds in which others are answered, and have the processor, between two in which a large change is worked on. */
const rest = 1

/** How often a change is checked anew because another process committed before it. */
const mostTries = 20

type Made = { readonly writes: readonly UncheckedWrite[]; readonly missing: readonly Finding[] }

/** `ConfigurationWriter` over a store. */
export class StoreConfigurationWriter implements ConfigurationWriter {
  readonly store: ConfigurationStore
  #configuration: Configuration
  #revision: number
  readonly #listeners = new Set<ConfigurationListener>()
  #last: Promise<unknown> = Promise.resolve()
  /** What has been begun and waits for its turn or its end. */
  #underWay = 0
  readonly #timer: NodeJS.Timeout
  #dataVersion = -1

  private constructor(store: ConfigurationStore, configuration: Configuration, revision: number) {
    this.store = store
    this.#configuration = configuration
    this.#revision = revision
    this.#timer = setInterval(() => this.#lookForOthers(), followEvery).unref()
  }

  /** @throws StoreError where the store cannot be used, or what is in it makes no sense */
  static async load(store: ConfigurationStore): Promise<StoreConfigurationWriter> {
    const { revision, configuration } = await loadConfiguration(store)
    return new StoreConfigurationWriter(store, configuration, revision)
  }

  get configuration(): ConfigurationView {
    return this.#configuration
  }

  get revision(): number {
    return this.#revision
  }

  async follow(): Promise<void> {
    if (this.#underWay > 0 || this.store.revision() !== this.#revision) await this.#inTurn(() => this.#follow())
  }

  write(writes: readonly UncheckedWrite[], author: Author, options: WriteOptions = {}): Promise<WriteResult> {
    return this.#write(async () => ({ writes, missing: [] }), author, options)
  }

  writeWith(
    make: (configuration: ConfigurationView) => readonly UncheckedWrite[] | Generator<void, readonly UncheckedWrite[]>,
    author: Author,
    options: WriteOptions = {},
  ): Promise<WriteResult> {
    const made = async (): Promise<Made> => {
      const writes = make(this.#configuration)
      return { writes: 'next' in writes ? await finishInSlices(writes, rest) : writes, missing: [] }
    }
    return this.#write(made, author, options)
  }

  restoreRevision(revision: number, author: Author, options: RestoreOptions = {}): Promise<WriteResult> {
    const { newSecrets = [], ...others } = options
    const make = async (): Promise<Made> => {
      if ((await this.store.revisions.get(revision)) === null)
        return { writes: [], missing: [unknownRevision(revision)] }
      const changes = await this.store.revisions.difference(this.#revision, revision)
      return finishInSlices(restoringWrites(this.#configuration, changes, newSecrets), rest)
    }
    const summary = `revision ${revision} restored`
    return this.#write(make, { ...author, source: 'restore' }, { ...others, summary })
  }

  difference(from: number, to: number): Promise<readonly EntityChange[]> {
    return this.store.revisions.difference(from, to)
  }

  revisionDocument(revision: number): Promise<readonly LoadedEntity[] | null> {
    return this.store.revisions.entitiesAt(revision)
  }

  onChange(listener: ConfigurationListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#last
    await this.store.close()
  }

  #write(make: () => Promise<Made>, author: Author, options: WriteOptions): Promise<WriteResult> {
    return this.#inTurn(async () => {
      try {
        return await this.#tryWrite(make, author, options)
      } catch (error) {
        if (error instanceof StoreError) return { ok: false, reason: 'store', error }
        throw error
      }
    })
  }

  async #tryWrite(make: () => Promise<Made>, author: Author, options: WriteOptions): Promise<WriteResult> {
    for (let tries = 1; ; tries++) {
      await this.#follow()
      const stale = this.#conflict(options)
      if (stale !== null) return stale
      const { writes, missing } = await make()
      if (missing.length > 0) return { ok: false, reason: 'problems', problems: missing, unlistedProblems: 0 }
      const result = await this.#change(writes, options)
      if (!result.ok) {
        const { problems, unlistedProblems } = result
        return { ok: false, reason: 'problems', problems, unlistedProblems }
      }
      const { changes, warnings, unlistedWarnings } = result
      const written = { ok: true, changes, warnings, unlistedWarnings } as const
      if (options.dryRun === true || changes.length === 0) return { ...written, revision: this.#revision }
      const commit = await this.#commit(result, author, options)
      if (commit.ok) {
        this.#revision = commit.revision
        this.#tell(changes)
        return { ...written, revision: commit.revision }
      }
      // Another process was quicker: all over again, on what it made.
      if (tries === mostTries) return { ok: false, reason: 'conflict', revision: commit.conflict, entities: [] }
    }
  }

  async #change(writes: readonly UncheckedWrite[], { dryRun = false, placeOf }: WriteOptions): Promise<ChangeResult> {
    const configuration = this.#configuration
    const options = { dryRun, ...(placeOf === undefined ? {} : { placeOf }) }
    if (writes.length > checkedAtOnce) return finishInSlices(changingWithSecrets(configuration, writes, options), rest)
    return finish(changingWithSecrets(configuration, writes, options))
  }

  async #commit(
    change: Extract<ChangeResult, { ok: true }>,
    author: Author,
    { summary = changeSummary(change.changes), request }: WriteOptions,
  ): Promise<CommitResult> {
    let result: CommitResult
    try {
      result = await this.store.commit(this.#revision, change.changes, author, summary, request)
    } catch (error) {
      change.undo()
      throw error
    }
    if (!result.ok) change.undo()
    return result
  }

  #conflict({ expectedRevision, entityRevisions = [] }: WriteOptions): WriteResult | null {
    const revision = this.#revision
    if (expectedRevision !== undefined && expectedRevision !== revision) {
      return { ok: false, reason: 'conflict', revision, entities: [] }
    }
    const entities: EntityRevision[] = []
    for (const { kind, id, revision: expected } of entityRevisions) {
      const now = this.store.entityRevision(kind, id)
      if (now !== expected) entities.push({ kind, id, revision: now })
    }
    return entities.length === 0 ? null : { ok: false, reason: 'conflict', revision, entities }
  }

  async #follow(): Promise<void> {
    if (this.store.revision() === this.#revision) return
    const { revision, entities } = await this.store.changesSince(this.#revision)
    if (revision < this.#revision) throw replaced(this.store.path)
    const changing = this.#configuration.changing(entities)
    const result = entities.length > checkedAtOnce ? await finishInSlices(changing, rest) : finish(changing)
    let changes: readonly EntityChange[]
    if (result.ok) changes = result.changes
    else {
      // It was checked by whoever committed it; if he knows other rules, what is there counts, read as a whole.
      const loaded = await loadConfiguration(this.store)
      this.#configuration = loaded.configuration
      changes = []
    }
    this.#revision = revision
    this.#tell(changes)
  }

  #lookForOthers(): void {
    try {
      const version = this.store.dataVersion()
      if (version === this.#dataVersion) return
      this.#dataVersion = version
    } catch {
      // Whoever asks next for something is told.
      return
    }
    this.follow().catch(() => undefined)
  }

  #tell(changes: readonly EntityChange[]): void {
    for (const listener of this.#listeners) listener(this.#revision, changes)
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay++
    const turn = this.#last.then(work).finally(() => this.#underWay--)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

function* changingWithSecrets(
  configuration: Configuration,
  writes: readonly UncheckedWrite[],
  options: ChangeOptions,
): Generator<void, ChangeResult> {
  const whole: UncheckedWrite[] = []
  for (const write of writes) {
    whole.push(keepSecrets(configuration, write))
    if (whole.length % checkedAtOnce === 0) yield
  }
  return yield* configuration.changing(whole, options)
}

async function loadConfiguration(
  store: ConfigurationStore,
): Promise<{ readonly revision: number; readonly configuration: Configuration }> {
  const { revision, entities } = await store.load()
  const configuration = Configuration.empty()
  const result = configuration.change(entities)
  if (result.ok) return { revision, configuration }
  const [first] = problemsOf({ findings: result.problems, unlisted: result.unlistedProblems })
  throw new StoreError(
    'damaged',
    `What is in ${store.path} does not fit together (${first === undefined ? '' : formatProblem(first)})`,
    'put a backup in its place (docs/store.md)',
  )
}

function unknownRevision(revision: number): Finding {
  const message = `there is no revision ${revision}`
  const cure = 'Choose one from the list of revisions'
  return { kind: 'account', id: '', write: -1, path: '', value: String(revision), message, cure }
}

/** The file has an older revision than the one we know. */
function replaced(path: string): StoreError {
  return new StoreError('damaged', `${path} was replaced while it was in use`, 'start ringdown again')
}
