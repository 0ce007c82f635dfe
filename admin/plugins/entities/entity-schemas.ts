/** The schemas of one kind as the API shows and takes them, made from the kind's own. */
import type { TSchema } from 'typebox'
import Type from 'typebox'
import type { KindDefinition } from '../../../engine/config/entities/kind.ts'
import { mergePatchSchema } from '../../http/merge-patch.ts'
import { limitParameter } from '../../http/pages.ts'

export interface EntitySchemas {
  /** Without secrets. */
  readonly shown: TSchema
  /** Without secrets, and any field may be missing: `?fields=`. */
  readonly listed: TSchema
  readonly created: TSchema
  /** Secrets may be left out: then they stay. */
  readonly replaced: TSchema
  readonly patch: TSchema
}

interface ObjectNode {
  readonly properties: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly description?: string
}

/** `phoneNumbers` to `phone-numbers`. */
export function pathOf({ collection }: KindDefinition): string {
  return collection.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `PhoneNumber`: in names of schemas and operations. */
export function typeNameOf({ kind }: KindDefinition): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}

export function schemasOf(definition: KindDefinition): EntitySchemas {
  const name = typeNameOf(definition)
  const { properties, required = [], description } = definition.schema as unknown as ObjectNode
  const open = Object.entries(properties).filter(([field]) => !definition.secrets.includes(field))
  const marked = Object.entries(properties).map(([field, schema]) =>
    definition.secrets.includes(field)
      ? ([field, { ...schema, writeOnly: true }] as const)
      : ([field, schema] as const),
  )
  const object = (title: string, fields: readonly (readonly [string, TSchema])[], wanted: readonly string[]) =>
    ({
      type: 'object',
      title,
      ...(description === undefined ? {} : { description }),
      additionalProperties: false,
      properties: Object.fromEntries(fields),
      ...(wanted.length === 0 ? {} : { required: [...wanted] }),
    }) as unknown as TSchema
  const openRequired = required.filter((field) => !definition.secrets.includes(field))
  const shownRequired = 'id' in properties && !openRequired.includes('id') ? ['id', ...openRequired] : openRequired
  const sameToWrite = required.length === openRequired.length
  const replaced = object(`${name}To${sameToWrite ? 'Write' : 'Replace'}`, marked, openRequired)
  return {
    shown: object(name, open, shownRequired),
    listed: object(`${name}InList`, open, []),
    created: sameToWrite ? replaced : object(`${name}ToCreate`, marked, required),
    replaced,
    patch: mergePatchSchema(replaced, `${name}Patch`),
  }
}

/** Parameters of a list: what every list has, and the kind's own plain fields as filters. */
export function listQueryOf(definition: KindDefinition): TSchema {
  const parameters: Record<string, TSchema> = {
    q: text('Text in one of the fields, whatever its case and accents', 'ann'),
    sort: text('Fields to sort by, `-` before those that go down', 'id'),
    fields: text('Fields to show, with commas between', 'id'),
    limit: limitParameter,
    cursor: text('`next` of the page before'),
  }
  const { properties } = definition.schema as unknown as ObjectNode
  for (const [field, schema] of Object.entries(properties)) {
    if (field in parameters || definition.secrets.includes(field) || !isPlain(schema)) continue
    parameters[field] = text(`Only those whose ${field} is this`)
  }
  // Fields within fields are filters too, as forwarding.busy.to.user: the list says which it knows.
  return Type.Object(parameters, { additionalProperties: true })
}

function text(description: string, example?: string): TSchema {
  return Type.Optional(
    Type.String({ maxLength: 2000, description, ...(example === undefined ? {} : { examples: [example] }) }),
  )
}

function isPlain(schema: TSchema): boolean {
  const { type, enum: choices } = schema as { type?: unknown; enum?: unknown }
  return type === 'string' || type === 'integer' || type === 'boolean' || choices !== undefined
}
