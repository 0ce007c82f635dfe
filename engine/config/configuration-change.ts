/**
 * One change of the configuration, all or nothing. The steps are those of `changingState`; what they cost depends on what
 * is written and on what depends on it, never on how much there is.
 */
import { isDeepStrictEqual } from 'node:util'
import { canBeId, checkBody, idOfBody, isSound, withId } from './body-check.ts'
import type { ConfigurationState, Entry } from './configuration-state.ts'
import type { Body, EntityChange, EntityKey, Fact, Findings, Kind, UniqueValue } from './entities/kind.ts'
import { kindNames } from './entities/kind.ts'
import { kindDefinition, mostOfKind } from './entities/kinds.ts'
import { cureOfId } from './entities/values.ts'
import { FindingList, problemOf } from './finding-list.ts'
import { missingReference } from './missing-reference.ts'
import type { Problem } from './problem.ts'
import { problemLimit } from './problem.ts'

/** A write whose id may yet have to be made of its body, and whose body may be anything. */
export interface UncheckedWrite {
  readonly kind: Kind
  /** `undefined`: as the body says. */
  readonly id: string | undefined
  readonly body: unknown
}

export interface StateChange {
  readonly ok: boolean
  readonly changes: readonly EntityChange[]
  readonly problems: FindingList
  readonly warnings: FindingList
  /** Takes it back, with pauses. */
  undoing(): Generator<void, void>
}

/** What an entity was before the change. */
interface Before {
  readonly entry: Entry
  readonly body: Body | null
  readonly unique: readonly string[]
  readonly facts: readonly Fact[]
  readonly watches: readonly Fact[]
  readonly warnings: readonly Problem[]
}

/** How many of those that point at an entity are named. */
const mostReferrersNamed = 10

/** How many entities are handled between two pauses: well under a millisecond. */
const entitiesBetweenPauses = 10

/**
 * Changes the state, or finds what stands against it and leaves the state as it was. Pauses after every few entities;
 * the state must not be changed, and makes no sense, until it has come to its end.
 */
export function* changingState(
  state: ConfigurationState,
  writes: readonly UncheckedWrite[],
  placeOf: ((write: number) => string) | undefined,
): Generator<void, StateChange> {
  state.sweep()
  const change = new Change(state, placeOf)
  let changes: readonly EntityChange[] = []
  if (yield* change.accept(writes)) {
    changes = yield* change.apply()
    const affected = yield* change.affected(changes)
    yield* change.indexAgain(affected)
    yield* change.check()
    yield* change.checkDeletes()
    change.checkCounts()
  }
  const outcome = change.outcome(changes)
  if (!outcome.ok) yield* outcome.undoing()
  return outcome
}

/** Every few of many, with a pause behind them. */
function* pausing<Item>(items: Iterable<Item>, each: (item: Item) => void): Generator<void, void> {
  let count = 0
  for (const item of items) {
    each(item)
    if (++count % entitiesBetweenPauses === 0) yield
  }
}

class Change {
  readonly #state: ConfigurationState
  readonly #placeOf: ((write: number) => string) | undefined
  readonly #problems = new FindingList()
  readonly #warnings = new FindingList()
  /** In the order of the writes. */
  readonly #written: Entry[] = []
  /** What `#written` will have as bodies, in the form they will have. */
  readonly #bodies: (Body | null)[] = []
  /** Entries that were not there. */
  readonly #made = new Set<Entry>()
  /** Of entries that were there and are touched. */
  readonly #before = new Map<Entry, Before>()
  readonly #toCheck = new Set<Entry>()
  readonly #told = new Set<string>()

  constructor(state: ConfigurationState, placeOf: ((write: number) => string) | undefined) {
    this.#state = state
    this.#placeOf = placeOf
  }

