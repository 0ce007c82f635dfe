/** JSON Merge Patch (RFC 7396): what a change to some fields makes of an object. */
import type { TSchema } from 'typebox'
import { mergePatchMark } from './validation.ts'

type Fields = Readonly<Record<string, unknown>>

/** The object after the patch; neither is changed. `null` takes a field away. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value)
  }
  return merged
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface SchemaNode {
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
}

/**
 * The schema of patches of what fits a schema, for OpenAPI. Validation only looks whether it is an object: what comes out
 * of merging is held against the schema itself.
 */
export function mergePatchSchema(schema: TSchema, title: string): TSchema {
  const patch = optionalAndNullable(schema as SchemaNode) as Record<string, unknown>
  return {
    ...patch,
    title,
    [mergePatchMark]: true,
    description: 'The fields to change; null takes one away. Lists are replaced as a whole',
  } as unknown as TSchema
}

function optionalAndNullable(schema: SchemaNode): object {
  const { required: _, properties = {}, ...rest } = schema
  const patches: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    patches[name] = { anyOf: [partOf(property), { type: 'null' }] }
  }
  return { ...rest, properties: patches }
}

/** Groups of fields are merged in their turn; what they may hold is said by the schema that the whole must fit. */
function partOf(schema: SchemaNode): object {
  return schema.type === 'object' ? { type: 'object', additionalProperties: true } : schema
}
