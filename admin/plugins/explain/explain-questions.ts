/** What passes between the plugin and its thread. */
import type { FactsSoFar } from '../../../engine/control/known-facts.ts'
import type { Explanation } from '../../../engine/router/explain.ts'

export interface ExplainQuestion {
  readonly caller: string
  readonly dialled: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What the engine has told so far; `null`: it cannot be asked, so facts are assumed. */
  readonly facts: FactsSoFar | null
}

export type ExplainAnswer =
  | { readonly kind: 'explained'; readonly explanation: Explanation; readonly text: string }
  /** The same question is to be put again with the facts about these. */
  | { readonly kind: 'facts needed'; readonly users: readonly string[]; readonly trunks: readonly string[] }
  /** Caller or what is dialled make no sense; one line for people. */
  | { readonly kind: 'not understood'; readonly message: string }
  /** There is nothing to explain by; one line for people. */
  | { readonly kind: 'no configuration'; readonly message: string }

export interface NumberedQuestion extends ExplainQuestion {
  readonly number: number
}

export interface NumberedAnswer {
  readonly number: number
  readonly answer: ExplainAnswer
}