  /** Checks form and ids. False where a body is of such a form that nothing else can be said about it. */
  *accept(writes: readonly UncheckedWrite[]): Generator<void, boolean> {
    let readable = true
    yield* pausing(writes.entries(), ([index, write]) => {
      if (!this.#acceptOne(write, index)) readable = false
    })
    return readable
  }

  #acceptOne({ kind, id, body }: UncheckedWrite, write: number): boolean {
    if (body === null && id !== undefined) {
      const entry = this.#state.entry(kind, id)
      if (entry === undefined || entry.body === null) {
        const message = `there is no ${kindDefinition(kind).label} with this id`
        this.#problem({ kind, id }, write, '', id, message, 'Take it out of the change')
        return true
      }
      return this.#claim(entry, null, write)
    }
    const named = id === undefined ? body : withId(kind, body, id)
    if (this.#problems.full && !isSound(kind, named)) {
      this.#problems.unlisted++
      return false
    }
    const shape = checkBody(kind, named, {
      add: (path, value, message, cure) => this.#problem({ kind, id: id ?? '' }, write, path, value, message, cure),
    })
    if (shape === 'broken') return false
    const readable = named as Body
    const made = idOfBody(kind, readable)
    const field = idFieldOf(readable, made)
    if (id !== undefined && id !== made) {
      const cure = 'An id cannot be changed: delete the one and add the other'
      this.#problem({ kind, id }, write, field, made, `this is another than ${id}, which is to be written`, cure)
      return true
    }
    if (field !== 'id' && !canBeId(kind, made)) {
      const message = 'this cannot serve as id too'
      this.#problem({ kind, id: made }, write, field, made, message, `Add an id. ${cureOfId}`)
    }
    const entry = this.#state.entryFor(kind, made)
    if (entry.body === null) this.#made.add(entry)
    return this.#claim(entry, withId(kind, readable, made) as Body, write)
  }

