/** What passes between the plugin and its thread. */
import type { FactsSoFar } from '../../../engine/control/known-facts.ts'
import type { Explanation } from '../../../engine/router/explain.ts'

export type ExplainQuestion = ExplainAttempt | ExplainCall

/** Where a call would go. */
export interface ExplainAttempt {
  readonly kind: 'attempt'
  readonly caller: string
  readonly dialled: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What the engine has told so far; `null`: it cannot be asked, so facts are assumed. */
  readonly facts: FactsSoFar | null
}

/** Why a call of the past went where it went. */
export interface ExplainCall {
  readonly kind: 'call'
  /** Id of its record. */
  readonly id: string
}

export type ExplainAnswer =
  | { readonly kind: 'explained'; readonly explanation: Explanation; readonly text: string }
  /** The same question is to be put again with the facts about these. */
  | { readonly kind: 'facts needed'; readonly users: readonly string[]; readonly trunks: readonly string[] }
  /** Caller or what is dialled make no sense; one line for people. */
  | { readonly kind: 'not understood'; readonly message: string }
  /** There is no such call, or its record does not hold enough; one line for people. */
  | { readonly kind: 'no record'; readonly message: string }
  /** There is nothing to explain by; one line for people. */
  | { readonly kind: 'no configuration'; readonly message: string }

export interface NumberedQuestion {
  readonly number: number
  readonly question: ExplainQuestion
}

export interface NumberedAnswer {
  readonly number: number
  readonly answer: ExplainAnswer
}
