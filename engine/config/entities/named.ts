/** Names by which people choose: one of a kind each, without regard to capitals. */
import type { Kind, UniqueValue } from './kind.ts'

/** The unique value that a name is within its kind. */
export function nameValue(kind: Kind, name: string): UniqueValue {
  const value = name.normalize('NFC').trim().toLowerCase()
  return { scope: `name of ${kind}`, value, path: 'name', what: 'name', cure: 'Give one of the two another name' }
}
