/** Options of commands that write entities: one for each field. */
import type { Command } from 'commander'
import { Option } from 'commander'
import { readYaml } from '../read-input.ts'
import { UsageError } from '../usage-error.ts'
import type { Fields } from './body-change.ts'
import { withoutValue, withValue } from './body-change.ts'
import type { Field } from './field-list.ts'
import { placeholderOf } from './field-list.ts'
import { readField } from './field-value.ts'

/** Fields deeper than this are not in the help, which would be pages long; docs/command-line-fields.md has all. */
const shownDepth = 2

export interface WrittenFields {
  /** Values by path, groups before what is in them. */
  readonly values: readonly (readonly [path: string, value: unknown])[]
  readonly unset: readonly string[]
  /** What the file holds; `null` where none was named. */
  readonly body: Fields | null
}

/** @param canUnset whether there is something already from which fields can be taken away */
export function addFieldOptions(command: Command, fields: readonly Field[], canUnset: boolean): Command {
  command.option('--from <FILE>', 'fields in YAML or JSON; - reads standard input. Options win over the file')
  if (canUnset)
    command.addOption(new Option('--unset <FIELD>', 'take a field away; may be repeated').argParser(collect))
  for (const field of fields) {
    const option = new Option(`--${field.path} <${placeholderOf(field)}>`, descriptionOf(field))
    option.helpGroup('Fields:').argParser(collect)
    if (field.path.split('.').length > shownDepth) option.hideHelp()
    command.addOption(option)
  }
  return command
}

function descriptionOf(field: Field): string {
  return field.form === 'list' ? `${field.cure}; may be repeated` : field.cure
}

function collect(text: string, before: unknown): readonly string[] {
  return Array.isArray(before) ? [...before, text] : [text]
}

/** @throws UsageError with every value that is not right */
export function writtenFields(options: Readonly<Record<string, unknown>>, fields: readonly Field[]): WrittenFields {
  const values: [string, unknown][] = []
  const problems: string[] = []
  for (const field of fields) {
    const texts = options[field.path]
    if (!Array.isArray(texts)) continue
    const reading = readField(field, texts as readonly string[])
    if (reading.ok) values.push([field.path, reading.value])
    else problems.push(reading.message)
  }
  const unset = Array.isArray(options['unset']) ? (options['unset'] as readonly string[]) : []
  for (const path of unset) {
    if (!fields.some((field) => field.path === path)) problems.push(`--unset ${path}: there is no such field`)
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n  '))
  const from = options['from']
  return { values, unset, body: typeof from === 'string' ? readBody(from) : null }
}

/** What becomes of a body by what was written. */
export function writtenInto(body: Fields, { values, unset }: WrittenFields): Fields {
  let made = body
  for (const path of unset) made = withoutValue(made, path)
  for (const [path, value] of values) made = withValue(made, path, value)
  return made
}

function readBody(file: string): Fields {
  const value = readYaml(file)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new UsageError(`${file}: write one field a line, like firstName: Anna`)
}
