/** Taking a field out of an entity together with what makes no sense without it. */
import type { TSchema } from 'typebox'
import type { Body } from '../../../engine/config/entities/kind.ts'

type Fields = Readonly<Record<string, unknown>>

interface SchemaNode {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly minItems?: number
}

/**
 * The body without a field. What must have it goes with it, as a rule does with its destination, and an entry of a list
 * with what it names; `null` where that would be the entity itself.
 *
 * @param path as `forwarding.busy.to.user` or `members[2].user`
 */
export function withoutField(body: Body, path: string, schema: TSchema): Body | null {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  const left = removed(body, steps, schema as SchemaNode)
  return left === gone ? null : (left as Body)
}

/** Stands for: what held the field goes too. */
const gone = Symbol('gone')

function removed(value: unknown, steps: readonly string[], schema: SchemaNode | undefined): unknown {
  const [step, ...deeper] = steps
  if (step === undefined) return gone
  if (Array.isArray(value)) {
    const index = Number(step)
    const item = removed(value[index], deeper, schema?.items)
    if (item !== gone) return value.map((entry, place) => (place === index ? item : entry))
    const rest = value.filter((_, place) => place !== index)
    return rest.length < (schema?.minItems ?? 0) ? gone : rest
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value
  const fields = value as Fields
  const member = removed(fields[step], deeper, schema?.properties?.[step])
  if (member !== gone) return { ...fields, [step]: member }
  if (schema?.required?.includes(step) === true) return gone
  const { [step]: _, ...rest } = fields
  return needsNothing(rest, deeper.length === 0) ? gone : rest
}

/** A group of fields that says nothing any more, as a destination without anybody in it. */
function needsNothing(rest: Fields, named: boolean): boolean {
  const names = Object.keys(rest)
  return names.length === 0 || (named && names.every((name) => name === 'ringSeconds'))
}
