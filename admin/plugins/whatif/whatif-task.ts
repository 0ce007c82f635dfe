/** What passes between the plugin and the threads and programs that answer. */
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

/** Records, and characters of a list, that are gone through in less than a second. */
const fewCalls = 20_000
const shortList = 1_000_000

/** Whether it takes seconds: then calls come first, and people wait. */
export function isLong({ calls }: WhatIfTask): boolean {
  return 'csv' in calls ? calls.csv.length > shortList : calls.last > fewCalls
}

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

export type WhatIfReport =
  | { readonly kind: 'answer'; readonly answer: WhatIfAnswer }
  /** The configuration or the records cannot be read. */
  | { readonly kind: 'failed'; readonly message: string }
