/** What passes between the plugin and its thread. */
import type { Kind } from '../../../engine/config/entities/kind.ts'
import type { Problem } from '../../../engine/config/problem.ts'
import type { Comparison } from './compare-calls.ts'

export interface WhatIfTask {
  readonly dataFolder: string
  readonly change: ProposedChange
  readonly calls: ChosenCalls
  /** Calls of which each is listed; all are counted. */
  readonly limit: number
  /** When calls of a list come for which no time is written: milliseconds since the epoch. */
  readonly now: number
}

/** What is not to be saved but tried. */
export type ProposedChange =
  | { readonly document: string; readonly prune: boolean }
  /** As PATCH would change it; one that is not there is made, `null` deletes it. */
  | { readonly kind: Kind; readonly id: string; readonly patch: Readonly<Record<string, unknown>> | null }

export type ChosenCalls =
  /** The newest records. */
  | { readonly last: number }
  /** Caller, what is dialled, and when: see calls-list.ts. */
  | { readonly csv: string }

export interface ChangedEntity {
  readonly kind: Kind
  readonly id: string
  readonly change: 'added' | 'changed' | 'deleted'
}

export type WhatIfAnswer =
  | {
      readonly kind: 'compared'
      /** Of the configuration that the change was tried on. */
      readonly revision: number
      readonly changesInAll: number
      /** The first of them. */
      readonly changes: readonly ChangedEntity[]
      readonly warnings: readonly Problem[]
      readonly comparison: Comparison
    }
  /** Mistakes of the change, or of the list of calls. */
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
