/**
 * What the configuration's database can do, for those who use it. docs/store.md says what is in it.
 *
 * Every function may throw a `StoreError` where the file cannot be used; then nothing was changed.
 */
import type { Body, EntityChange, EntityKey, Kind } from '../entities/kind.ts'
import type { Problem } from '../problem.ts'

/** Who changes something, for revisions and audit. */
export interface Author {
  /** User name of the administrator, or what acted on its own (`ringdown serve`). */
  readonly actor: string
  /** Where from: an IP address, or '' for this machine itself. */
  readonly address: string
  readonly source: 'api' | 'document' | 'restore' | 'command' | 'start' | 'phone'
}

export interface Revision {
  readonly number: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly actor: string
  readonly address: string
  readonly source: Author['source']
  /** For people, one line. */
  readonly summary: string
}

/** An entity as it may be shown: without its secrets. */
export interface StoredEntity extends EntityKey {
  readonly body: Body
  /** Revision that last changed it: its ETag. */
  readonly revision: number
}

/** An entity with its secrets, for the engine and for checks. */
export interface LoadedEntity extends EntityKey {
  readonly body: Body
}

export interface LoadedConfiguration {
  readonly revision: number
  /** In the order of kinds, and within a kind in the order in which they were made. */
  readonly entities: readonly LoadedEntity[]
}

export interface ChangesSince {
  readonly revision: number
  /** One for each entity that changed, in the order of kinds: its newest state, `null` where it was deleted. */
  readonly entities: readonly { readonly kind: Kind; readonly id: string; readonly body: Body | null }[]
}

export type CommitResult =
  | { readonly ok: true; readonly revision: number }
  /** Somebody else changed the configuration: the revision it has now. */
  | { readonly ok: false; readonly conflict: number }

/** What a filter demands of a field. */
export interface Filter {
  /** As `site`, `active`, `forwarding.busy.to.user`; for a list of plain values, one of them. */
  readonly field: string
  /** As written in the address, converted by the schema; '' is: not there. */
  readonly value: string
}