  #claim(entry: Entry, body: Body | null, write: number): boolean {
    if (entry.write >= 0) {
      const message = `this ${kindDefinition(entry.kind).label} is already taken by ${this.#nameOf(entry)}`
      const field = body === null ? '' : idFieldOf(body, entry.id)
      this.#problem(entry, write, field, entry.id, message, 'Keep one of the two, or give one of them another id')
      return true
    }
    entry.write = write
    this.#written.push(entry)
    this.#bodies.push(body)
    return true
  }

  /** Puts the bodies in and tells what is different. */
  *apply(): Generator<void, EntityChange[]> {
    const changes: EntityChange[] = []
    yield* pausing(this.#written.entries(), ([index, entry]) => {
      const before = entry.body
      const after = this.#bodies[index] ?? null
      if (before !== null && after !== null && isDeepStrictEqual(before, after)) {
        entry.write = -1
        return
      }
      this.#remember(entry)
      this.#state.setBody(entry, after)
      if (after !== null) this.#toCheck.add(entry)
      changes.push({ kind: entry.kind, id: entry.id, before, after })
    })
    return changes
  }

  /** Entities that were not written and whose unique values, facts or checks may be others now. */
  *affected(changes: readonly EntityChange[]): Generator<void, ReadonlySet<Entry>> {
    const found = new Set<Entry>()
    yield* pausing(this.#affectedKeys(changes), (key) => {
      const entry = this.#state.entry(key.kind, key.id)
      if (entry !== undefined && entry.body !== null && entry.write < 0) found.add(entry)
    })
    return found
  }

  *#affectedKeys(changes: readonly EntityChange[]): Iterable<EntityKey> {
    for (const [kind, ofKind] of byKind(changes)) {
      yield* kindDefinition(kind).affectedBy?.(ofKind, this.#state) ?? this.#referring(ofKind)
    }
  }

  *#referring(changes: readonly EntityChange[]): Iterable<EntityKey> {
    for (const { kind, id } of changes) yield* this.#state.referringEntries(kind, id)
  }

  /** Takes unique values and facts anew, and has everybody checked who watches a fact that somebody got or lost. */
  *indexAgain(affected: ReadonlySet<Entry>): Generator<void, void> {
    yield* pausing(affected, (entry) => {
      this.#remember(entry)
      this.#toCheck.add(entry)
    })
    yield* pausing(this.#before.values(), ({ entry }) => this.#state.unindex(entry))
    // First those who have their values already, so that a value is refused to the one who wants it newly.
    yield* pausing(affected, (entry) => this.#index(entry))
    yield* pausing(this.#written, (entry) => {
      if (entry.write >= 0) this.#index(entry)
    })
    yield* pausing(this.#before.values(), (before) => {
      const { facts } = before.entry
      for (const fact of before.facts) if (!facts.includes(fact)) this.#checkWatchers(fact)
      for (const fact of facts) if (!before.facts.includes(fact)) this.#checkWatchers(fact)
    })
    yield* pausing(this.#made, ({ facts }) => {
      for (const fact of facts) this.#checkWatchers(fact)
    })
  }

  #index(entry: Entry): void {
    this.#state.index(entry, (value, holder) => this.#taken(entry, value, holder))
  }

  #taken(entry: Entry, value: UniqueValue, holder: Entry): void {
    const message =
      holder === entry
        ? `this ${value.what} is given twice`
        : `this ${value.what} is already taken by ${this.#nameOf(holder)}`
    this.#problem(entry, entry.write, value.path, value.value, message, value.cure)
  }

  #checkWatchers(fact: Fact): void {
    for (const entry of this.#state.watchersOf(fact)) this.#toCheck.add(entry)
  }

  /** References, and what the kinds check. */
  *check(): Generator<void, void> {
    const byKind = new Map<Kind, Entry[]>()
    yield* pausing(this.#toCheck, (entry) => {
      if (entry.body === null) return
      this.#remember(entry)
      entry.warnings = []
      const definition = kindDefinition(entry.kind)
      if (entry.write >= 0) this.#checkReferences(entry, entry.body)
      definition.check(entry.body, this.#state, this.#findingsOf(entry))
      if (definition.checkTogether === undefined) return
      const ofKind = byKind.get(entry.kind)
      if (ofKind === undefined) byKind.set(entry.kind, [entry])
      else ofKind.push(entry)
    })
    for (const [kind, entries] of byKind) {
      kindDefinition(kind).checkTogether?.(entries, this.#state, (key) => {
        const entry = this.#state.entryFor(key.kind, key.id)
        this.#remember(entry)
        return this.#findingsOf(entry)
      })
    }
  }

  #checkReferences(entry: Entry, body: Body): void {
    for (const reference of kindDefinition(entry.kind).referencesOf(body)) {
      if (this.#state.get(reference.kind, reference.id) !== undefined) continue
      const { message, cure } = missingReference(reference, this.#state)
      this.#problem(entry, entry.write, reference.path, reference.id, message, cure)
    }
  }

  /** What others point at cannot go. Those who were written themselves have been told of the field already. */
  *checkDeletes(): Generator<void, void> {
    yield* pausing(this.#written, (entry) => {
      if (entry.body === null && entry.write >= 0) this.#checkDelete(entry)
    })
  }

  #checkDelete(entry: Entry): void {
    const { label } = kindDefinition(entry.kind)
    if (entry.kind === 'account' && this.#state.count('account') === 0) {
      const cure = 'Change it instead'
      this.#problem(entry, entry.write, '', entry.id, 'the account cannot be deleted', cure)
    }
    const names: string[] = []
    let referrers = 0
    for (const referrer of this.#state.referringEntries(entry.kind, entry.id)) {
      if (referrer.body === null || referrer.write >= 0) continue
      referrers++
      if (names.length < mostReferrersNamed) names.push(this.#pointing(referrer, entry))
    }
    if (referrers === 0) return
    const more = referrers > names.length ? ` and ${referrers - names.length} more` : ''
    const message = `this ${label} is in use by ${names.join(', ')}${more}`
    const cure = 'Let these point elsewhere or delete them first, or in the same change'
    this.#problem(entry, entry.write, '', entry.id, message, cure)
  }

  #pointing(referrer: Entry, target: EntityKey): string {
    const references = referrer.body === null ? [] : kindDefinition(referrer.kind).referencesOf(referrer.body)
    const found = references.find(({ kind, id }) => kind === target.kind && id === target.id)
    return found === undefined ? this.#nameOf(referrer) : `${this.#nameOf(referrer)} (${found.path})`
  }

  checkCounts(): void {
    const touched = new Set(this.#written.map(({ kind }) => kind))
    for (const kind of touched) {
      const { label, collection } = kindDefinition(kind)
      const most = mostOfKind(kind)
      // A second account is refused as such.
      if (kind === 'account' || this.#state.count(kind) <= most) continue
      const message = `this would be the ${label} after the ${most}th`
      const last = this.#made.size === 0 ? undefined : [...this.#made].findLast((entry) => entry.kind === kind)
      const key = last ?? { kind, id: '' }
      this.#problem(key, last === undefined ? -1 : last.write, '', '', message, `Keep ${collection} to ${most}`)
    }
    if (this.#state.count('account') > 0 || touched.has('account')) return
    const orphan = kindNames.find((kind) => this.#state.count(kind) > 0)
    if (orphan === undefined) return
    this.#problem(
      { kind: 'account', id: 'account' },
      -1,
      '',
      '',
      'there is no account',
      'Write the account with its name',
    )
  }

  /** What came of it; what is not `ok` has to be taken back. */
  outcome(changes: readonly EntityChange[]): StateChange {
    const ok = this.#problems.isEmpty
    for (const entry of this.#toCheck) this.#listWarnings(entry)
    for (const entry of this.#written) entry.write = -1
    return {
      ok,
      changes: ok ? changes : [],
      problems: this.#problems,
      warnings: this.#warnings,
      undoing: () => this.#undoing(),
    }
  }

  #listWarnings(entry: Entry): void {
    for (const { path, value, message, cure } of entry.warnings) {
      const { kind, id, write } = entry
      this.#warnings.add({ kind, id, write, path, value, message, cure })
    }
  }

  #findingsOf(entry: Entry): Findings {
    const write = entry.write
    return {
      problems: {
        add: (path, value, message, cure) => this.#problem(entry, write, path, value, message, cure),
      },
      warnings: {
        add: (path, value, message, cure) => {
          if (entry.warnings.length < problemLimit) {
            entry.warnings = [...entry.warnings, problemOf(entry, path, value, message, cure)]
          }
        },
      },
    }
  }

  #problem(entity: EntityKey, write: number, path: string, value: unknown, message: string, cure: string): void {
    if (this.#problems.full) {
      this.#problems.unlisted++
      return
    }
    // Checks from two sides may find the same.
    const { kind, id } = entity
    const name = `${kind} ${id} ${write} ${path} ${message}`
    if (this.#told.has(name)) return
    this.#told.add(name)
    this.#problems.add({ kind, id, write, ...problemOf(entity, path, value, message, cure) })
  }

  #nameOf(entry: Entry): string {
    const name = `${kindDefinition(entry.kind).label} ${entry.id}`
    const place = entry.write < 0 ? '' : (this.#placeOf?.(entry.write) ?? '')
    return place === '' ? name : `${name} (${place})`
  }

  #remember(entry: Entry): void {
    if (this.#made.has(entry) || this.#before.has(entry)) return
    const { body, unique, facts, watches, warnings } = entry
    this.#before.set(entry, { entry, body, unique, facts, watches, warnings })
  }

  *#undoing(): Generator<void, void> {
    yield* pausing(this.#made, (entry) => {
      this.#state.unindex(entry)
      this.#state.setBody(entry, null)
      this.#state.forget(entry)
    })
    yield* pausing(this.#before.values(), ({ entry }) => this.#state.unindex(entry))
    yield* pausing(this.#before.values(), ({ entry, body, unique, facts, watches, warnings }) => {
      this.#state.setBody(entry, body)
      this.#state.reindex(entry, unique, facts, watches)
      entry.warnings = warnings
    })
    this.#before.clear()
    this.#made.clear()
  }
}

function byKind(changes: readonly EntityChange[]): ReadonlyMap<Kind, readonly EntityChange[]> {
  const found = new Map<Kind, EntityChange[]>()
  for (const change of changes) {
    const ofKind = found.get(change.kind)
    if (ofKind === undefined) found.set(change.kind, [change])
    else ofKind.push(change)
  }
  return found
}

/** The field that names the body: `id`, or the one that is the id where none is written. */
function idFieldOf(body: Body, id: string): string {
  return Object.keys(body).find((field) => body[field] === id) ?? ''
}
