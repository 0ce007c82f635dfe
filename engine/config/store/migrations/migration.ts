import type { Compilable } from 'kysely'

/** One step from a version of the tables to the next. */
export interface Migration {
  /** The version it leads to: 1, 2, 3, ... without gaps. */
  readonly number: number
  readonly statements: readonly Compilable<unknown>[]
}
