/** What a request of the API is made from. */
export interface OperationDescription {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for its parameters. */
  readonly path: string
  /** Media type of the body; `null`: none is sent. */
  readonly sends: string | null
  /** Whether it takes an Idempotency-Key, by which repeating it is safe. */
  readonly takesKey: boolean
}
