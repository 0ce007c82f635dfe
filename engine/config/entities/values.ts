/** Forms of single values that several entities have. `description` is the cure a person is shown when a value does not fit. */
import Type from 'typebox'

export const strict = { additionalProperties: false } as const

/** Also what user names and SIP user names may be, because these serve as ids where none is written. */
export const idPattern = '^(?!\\.{1,2}$)[A-Za-z0-9._~!*+-][A-Za-z0-9._~!*+@-]{0,63}$'
export const cureOfId = 'Write 1 to 64 letters, digits or . _ ~ ! * + - @, not beginning with @'
export const Id = Type.String({ pattern: idPattern, description: cureOfId })
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

/** After how many minutes an answered call ends at the latest (docs/calls.md, "Limits"). */
export const LongestCall = Type.Integer({
  minimum: 1,
  maximum: 1440,
  description: 'Write a whole number of minutes, 1 to 1440',
})

export const YesNo = Type.Boolean({ description: 'Write true or false' })
export const True = Type.Boolean({ description: 'Write true, or leave it out' })
/** BCP 47: language, and where it matters script and region. */
export const Language = Type.String({
  pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$',
  description: 'Write a language, with region if it matters, for example en or en-GB',
})
export const TimeZone = Type.String({
  maxLength: 64,
  description: 'Write an IANA time zone, for example Europe/London',
})
export const Email = Type.String({
  pattern: '^[^\\s@]{1,64}@[^\\s@]{1,255}$',
  description: 'Write an e-mail address, for example anna@example.com',
})
/** Free text of one line; may be empty. */
export const Line = Type.String({
  pattern: '^[^\\x00-\\x1f\\x7f]*$',
  maxLength: 200,
  description: 'Write at most 200 characters, without line breaks',
})
export const Note = Type.String({ maxLength: 2000, description: 'Write at most 2000 characters' })
/** Beginning of E.164 numbers. */
export const Prefix = Type.String({
  pattern: '^\\+[1-9][0-9]{0,14}$',
  description: 'Write + and the beginning of the numbers, for example +44900',
})
export const Network = Type.String({
  maxLength: 64,
  description: 'Write a network with its length, for example 192.168.0.0/16',
})
export const LocalDate = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  description: 'Write a date as year-month-day, for example 2027-01-31',
})
/** Date and time on the clock of whoever the rule is for. */
export const LocalDateTime = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: 'Write date and time, for example 2027-01-31T17:30',
})
/** A PIN as entered on a keypad; what makes a weak one is checked apart. */
export const Pin = Type.String({ pattern: '^[0-9]{6,16}$', description: 'Write 6 to 16 digits' })
export const Secret = Type.String({
  pattern: '^[\\x20-\\x7e]*$',
  minLength: 8,
  maxLength: 128,
  description: 'Write 8 to 128 printable ASCII characters',
})
/** A built-in plan, or the id of one of `callingPlans`. */
export const PlanName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  description: 'Write emergency-only, domestic, international or the id of a calling plan',
})
export const OutboundBlockList = Type.Array(Prefix, {
  maxItems: 1000,
  description: 'List beginnings of numbers that nobody may call, at most 1000',
})

export function wholeNumber(minimum: number, maximum: number, of = '') {
  const what = of === '' ? 'a whole number' : `a whole number of ${of}`
  return Type.Integer({ minimum, maximum, description: `Write ${what}, ${minimum} to ${maximum}` })
}

export function oneOf<const Names extends string[]>(names: readonly [...Names]) {
  const shown = names.length < 3 ? names.join(' or ') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  return Type.Enum(names, { description: `Write ${shown}` })
}
