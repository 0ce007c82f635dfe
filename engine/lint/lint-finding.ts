/** What the configuration allows and probably nobody wants. */
import type { ConfigurationView, Kind } from '../config/entities/kind.ts'
import type { Snapshot } from '../config/snapshot.ts'

export interface LintFinding {
  readonly kind: Kind
  readonly id: string
  /** The field, as `rules[2].when.until`; '' for the whole entity. */
  readonly path: string
  readonly value: string
  /** What is wrong, for people. */
  readonly message: string
  /** What to do. */
  readonly cure: string
}

/** One thing to look for, in the whole configuration, which `snapshot` is compiled from. */
export type LintCheck = (configuration: ConfigurationView, now: number, snapshot: Snapshot) => Iterable<LintFinding>
