/** Forms of single values that several entities have. `description` is the cure a person is shown when a value does not fit. */
import Type from 'typebox'

export const strict = { additionalProperties: false } as const

export const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'Write 1 to 64 letters, digits, dots, underscores or hyphens, beginning with a letter or digit',
})
export const Name = Type.String({
  pattern: '^[^\\x00-\\x1f\\x7f]*[^\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*$',
  maxLength: 100,
  description: 'Write 1 to 100 characters, without line breaks',
})
export const E164 = Type.String({
  pattern: '^\\+[1-9][0-9]{6,14}$',
  description: 'Write the number with + and country code and without spaces, 7 to 15 digits, for example +442079460000',
})
export const Extension = Type.String({
  pattern: '^[0-9]{2,10}$',
  description: 'Write 2 to 10 digits, in quotes if the document is JSON',
})
export const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'Write the two-letter country code in capitals, for example GB',
})
export const Port = Type.Integer({ minimum: 0, maximum: 65535, description: 'Write a port number, 0 to 65535' })
export const HostName = '(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*'
export const DigestAlgorithms = Type.Array(Type.Enum(['SHA-256', 'MD5'], { description: 'Write SHA-256 or MD5' }), {
  minItems: 1,
  maxItems: 2,
  description: 'List SHA-256, MD5 or both, the preferred one first',
})

export function listOf<Item extends Type.TSchema>(item: Item, maxItems: number, what: string) {
  return Type.Array(item, { maxItems, description: `List ${what}, at most ${maxItems}` })
}