export interface ListOptions {
  readonly filters?: readonly Filter[]
  /** Text that must stand in one of the entity's own fields, whatever its case and accents. */
  readonly q?: string
  /** Field names, `-` before those that go down: `['-lastName', 'id']`. `title` is what people see. Default `id`. */
  readonly sort?: readonly string[]
  /** Top-level fields to show; all where it is left out. The id is always there. */
  readonly fields?: readonly string[]
  /** 1 to 1000, default 100. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly cursor?: string
}

export type ListResult =
  | {
      readonly ok: true
      readonly entities: readonly StoredEntity[]
      /** Cursor of the next page; `null` where this is the last. */
      readonly next: string | null
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface EntityRepository {
  get(kind: Kind, id: string): Promise<StoredEntity | null>
  /** A page of entities; the order is stable while others are made and deleted. */
  list(kind: Kind, options?: ListOptions): Promise<ListResult>
  count(kind: Kind): Promise<number>
}

/** Newest first; `before` is the number of the last one on the page before. */
export interface PageBefore {
  readonly before?: number
  /** 1 to 1000, default 100. */
  readonly limit?: number
}

export interface RevisionRepository {
  list(page?: PageBefore): Promise<readonly Revision[]>
  get(number: number): Promise<Revision | null>
  /** What a revision changed. Fields with secrets hold `{ secret: number }`, which says only whether it is the same one. */
  changes(number: number): Promise<readonly EntityChange[]>
  /** What leads from one revision to another, also backwards; entities that end as they began are left out. */
  difference(from: number, to: number): Promise<readonly EntityChange[]>
  /** All entities as they were, without secrets; `null` where there is no such revision. */
  entitiesAt(number: number): Promise<readonly LoadedEntity[] | null>
}

export interface AuditEntry {
  readonly actor: string
  readonly address: string
  readonly source: string
  /** What happened: `change`, `sign-in`, `sign-in-failed`, `sign-out`, `password-reset`, ... */
  readonly action: string
  /** What it happened to, where that is one entity. */
  readonly kind?: Kind
  readonly id?: string
  /** For people, one line. No secrets. */
  readonly summary: string
}

export interface AuditEvent extends Omit<AuditEntry, 'kind' | 'id'> {
  readonly number: number
  readonly at: number
  readonly kind: Kind | null
  readonly id: string | null
  /** Revision that it made; `null` for what is no change of the configuration. */
  readonly revision: number | null
  /** Before and after, for the first `changesShown` entities; secrets as in `RevisionRepository.changes`. */
  readonly changes: readonly EntityChange[]
  readonly changesInAll: number
}

export interface AuditFilter extends PageBefore {
  readonly actor?: string
  readonly action?: string
  readonly source?: string
  /** Also finds changes of many entities among which this one is. */
  readonly kind?: Kind
  readonly id?: string
  /** Milliseconds since the epoch, both inclusive. */
  readonly since?: number
  readonly until?: number
}

export interface AuditRepository {
  /** Newest first. */
  list(filter?: AuditFilter): Promise<readonly AuditEvent[]>
  /** For what is no change of the configuration; those are recorded by the change itself. */
  add(entry: AuditEntry): Promise<void>
}

export interface Administrator {
  readonly userName: string
  /** Encoded argon2id hash. */
  readonly passwordHash: string
  /** Sign-ins that failed since the last that did not. */
  readonly failures: number
  /** Milliseconds since the epoch; 0: not locked. */
  readonly lockedUntil: number
  readonly createdAt: number
}

export interface AdministratorRepository {
  get(userName: string): Promise<Administrator | null>
  list(): Promise<readonly Administrator[]>
  /** `false` where there is one of that name. */
  create(userName: string, passwordHash: string): Promise<boolean>
  /** Also unlocks. `false` where there is none. */
  setPassword(userName: string, passwordHash: string): Promise<boolean>
  /** `false` where there is none. His tokens go with him. */
  delete(userName: string): Promise<boolean>
  /** Counts a failure; locks until `lockUntil` when they have become `limit`. Gives how it is afterwards. */
  signInFailed(userName: string, limit: number, lockUntil: number): Promise<Administrator | null>
  signInSucceeded(userName: string): Promise<void>
}

export interface Token {
  /** SHA-256 of the token, hexadecimal: the token itself is nowhere. */
  readonly hash: string
  readonly administrator: string
  /** What it is for, for people. */
  readonly name: string
  readonly createdAt: number
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface TokenRepository {
  /** One that has not expired. */
  get(hash: string): Promise<Token | null>
  list(administrator: string): Promise<readonly Token[]>
  create(token: Omit<Token, 'createdAt'>): Promise<void>
  /** `false` where there is none. */
  delete(hash: string): Promise<boolean>
  /** All of one administrator but `except`; how many there were. */
  deleteAll(administrator: string, except?: string): Promise<number>
  deleteExpired(): Promise<number>
}

export type IdempotentRequest =
  /** Nobody asked this before: carry it out and `finish` it, or `abandon` it. */
  | { readonly state: 'new' }
  /** Carried out before: answer the same. */
  | { readonly state: 'finished'; readonly status: number; readonly body: string }
  /** The first one is still being carried out. */
  | { readonly state: 'running' }
  /** What it changes is this revision; whoever carried it out has not told yet what he answered, or has died. */
  | { readonly state: 'committed'; readonly revision: number }
  /** The key was used for something else. */
  | { readonly state: 'different' }

/** A request with an Idempotency-Key. */
export interface RequestKey {
  readonly key: string
  readonly administrator: string
}

export interface IdempotencyRepository {
  /** @param requestHash of method, path and body. Entries older than a day are forgotten. */
  begin(key: string, administrator: string, requestHash: string): Promise<IdempotentRequest>
  finish(key: string, administrator: string, status: number, body: string): Promise<void>
  abandon(key: string, administrator: string): Promise<void>
  /** For when the process that carries requests out starts: what it had begun and not committed before can begin anew. */
  abandonAll(): Promise<void>
}

/** Small facts that are no configuration. */
export interface MetaRepository {
  get(name: string): Promise<string | null>
  set(name: string, value: string | null): Promise<void>
}

/** One connection of a process (or thread) to the configuration. */
export interface ConfigurationStore {
  readonly path: string
  readonly entities: EntityRepository
  readonly revisions: RevisionRepository
  readonly audit: AuditRepository
  readonly administrators: AdministratorRepository
  readonly tokens: TokenRepository
  readonly idempotency: IdempotencyRepository
  readonly meta: MetaRepository

  /** Number of the newest revision; 0 where nothing was written yet. */
  revision(): number
  /** A number that changes whenever anybody else, or this store's writing side, has committed. Costs microseconds. */
  dataVersion(): number
  /** Everything, with secrets, at one revision. */
  load(): Promise<LoadedConfiguration>
  /** What changed after a revision, merged for each entity, with secrets. */
  changesSince(revision: number): Promise<ChangesSince>
  /** Revisions of entities; 0 for those that do not exist. */
  entityRevision(kind: Kind, id: string): number
  /**
   * Writes changes that have been checked, as one transaction with the next revision and its audit event. Many changes are
   * written in slices, between which the process goes on with other work.
   *
   * @param expectedRevision the revision on which they were checked
   * @param changes bodies with secrets as plain values; they are put in a table of their own
   * @param request what asked for it: known as committed from the same moment on
   */
  commit(
    expectedRevision: number,
    changes: readonly EntityChange[],
    author: Author,
    summary: string,
    request?: RequestKey,
  ): Promise<CommitResult>
  /** Writes a copy of the whole database, readable by its owner only, to a file that is not there yet; for backups. */
  copyTo(path: string): Promise<void>
  /** Waits for what is being written, then closes the file. */
  close(): Promise<void>
}

export interface OpenStoreOptions {
  /** Only reads; the database must be there. */
  readonly readOnly?: boolean
  /** How long to try while another process writes, in milliseconds; 10 s where it is not given. */
  readonly patience?: number
}
