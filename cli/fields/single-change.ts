/** One change written in one word: `user/ben/forwarding.busy.to.user=cora`. */
import type { Kind } from '../../engine/config/entities/kind.ts'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { UsageError } from '../usage-error.ts'
import type { Fields } from './body-change.ts'
import { withValue } from './body-change.ts'
import { fieldsOf } from './field-list.ts'
import { readField } from './field-value.ts'

export interface SingleChange {
  readonly kind: Kind
  readonly id: string
  /** A merge patch; `null` deletes the entity. */
  readonly patch: Fields | null
}

/**
 * Reads `KIND/ID/FIELD=VALUE` (`null` takes the field away) and `KIND/ID=null`, which deletes.
 *
 * @returns `null` where the text has another form
 * @throws UsageError where it has this form and something in it is wrong
 */
export function readSingleChange(text: string): SingleChange | null {
  const found = /^([A-Za-z]+)\/([^/=]+)(?:\/([^=]+))?=(.*)$/s.exec(text)
  if (found === null) return null
  const [, name = '', id = '', path, written = ''] = found
  const definition = kindDefinitions().find(({ kind }) => kind === name)
  if (definition === undefined) {
    const names = kindDefinitions().map(({ kind }) => kind)
    throw new UsageError(`${text}: there is no kind ${name}: write one of ${names.join(', ')}`)
  }
  const { kind } = definition
  if (path === undefined) {
    if (written === 'null') return { kind, id, patch: null }
    throw new UsageError(`${text}: write ${name}/${id}/FIELD=VALUE, or ${name}/${id}=null to delete it`)
  }
  if (written === 'null') return { kind, id, patch: withValue({}, path, null) }
  const field = fieldsOf(definition.schema).find((each) => each.path === path)
  if (field === undefined) {
    throw new UsageError(`${text}: a ${name} has no field ${path}: docs/command-line-fields.md lists them`)
  }
  const reading = readField(field, [written])
  if (!reading.ok) throw new UsageError(reading.message)
  return { kind, id, patch: withValue({}, path, reading.value) }
}
