/** The reference of all commands and of all fields, as Markdown, made from the commands themselves. */
import type { Command, Option } from 'commander'
import { kindDefinitions } from '../../engine/config/entities/kinds.ts'
import { Rule } from '../../engine/config/entities/rule.ts'
import { commandNameOf } from '../commands/entity-commands.ts'
import type { Field } from '../fields/field-list.ts'
import { fieldsOf, placeholderOf } from '../fields/field-list.ts'

/** Lines of docs/command-line.md between which the reference stands. */
export const referenceBegins = '<!-- The reference is made by `npm run command-pages`. -->'
export const referenceEnds = '<!-- Here ends the reference. -->'

/** Commands of kinds are all alike: those of users stand for them. */
const exampleKind = 'user'

/** docs/command-line.md with its reference as the commands are now. */
export function commandPage(page: string, program: Command): string {
  const begin = page.indexOf(referenceBegins)
  const end = page.indexOf(referenceEnds)
  if (begin < 0 || end < begin) throw new Error('docs/command-line.md has no place for the reference')
  return `${page.slice(0, begin + referenceBegins.length)}\n\n${commandReference(program)}\n${page.slice(end)}`
}

function commandReference(program: Command): string {
  const kinds = new Set(kindDefinitions().map(({ kind }) => commandNameOf(kind)))
  const sections: string[] = []
  for (const command of visible(program)) {
    if (command.name() === 'help') continue
    if (command.name() === exampleKind) sections.push(kindSection(command, [...kinds]))
    else if (kinds.has(command.name())) sections.push(...ownSectionsOf(command, program))
    else sections.push(...sectionsOf(command, 'ringdown'))
  }
  return sections.join('\n')
}

function kindSection(command: Command, kinds: readonly string[]): string {
  const names = kinds.map((kind) => `\`${kind}\``).join(', ')
  const inner = visible(command)
    .filter((one) => one.name() !== 'help')
    .map((one) => section(one, 'ringdown KIND', one.usage().replaceAll('<USER>', '<ID>')))
    .map((text) => text.replace(': user.\n', '.\n').replace('`USER`', '`ID`'))
  return [
    `### Kinds\n\nKIND is one of ${names}. The account can only be shown and changed, and takes no ID. The fields of ` +
      'each kind are options: [command-line-fields.md](command-line-fields.md).\n',
    ...inner,
  ].join('\n')
}

/** What a kind's command can do that those of other kinds cannot. */
function ownSectionsOf(command: Command, program: Command): string[] {
  const example = program.commands.find((one) => one.name() === exampleKind)
  const common = new Set(example?.commands.map((one) => one.name()))
  return visible(command)
    .filter((one) => one.name() !== 'help' && !common.has(one.name()))
    .flatMap((one) => sectionsOf(one, `ringdown ${command.name()}`))
}

function sectionsOf(command: Command, before: string): string[] {
  const inner = visible(command).filter((one) => one.name() !== 'help')
  if (inner.length === 0) return [section(command, before, command.usage())]
  return inner.flatMap((one) => sectionsOf(one, `${before} ${command.name()}`))
}

function section(command: Command, before: string, usage: string): string {
  const parameters = usage.replace('[options]', '').trim()
  const title = `#### \`${[before, command.name(), parameters].filter((word) => word !== '').join(' ')}\`\n`
  const description = `${capital(command.description())}.\n`
  const rows = [
    ...command.registeredArguments.filter((one) => one.description !== '').map((one) => [one.name(), one.description]),
    ...command.options.filter(isOwn).map((one) => [one.flags, one.description]),
  ].map(([name, words]) => `| \`${cell(name ?? '')}\` | ${cell(words ?? '')} |`)
  if (rows.length === 0) return `${title}\n${description}`
  return `${title}\n${description}\n| | |\n|---|---|\n${rows.join('\n')}\n`
}

/** Settings and fields stand elsewhere. */
export function isOwn(option: Option): boolean {
  return option.helpGroupHeading === undefined
}

export function visible(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command)
}

/** docs/command-line-fields.md. */
export function fieldPage(): string {
  const tables = kindDefinitions().map(({ kind, label, schema, secrets }) =>
    fieldTable(label, commandNameOf(kind), fieldsOf(schema), secrets),
  )
  tables.push(fieldTable('rule of a user', 'rule', fieldsOf(Rule), []))
  return `# Fields as options

Made by \`npm run command-pages\` from the schemas. What the fields mean, and whether calls follow them yet, is in
[configuration.md](configuration.md); how options are written in [command-line.md](command-line.md).

${tables.join('\n')}`
}

function fieldTable(label: string, command: string, fields: readonly Field[], secrets: readonly string[]): string {
  const rows = fields.map((field) => {
    const secret = secrets.includes(field.path) ? ' Secret: it is never shown.' : ''
    const often = field.form === 'list' ? ' May be repeated.' : ''
    return `| \`--${cell(`${field.path} <${placeholderOf(field)}>`)}\` | ${cell(field.cure)}.${often}${secret} |`
  })
  return `## ${label}\n\n\`ringdown ${command}\`\n\n| | |\n|---|---|\n${rows.join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
