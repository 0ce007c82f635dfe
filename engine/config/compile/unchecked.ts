/** A configuration that was not checked came this far, or a check has a gap: it must not come into force. */
export function unchecked(what: string): never {
  throw new Error(`The configuration cannot be compiled: ${what}`)
}
