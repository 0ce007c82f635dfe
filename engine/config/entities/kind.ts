/** What every kind of entity says about itself: the one place that validation, store, documents and the API read. */
import type { TObject } from 'typebox'
import type { ProblemList } from '../problem.ts'

/** Kinds in the order in which documents list them: what is pointed at before what points at it, as far as possible. */
export const kindNames = [
  'account',
  'listener',
  'pbx',
  'trunk',
  'schedule',
  'callingPlan',
  'profilePolicy',
  'audioFile',
  'site',
  'user',
  'ringGroup',
  'callQueue',
  'autoAttendant',
  'parkSlot',
  'pagingGroup',
  'conference',
  'device',
  'phoneNumber',
  'contact',
  'webhook',
] as const

export type Kind = (typeof kindNames)[number]

/** An entity as stored and as written in documents: plain JSON that fits the kind's schema. */
export type Body = Readonly<Record<string, unknown>>

export interface EntityKey {
  readonly kind: Kind
  readonly id: string
}

/** One entity before and after a change; `null` where it did not or does not exist. */
export interface EntityChange extends EntityKey {
  readonly before: Body | null
  readonly after: Body | null
}

/** A field that names another entity. */
export interface Reference extends EntityKey {
  /** The field, as `forwarding.busy.to.user` or `members[2].user`. */
  readonly path: string
}

/**
 * A line of text about an entity by which checks of others find it without knowing its id: `extension 1001`,
 * `device of anna`. Many entities may have the same fact. `facts.ts` makes them all, so that both sides agree.
 */
export type Fact = string

/** A value that only one entity may have within a scope. */
export interface UniqueValue {
  /** What must be unique and within what, as `extension north` or `phoneNumber`. */
  readonly scope: string
  readonly value: string
  readonly path: string
  /** For people: `extension`, `SIP user name`. */
  readonly what: string
  /** For people: what to do where it is taken. */
  readonly cure: string
}

/** The configuration as checks see it, with the change under way already in it. */
export interface ConfigurationView {
  get(kind: Kind, id: string): Body | undefined
  all(kind: Kind): Iterable<Body>
  count(kind: Kind): number
  /** Who has a unique value. */
  holderOf(scope: string, value: string): EntityKey | undefined
  /** Who points at an entity, and by which of its fields: kind and id are the referrer's, the path stands in it. */
  referrersOf(kind: Kind, id: string): Iterable<Reference>
  /** Who has a fact. */
  havingFact(fact: Fact): Iterable<EntityKey>
  /** Whose check depends on a fact. */
  watchersOf(fact: Fact): Iterable<EntityKey>
}

/** Where checks put what they find; paths are relative to the entity. */
export interface Findings {
  readonly problems: Pick<ProblemList, 'add'>
  readonly warnings: Pick<ProblemList, 'add'>
}

/** `Of` is the body's static type; bodies have passed the schema before any function here is called. */
export interface KindDefinition<Of = Body> {
  readonly kind: Kind
  /** Field of the document and, in kebab case, part of the API's path: `phoneNumbers`. The account stands alone. */
  readonly collection: string
  /** For people, without article: `phone number`. */
  readonly label: string
  readonly schema: TObject
  /** Top-level fields whose values are secrets: stored apart, never shown, exported only on request. */
  readonly secrets: readonly string[]
  /** The id of a body in which none is written. */
  idOf(body: Of): string
  /** For people, in lists and audit: a name. */
  titleOf(body: Of): string
  referencesOf(body: Of): readonly Reference[]
  uniqueValuesOf(body: Of, configuration: ConfigurationView): readonly UniqueValue[]
  /** What schema, references and unique values cannot say. Looks only at what `configuration` finds by key. */
  check(body: Of, configuration: ConfigurationView, findings: Findings): void
  /** By which facts checks of others find this entity. May look at what it points at. */
  factsOf?(body: Of, configuration: ConfigurationView): readonly Fact[]
  /** Facts that `check` asks for: when somebody gets one or loses it, `check` is asked again. */
  watchesOf?(body: Of, configuration: ConfigurationView): readonly Fact[]
  /**
   * Whose unique values, facts or checks changes of this kind may alter, apart from their own and from those who watch
   * their facts. Called with all changes in the bodies and none yet in unique values and facts. Where it is left out:
   * everything that points at the changed entities.
   */
  affectedBy?(changes: readonly EntityChange[], configuration: ConfigurationView): Iterable<EntityKey>
  /** What can only be seen of several entities at once, as circles. `checked` are all whose `check` was asked again. */
  checkTogether?(
    checked: readonly EntityKey[],
    configuration: ConfigurationView,
    findingsOf: (entity: EntityKey) => Findings,
  ): void
}
