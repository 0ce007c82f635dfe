/** What users change of their own settings by their phones. Somebody else writes it: nothing here knows a database. */

export interface UserChangeRequest {
  /** Whose settings; he himself asks. */
  readonly userId: string
  /** Where his phone signals from, for the audit. */
  readonly address: string
  readonly change: UserChange
}

export type UserChange =
  /** `to` null: no more. */
  | { readonly kind: 'forward'; readonly event: ForwardEvent; readonly to: ForwardTarget | null }
  | { readonly kind: 'doNotDisturb'; readonly on: boolean }
  /** `caller`: a number with +, an extension as he dials it, or `anonymous`. */
  | { readonly kind: 'block'; readonly caller: string; readonly on: boolean }

export type ForwardEvent = 'all' | 'busy' | 'noAnswer'

/** An id, or a number in E.164 with +. */
export type ForwardTarget = { readonly user: string } | { readonly ringGroup: string } | { readonly number: string }

export type UserChangeResult =
  /** The next call goes by it. */
  | { readonly result: 'done' }
  /** `reason`: one line for people. */
  | { readonly result: 'refused'; readonly reason: string }
  /** Nobody is there to write it, or it could not be written. */
  | { readonly result: 'failed' }

/** Whoever writes them. */
export interface UserChanges {
  /** @param done called once, now or within seconds */
  ask(request: UserChangeRequest, done: (result: UserChangeResult) => void): void
}

/** Where there is nobody. */
export const noUserChanges: UserChanges = { ask: (_request, done) => done({ result: 'failed' }) }
